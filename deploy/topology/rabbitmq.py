"""A RabbitMQ of the tests' own, on loopback, in a folder that is thrown away."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from config.embedded import processes

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # Debian's wrapper would change the user
MISSING = "RabbitMQ is not installed (apt-get install rabbitmq-server): its profile is NOT tested"
START_SECONDS_MAX = 200
PORTS = range(21_000, 32_000, 7)
_CONFIG = """
loopback_users = none
listeners.tcp.1 = 127.0.0.1:{port}
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 200MB
"""


def is_installed() -> bool:
    """Tell whether this machine has one."""
    return SERVER.exists() and shutil.which("epmd") is not None


class RabbitMq:
    """One node, with a name server of its own; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port, distribution, names = _free_ports(3)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}//"
        (folder / "rabbitmq.conf").write_text(_CONFIG.format(port=self.port))
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "resee@localhost",
            "RABBITMQ_DIST_PORT": str(distribution),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
            ),
        }
        self._names = self._run(["epmd", "-port", str(names), "-address", "127.0.0.1"])
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the node and return when it takes connections."""
        self._server = self._run([str(SERVER)])
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.is_ready():
            said = (self._folder / "said").read_text(errors="replace")[-2000:]
            assert self._server.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.2)

    def is_ready(self) -> bool:
        """Tell whether a client is greeted."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as client:
                client.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(client.recv(8))
        except OSError:
            return False

    def kill(self) -> None:
        """Kill -9."""
        if self._server:
            _end(self._server)

    def stop(self) -> None:
        """End node and name server."""
        self.kill()
        _end(self._names)

    def _run(self, command: list[str]) -> "subprocess.Popen[bytes]":
        with (self._folder / "said").open("ab") as output:
            return processes.spawn(command, log=output, environment=self._environment)


def _end(leader: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()
    processes.end_session(leader.pid, deadline=time.monotonic())


@contextlib.contextmanager
def running_rabbitmq() -> Iterator[RabbitMq]:
    """Yield a node that takes connections."""
    folder = Path(tempfile.mkdtemp(prefix="resee-rabbitmq-"))
    rabbitmq = RabbitMq(folder)
    try:
        rabbitmq.start()
        yield rabbitmq
    finally:
        rabbitmq.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    found: list[int] = []
    start = os.getpid() % len(PORTS)
    for port in (*PORTS[start:], *PORTS[:start]):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no port is free")
