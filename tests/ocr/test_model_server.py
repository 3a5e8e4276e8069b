"""The model server's own manners, without the models: loading, crowding, failing."""

import io
import math
import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import orjson
import pytest
from prometheus_client import generate_latest

from config.settings import variables
from ocr import tesseract
from ocr.model_process import WAITING_MAX
from ocr.model_server import ModelServer
from ocr.model_versions import Loaded, Version, chosen, load, parsed
from ocr.pages import Pixels
from ocr.text_lines import Line
from tests.ocr import images

LINE = Line("Unit 7", 0.9, ((1, 1), (9, 1), (9, 5), (1, 5)))


class Engine:
    """Reads the same line on every page."""

    version = "test"

    def read(self, page: Pixels, *, language: str = "auto") -> list[Line]:
        return [LINE]

    def read_upright(self, page: Pixels, *, language: str = "auto") -> tuple[Pixels, list[Line]]:
        return page, self.read(page, language=language)


class Slow(Engine):
    """Reads when it may."""

    def __init__(self) -> None:
        self.may_read = threading.Event()

    def read(self, page: Pixels, *, language: str = "auto") -> list[Line]:
        assert self.may_read.wait(10)
        return [LINE]


def ask(server: ModelServer, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
    heard: list[str] = []
    path, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    (answer,) = server(environ, lambda status, _: heard.append(status))
    return int(heard[0].split()[0]), orjson.loads(answer)


def loaded(engine: Any) -> ModelServer:
    return ModelServer(lambda: [Loaded(Version(), engine)])


def in_threads(count: int, act: Callable[[], Any]) -> list[threading.Thread]:
    threads = [threading.Thread(target=act) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_it_says_that_it_is_loading_and_a_page_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tesseract, "is_installed", lambda: False)
    may_load = threading.Event()

    def load() -> list[Loaded]:
        assert may_load.wait(10)
        return [Loaded(Version(), Engine())]

    server = ModelServer(load)
    expected = {"status": "loading", "model_loaded": False, "version": "", "korean": False}
    assert ask(server, "GET", "/health") == (503, expected)
    answers: list[tuple[int, Any]] = []
    (waiting,) = in_threads(
        1, lambda: answers.append(ask(server, "POST", "/predict", images.png()))
    )
    may_load.set()
    waiting.join(10)
    assert answers[0][1]["full_text"] == "Unit 7"
    monkeypatch.setenv("OCR_KO_REC_DIR", "/a/folder")
    expected = {"status": "ready", "model_loaded": True, "version": "test", "korean": True}
    assert ask(server, "GET", "/health") == (200, expected)


def test_it_says_when_the_models_cannot_be_loaded() -> None:
    def load() -> list[Loaded]:
        raise OSError("the disk is gone")

    server = ModelServer(load)
    status, body = ask(server, "POST", "/predict", images.png())
    assert (status, body["code"]) == (503, "unavailable")
    assert ask(server, "GET", "/health")[1]["status"] == "failed"


def test_a_crowd_is_told_to_come_back_and_health_still_answers() -> None:
    engine = Slow()
    server = loaded(engine)
    answers: list[tuple[int, Any]] = []
    threads = in_threads(
        WAITING_MAX + 2, lambda: answers.append(ask(server, "POST", "/predict", images.png()))
    )
    while len(answers) < 2:
        assert ask(server, "GET", "/health")[0] == 200
    engine.may_read.set()
    for thread in threads:
        thread.join(10)
    assert sorted(status for status, _ in answers) == [200] * WAITING_MAX + [503] * 2


def test_an_engine_that_fails_is_an_answer_and_the_next_page_is_read() -> None:
    engine = Mock(version="test", read=Mock(side_effect=[ZeroDivisionError, [LINE]]))
    server = loaded(engine)
    path = "/predict?use_angle_cls=false"
    status, body = ask(server, "POST", path, images.png())
    assert (status, body["status"], body["code"]) == (500, "failed", "engine_failed")
    assert ask(server, "POST", path, images.png())[0] == 200


def test_what_is_surer_than_asked_is_returned() -> None:
    server = loaded(Engine())
    texts = [
        ask(server, "POST", f"/predict?confidence_threshold={asked}", images.png())[1]["full_text"]
        for asked in (0.89, 0.91)
    ]
    assert texts == ["Unit 7", ""]


def test_a_page_is_turned_as_asked_then_until_its_text_stands() -> None:
    class Turning(Engine):
        """Finds that the page lies on its right side."""

        def read_upright(
            self, page: Pixels, *, language: str = "auto"
        ) -> tuple[Pixels, list[Line]]:
            return np.ascontiguousarray(np.rot90(page)), [LINE]

    server = loaded(Turning())
    sizes = [
        (body["quarter_turns"], body["width"], body["height"])
        for query in ("rotate=0", "rotate=90", "rotate=90&use_angle_cls=false")
        for _, body in [ask(server, "POST", f"/predict?{query}", images.png())]
    ]
    assert sizes == [(3, 80, 120), (0, 120, 80), (1, 80, 120)]


def test_only_what_is_marked_is_returned_in_highlight_mode() -> None:
    server = loaded(Engine())
    _, body = ask(server, "POST", "/predict?mode=highlight", images.encoded(images.blank()))
    assert body["text_boxes"] == []


def test_a_tenth_of_the_pages_is_read_by_the_candidate() -> None:
    stable, candidate = Mock(version="one"), Mock(version="two")
    engines = iter([stable, candidate])
    loaded = load(parsed("stable=90,candidate=10"), lambda: next(engines))
    count = 20_000 if variables.text("PROOF") else 2_000
    labels = Counter(chosen(loaded, str(number).encode()).label for number in range(count))
    assert set(labels) == {"stable: one", "candidate: two"}
    deviation = math.sqrt(count * 0.1 * 0.9)
    assert abs(labels["candidate: two"] - count / 10) < 4 * deviation
    assert stable.read.called  # both are warm
    assert candidate.read.called
    assert len({chosen(loaded, b"a page").label for _ in range(20)}) == 1


def test_a_version_looks_into_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rec").mkdir()
    monkeypatch.setenv("OCR_DET_DIR", "/det")
    monkeypatch.delenv("OCR_REC_DIR", raising=False)
    (version,) = parsed(f"candidate=10:{tmp_path}")
    with version.environment():
        assert (os.environ["OCR_DET_DIR"], os.environ["OCR_REC_DIR"]) == (
            "/det",
            f"{tmp_path}/rec",
        )
    assert "OCR_REC_DIR" not in os.environ


@pytest.mark.parametrize("text", ["a", "a=0", "a=x", "=1", "a=1,a=2", f"{'a' * 21}=1"])
def test_versions_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="OCR_MODEL_VERSIONS"):
        parsed(text)


