"""What must be true before anything is started; each fault is one line for a person."""

import contextlib
import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

from config.embedded import postgres
from config.embedded.errors import AlreadyRuns, CannotStart
from config.settings import home

DISK_BYTES_FIRST = 1_000_000_000
DISK_BYTES = 200_000_000
PRIVATE_FOLDERS = ("backups", "logs", "media", "valkey")


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Hold RESEE_HOME for as long as we run, then remove the sockets' folder.

    Raises AlreadyRuns when another process holds it.
    """
    with (root / "supervisor.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip()
            raise AlreadyRuns(
                f"Resee already runs here ({root}, process {holder}); stop it with: kill {holder}"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield
        finally:
            shutil.rmtree(home.run_dir(), ignore_errors=True)


def check_folder(root: Path) -> None:
    """Raise CannotStart unless ``root`` is ours to write and PostgreSQL's user can enter it."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        for name in PRIVATE_FOLDERS:
            (root / name).mkdir(mode=0o700, exist_ok=True)
        _own_run_dir()
    except OSError as error:
        raise CannotStart(f"RESEE_HOME cannot be used: {error}") from None
    if not os.access(root, os.W_OK):
        raise CannotStart(f"RESEE_HOME ({root}) cannot be written.")
    if postgres.server_user() and not home.enterable_by_others(root):
        raise CannotStart(
            f"PostgreSQL does not run as root, and its user cannot enter {root}: "
            "choose an open folder, as RESEE_HOME=/var/lib/resee"
        )


def _own_run_dir() -> None:
    """Make the folder of the sockets; somebody else may have made one of that name in /tmp."""
    folder = home.run_dir()
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise CannotStart(f"{folder} belongs to somebody else; move it away.")


def check_disk(root: Path) -> None:
    """Raise CannotStart when too little disk is free to start without breaking something."""
    needed = DISK_BYTES if postgres.data_dir(root).exists() else DISK_BYTES_FIRST
    free = shutil.disk_usage(root).free
    if free < needed:
        raise CannotStart(
            f"The disk of {root} is nearly full: {free / 1e6:.0f} MB free, "
            f"{needed / 1e6:.0f} MB needed; nothing was started."
        )


def check_port(host: str, port: int) -> None:
    """Raise CannotStart when something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} cannot be used ({error.strerror}): "
                f"choose another, as RESEE_PORT={port + 10} make run"
            ) from None
