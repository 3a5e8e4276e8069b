"""A RabbitMQ of one's own as Debian installs it: on loopback, all of its state below one folder.

Two children: the node, and the name server without which no node starts (epmd). Every node would
share one that listens on a fixed port and outlives them; this one has a port of its own and ends.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from signal import SIGTERM

from config.embedded import processes
from deploy.topology.children import Child

SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # Debian's wrapper would change the user
MISSING = "RabbitMQ is not installed (apt-get install rabbitmq-server): its profile is NOT tested"
USER = "resee"
PORTS = 3
_FREE = range(21_000, 32_000, 7)
_CONFIG = """
listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.absolute = 1GB
disk_free_limit.absolute = 200MB
"""


def is_installed() -> bool:
    """Tell whether this machine has one."""
    return SERVER.exists() and shutil.which("epmd") is not None


def url(port: int, password: str) -> str:
    """Return CELERY_BROKER_URL."""
    return f"amqp://{USER}:{password}@127.0.0.1:{port}//"


def children(folder: Path, ports: list[int], log: Path, password: str) -> list[Child]:
    """Return the name server and the node, which answers at the first of the three ports."""
    port, distribution, names = ports
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "rabbitmq.conf"
    config.touch(mode=0o600)
    config.write_text(_CONFIG.format(port=port, user=USER, password=password))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),  # where Erlang keeps its cookie
        "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(names),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODENAME": "resee@localhost",
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_CONFIG_FILE": str(config),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
            "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
        ),
    }
    epmd = ["epmd", "-port", str(names), "-address", "127.0.0.1"]
    return [
        Child("epmd", epmd, environment, log, lambda _: _listens(names), is_server=True),
        Child(
            "rabbitmq", [SERVER], environment, log, lambda _: _greets(port),
            SIGTERM, grace_seconds=30.0, is_server=True,
        ),
    ]  # fmt: skip


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            client.sendall(b"AMQP\x00\x00\x09\x01")
            return bool(client.recv(8))
    except OSError:
        return False


class RabbitMq:
    """One in a folder that is thrown away; it can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        ports, self.password = _free_ports(PORTS), secrets.token_hex(16)
        self.port = ports[0]
        self.url = url(self.port, self.password)
        self._names, self._node = children(folder, ports, folder / "said", self.password)

    def start(self) -> None:
        """Start the node, and at first its name server; return when it takes connections."""
        if self._names.process is None:
            self._names.start()
            self._names.wait_ready()
        self._node.start()
        self._node.wait_ready()

    def is_ready(self) -> bool:
        """Tell whether a client is greeted."""
        return _greets(self.port)

    def kill(self) -> None:
        """Kill -9."""
        _end(self._node)

    def stop(self) -> None:
        """End node and name server."""
        self.kill()
        _end(self._names)


def _end(child: Child) -> None:
    if child.process:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.process.wait()
        processes.end_session(child.pid, deadline=0.0)


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
    start = os.getpid() % len(_FREE)
    for port in (*_FREE[start:], *_FREE[:start]):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no port is free")