def test_each_version_is_counted_and_told_with_the_page() -> None:
    both = load(parsed("stable=1,candidate=1"), Engine)
    server = ModelServer(lambda: both)
    pages = [images.numbered(number) for number in range(12)]
    versions = {ask(server, "POST", "/predict", page)[1]["version"] for page in pages}
    assert versions == {"stable: test", "candidate: test"}
    assert ask(server, "GET", "/health")[1]["version"] == "stable: test, candidate: test"
    figures = generate_latest().decode()
    for version in versions:
        assert f'ocr_read_seconds_count{{version="{version}"}}' in figures
        assert f'ocr_predictions_total{{outcome="ok",version="{version}"}}' in figures


def test_a_process_that_has_grown_ends_its_pages_and_makes_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    engine, retired = Slow(), threading.Event()
    server = ModelServer(lambda: [Loaded(Version(), engine)], retired.set)
    answers: list[int] = []
    threads = in_threads(
        2, lambda: answers.append(ask(server, "POST", "/predict", images.png())[0])
    )
    monkeypatch.setenv("OCR_MODEL_SERVER_MEMORY_MB", "1")
    while server.model.in_progress < 2:
        time.sleep(0.01)
    assert not retired.is_set()
    engine.may_read.set()
    for thread in threads:
        thread.join(10)
    assert answers == [200, 200]
    assert retired.is_set()
    assert ask(server, "POST", "/predict", images.png())[0] == 503
