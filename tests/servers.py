"""PostgreSQL and Valkey for the tests: started once by the first pytest process, stopped when it ends.

Loaded with ``-p`` before Django reads its settings; the other workers inherit RESEE_HOME and find the sockets.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_IS_OWNER = "RESEE_TEST_HOME" not in os.environ
if _IS_OWNER:
    os.environ["RESEE_TEST_HOME"] = tempfile.mkdtemp(prefix="resee-tests-")
    Path(os.environ["RESEE_TEST_HOME"]).chmod(0o755)  # PostgreSQL runs as nobody when we are root
os.environ["RESEE_HOME"] = os.environ["RESEE_TEST_HOME"]
for _name in (
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "OCR_MODEL_SERVER_URL",
    "MEDIA_ROOT",
):
    os.environ.pop(_name, None)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start both servers, unless another process of this run has."""
    if not _IS_OWNER or config.option.collectonly:
        return
    from config.embedded import postgres, valkey
    from config.embedded.processes import stop
    from config.settings import home

    root = home.home()
    postgres.initialise(root)
    database = postgres.start(root, home.postgres_socket_dir(), root / "postgres.log")
    cache = valkey.start(root, home.valkey_socket(), root / "valkey.log")

    def clean_up() -> None:
        stop(cache, valkey.STOP_SIGNAL, grace_seconds=5)
        stop(database, postgres.STOP_SIGNAL, grace_seconds=20)
        shutil.rmtree(root, ignore_errors=True)
        shutil.rmtree(home.run_dir(), ignore_errors=True)

    config.add_cleanup(clean_up)
