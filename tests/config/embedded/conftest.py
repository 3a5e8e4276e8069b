"""A RESEE_HOME of its own, and the product running in one."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import home
from tests.config.embedded.product import Product, free_port


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty RESEE_HOME that PostgreSQL's user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="resee-home-"))
    folder.chmod(0o755)
    monkeypatch.setenv("RESEE_HOME", str(folder))
    monkeypatch.setenv("RESEE_PORT", str(free_port()))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(home.run_dir(folder), ignore_errors=True)


@pytest.fixture(scope="module")
def started() -> Iterator[Product]:
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="resee-product-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        product = Product(folder, port=free_port())
        stack.callback(product.remove)
        yield product


@pytest.fixture
def product(started: Product) -> Product:
    """The whole product but the model server, running, whatever the test before did to it."""
    started.ensure_running()
    return started
