"""The whole product in a folder of its own, to be killed piece by piece."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from config.embedded import processes
from config.settings import home
from tests.config.embedded.product import Product

DISK_MB = 24


class Victim(Product):
    """`manage.py up` with a broker behind a proxy and files on a disk that can be filled."""

    def __init__(self, root: Path, port: int, **variables: str) -> None:
        super().__init__(root, port)
        self.port = port
        self._environment |= {
            "RATE_LIMIT_LEARNER": "1000000",
            "RATE_LIMIT_ADDRESS": "1000000",
            "LOG_LEVEL": "INFO",
            **variables,
        }

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self, *names: str) -> None:
        """Kill -9 services with all their children, at one moment."""
        entries = self.entries()
        for name in names:
            for pid in processes.members(entries[name]):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def kill_child(self, name: str) -> None:
        """Kill -9 the children of a service, not itself."""
        leader = self.entries()[name]
        for pid in processes.members(leader):
            if pid != leader:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    @contextlib.contextmanager
    def second(self, *arguments: str) -> Iterator[None]:
        """Run one more process of the product meanwhile."""
        with (self.root / "logs" / "second.log").open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=home.CHECKOUT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield
        finally:
            process.kill()
            process.wait()

    def log_size(self, name: str) -> int:
        """Return how long a log is by now."""
        return (self.root / "logs" / f"{name}.log").stat().st_size

    def log_since(self, name: str, size: int) -> str:
        """Return what a log says beyond ``size``."""
        return (self.root / "logs" / f"{name}.log").read_bytes()[size:].decode(errors="replace")


class Disk:
    """A small disk of its own for files: a tmpfs, which only root can mount."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_own = _mounted(folder)

    def fill(self) -> None:
        """Leave no room at all."""
        assert self.is_own
        with (self.folder / "filler").open("ab", buffering=0) as filler:
            for size in (65_536, 1):
                with contextlib.suppress(OSError):
                    while filler.write(b"x" * size):
                        pass

    def clear(self) -> None:
        """Give the room back."""
        (self.folder / "filler").unlink()

    def unmount(self) -> None:
        """End."""
        if self.is_own:
            subprocess.run(["umount", "--lazy", self.folder], check=True)


def _mounted(folder: Path) -> bool:
    folder.mkdir()
    if os.geteuid() or not shutil.which("mount"):
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0777", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Yield a RESEE_HOME that PostgreSQL's user can enter; told to us by the environment too."""
    root = Path(tempfile.mkdtemp(prefix="resee-chaos-"))
    root.chmod(0o755)
    os.environ["RESEE_HOME"] = str(root)
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(home.run_dir(root), ignore_errors=True)
