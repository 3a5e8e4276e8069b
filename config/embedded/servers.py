"""PostgreSQL and Valkey as services; also for a while, in a folder that is thrown away.

python -m config.embedded.servers COMMAND ...    runs a command beside such servers
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from config.embedded import postgres, valkey
from config.embedded.service import Service, log, rotate_logs
from config.embedded.supervisor import Supervisor
from config.settings import home, variables

OPERATORS_OWN = (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "OCR_MODEL_SERVER_URL",
    "MEDIA_ROOT",
)


def servers(root: Path) -> list[Service]:
    """Return PostgreSQL and Valkey, each unless the operator's own is given."""
    found = []
    if not variables.text("DATABASE_URL"):
        sockets = home.postgres_socket_dir()
        found.append(
            Service(
                name="postgres",
                title="PostgreSQL",
                start=partial(postgres.start, root, sockets, log(root, "postgres")),
                is_ready=partial(postgres.is_ready, root, sockets),
                stop_signal=postgres.STOP_SIGNAL,
                is_server=True,
            )
        )
    if not variables.text("REDIS_URL"):
        socket = home.valkey_socket()
        found.append(
            Service(
                name="valkey",
                title="Valkey",
                start=partial(valkey.start, root, socket, log(root, "valkey")),
                is_ready=partial(valkey.is_ready, socket),
                stop_signal=valkey.STOP_SIGNAL,
                is_server=True,
            )
        )
    return found


@contextlib.contextmanager
def temporary_servers(*, is_durable: bool = True) -> Iterator[Path]:
    """Run both in a new RESEE_HOME, told to our children by the environment; then remove it.

    Without ``is_durable`` a database that the machine takes with it is lost: tests need no more.
    """
    for name in OPERATORS_OWN:
        os.environ.pop(name, None)
    root = Path(tempfile.mkdtemp(prefix="resee-temporary-"))
    root.chmod(0o755)  # PostgreSQL runs as nobody when we are root
    os.environ["RESEE_HOME"] = str(root)
    supervisor = Supervisor(root, _complain)
    try:
        rotate_logs(root)
        postgres.initialise(root, is_durable=is_durable)
        for service in servers(root):
            supervisor.start(service)
            supervisor.wait_ready(service)
        postgres.create_database(root, home.postgres_socket_dir())
        yield root
    finally:
        supervisor.stop()
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(home.run_dir(), ignore_errors=True)


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    with temporary_servers():
        code = subprocess.run(sys.argv[1:], check=False).returncode
    sys.exit(code)
