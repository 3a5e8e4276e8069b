"""Texts graded by the real worker, with the classifier that CEFR_MODEL names.

The model is what the training script makes of sixty rows: here it counts that it answers.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

import config.celery  # noqa: F401  what is asked of the worker goes through our app
from config.ai import breaker, cefr_folder, cefr_texts, store
from config.ai.cefr_texts import text_level
from config.embedded import programs
from config.embedded.processes import stop
from config.settings import home

pytestmark = [pytest.mark.xdist_group("cefr"), pytest.mark.slow]
START_SECONDS = 150
BREAKER = "cefr-patient"  # no other test's failures open it


@pytest.fixture(autouse=True)
def own_cache_keys() -> None:
    """Here the keys are the worker's."""


@pytest.fixture(scope="session")
def other_model(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder that is not the shipped one."""
    folder = tmp_path_factory.mktemp("model") / "other"
    cefr_folder.provide(folder, home.encoder_dir(), trained)
    return folder


@pytest.fixture(scope="module")
def worker(other_model: Path) -> Iterator[None]:
    """The worker for the queue, as the product starts it."""
    programs.wipe_metrics(home.home())
    (service,) = [each for each in programs.programs(home.home()) if each.name == "worker-ai"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEFR_MODEL", str(other_model))
        _have_patience(patch)
        process = service.start()
        try:
            end = time.monotonic() + START_SECONDS
            while text_level(f"We wait, {uuid4().hex}.").by == "lexical":
                assert process.poll() is None
                assert time.monotonic() < end
            yield
        finally:
            stop(process, service.stop_signal, grace_seconds=10)
            store.ask(lambda redis: redis.srem(breaker.NAMES, BREAKER))


@pytest.fixture(autouse=True)
def much_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may be busy; Redis ends a wait after two seconds."""
    _have_patience(monkeypatch)


def _have_patience(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cefr_texts, "PATIENCE_SECONDS", 1.9)
    patch.setattr(cefr_texts, "breaker", lambda _: breaker.Breaker(BREAKER, failures=1000))


@pytest.mark.usefixtures("worker")
def test_the_worker_answers_with_the_model_that_is_named() -> None:
    text = f"The committee read a report called {uuid4().hex}."
    answers = [text_level(text) for _ in range(5)]
    assert answers[-1].by == "classifier"
    assert answers[-1] == answers[-2]
    assert sum(answers[-1].distribution) == pytest.approx(1, abs=0.001)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    "text", ["Hi", "🙂 Hello 안녕", "a" * 20_000, "No. " * 5000, "longword " * 2000], ids=range(5)
)
def test_strange_texts_have_a_level(text: str) -> None:
    assert text_level(text).level
    assert text_level(f"After it, {uuid4().hex}.").level


@pytest.mark.usefixtures("worker")
def test_texts_that_come_at_once_are_all_graded() -> None:
    texts = [f"The number is {uuid4().hex}." for _ in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(text_level, texts))
    end = time.monotonic() + 30
    while not all(text_level(text).by == "classifier" for text in texts):
        assert time.monotonic() < end
