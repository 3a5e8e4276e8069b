"""What the tests of scans share."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.utils import timezone

from accounts.queries.learners import Learner
from config.ai.breaker import breaker
from ocr import model_client
from ocr.commands.reading import read_scan
from ocr.commands.scans import accept_scan
from ocr.models import Scan
from ocr.options import ReadingOptions
from tests.ocr import images
from tests.ocr_server import Answer, fake_model_server

Serve = Callable[[Callable[[bytes], Answer]], None]


@pytest.fixture(autouse=True)
def no_retirement(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model server in the tests' own process would end it when the tests have grown."""
    monkeypatch.setenv("OCR_MODEL_SERVER_MEMORY_MB", "1000000")


@pytest.fixture(autouse=True)
def servers_are_trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what model servers of other tests did not answer; tests at the same moment have
    breakers of their own."""
    monkeypatch.setattr(model_client, "BREAKER", f"ocr-{os.getpid()}")
    yield
    breaker(model_client.BREAKER).reset()
    model_client.trust_all()


@pytest.fixture
def serve(settings: Any) -> Iterator[Serve]:
    """Have a fake model server answer with the given function."""
    with ExitStack() as stack:

        def start(answer: Callable[[bytes], Answer]) -> None:
            settings.OCR_MODEL_SERVER_URL = stack.enter_context(fake_model_server(answer))

        yield start


@pytest.fixture
def scan(learner: Learner) -> Scan:
    """A scan that Alice has sent and nobody has read."""
    return sent(learner)


def sent(learner: Learner, data: bytes | None = None, **options: Any) -> Scan:
    """A scan of ``learner``."""
    return accept_scan(
        learner=learner,
        data=images.png() if data is None else data,
        file_name="page.png",
        options=ReadingOptions(**options),
    )


def read(scan: Scan) -> Scan:
    """Do what the worker does; return the scan as it is then."""
    read_scan(job_id=scan.job.public_id, scan_id=scan.public_id, clock=timezone.now)
    return Scan.objects.select_related("job").get(pk=scan.pk)
