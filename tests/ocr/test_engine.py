"""The door to paddleocr; whole pages are read in tests/contract/test_model_server.py."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from config.embedded import models
from config.settings import home
from ocr import bfloat16, tesseract
from ocr.engine import ModelMissing, PaddleEngine, Place
from ocr.languages import has_hangul
from ocr.pages import Pixels
from ocr.text_lines import LANGUAGE_UNAVAILABLE, Line, in_reading_order, sure_enough

ENGLISH = ("The ferry crossed the river", "twice a day, in any weather", "said the old gardener")
GEORGIAN = "abandon მიტოვება დავიწყება"  # a script that no model here knows


@pytest.fixture(scope="module")
def engine() -> PaddleEngine:
    models.provision(home.home(), lambda _: None)
    return PaddleEngine()


def drawn(*lines: str) -> Pixels:
    font = ImageFont.truetype(str(Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), 32)
    page = Image.new("RGB", (620, 90 + 70 * len(lines)), "white")
    for row, line in enumerate(lines):
        ImageDraw.Draw(page).text((50, 50 + 70 * row), line, "black", font)
    return np.asarray(page).copy()


def texts(lines: list[Line]) -> list[str]:
    return [line.text for line in in_reading_order(lines)]


@pytest.mark.parametrize("variable", ["OCR_DET_DIR", "OCR_REC_DIR", "OCR_KO_REC_DIR"])
def test_a_missing_model_folder_is_named(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.provision(home.home(), lambda _: None)
    monkeypatch.setenv(variable, str(tmp_path / "given"))
    with pytest.raises(ModelMissing, match="given is not a model folder"):
        PaddleEngine()


def test_a_folder_that_names_no_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "inference.yml").write_text("Global: {}")
    for name in ("OCR_DET_DIR", "OCR_REC_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    with pytest.raises(ModelMissing, match="does not say"):
        PaddleEngine()


@pytest.mark.parametrize("heavy", ["paddleocr", "onnxruntime", "django"])
def test_the_model_server_starts_without(heavy: str) -> None:
    code = f"import sys, ocr.model_server; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("turns", range(4))
def test_a_page_is_turned_until_it_stands_upright(engine: PaddleEngine, turns: int) -> None:
    page = drawn(*ENGLISH)
    upright, lines = engine.read_upright(np.ascontiguousarray(np.rot90(page, turns)))
    assert (upright == page).all()
    assert texts(lines) == list(ENGLISH)


def test_an_empty_page_has_no_lines(engine: PaddleEngine) -> None:
    page = drawn()
    assert engine.read_upright(page)[1] == []


@pytest.fixture
def no_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "is_installed", lambda: False)


@pytest.mark.usefixtures("no_tesseract")
def test_a_line_in_an_unknown_script_says_so_and_the_others_are_read(engine: PaddleEngine) -> None:
    lines = in_reading_order(engine.read(drawn(ENGLISH[0], GEORGIAN, ENGLISH[1])))
    assert [line.problem for line in lines] == ["", LANGUAGE_UNAVAILABLE, ""]
    assert [lines[0].text, lines[2].text] == list(ENGLISH[:2])
    assert lines[1] in sure_enough(lines, threshold=1.0)


def test_a_line_that_is_read_again_in_korean_is_whole(
    engine: PaddleEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tesseract, "is_installed", lambda: True)
    monkeypatch.setattr(tesseract, "read", lambda given: [("abandon 버리다", 0.9)] * len(given))
    lines = in_reading_order(engine.read(drawn(ENGLISH[0], GEORGIAN)))
    assert [line.text for line in lines] == [ENGLISH[0], "abandon 버리다"]
    assert [line.problem for line in lines] == ["", ""]


def test_on_an_english_page_nothing_is_looked_for(engine: PaddleEngine) -> None:
    lines = engine.read(drawn(GEORGIAN), language="english")
    assert [line.problem for line in lines] == [""]


def test_chinese_is_read_with_every_character(engine: PaddleEngine) -> None:
    assert "_full" not in vars(engine)
    engine.read(drawn(ENGLISH[0]), language="chinese")
    assert "_full" in vars(engine)


def test_pages_are_read_at_once_as_they_are_alone(engine: PaddleEngine) -> None:
    threaded = PaddleEngine(Place(threads=4))
    sheets = [drawn(*ENGLISH), drawn(ENGLISH[0], GEORGIAN), drawn(*ENGLISH[1:], "7")]
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(threaded.read, sheets * 3))
    assert found == [engine.read(sheet) for sheet in sheets] * 3


def test_hangul_is_told_from_other_letters() -> None:
    assert has_hangul("abandon 버리다")
    assert not has_hangul("abandon 捨てる, été")


@pytest.mark.parametrize(
    ("flags", "is_fast"), [("fpu avx512f avx512_bf16", True), ("fpu avx512f", False)]
)
def test_sixteen_bits_are_used_only_where_the_processor_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, flags: str, is_fast: bool
) -> None:
    monkeypatch.setattr(bfloat16, "find_spec", lambda _: object())
    (tmp_path / "cpuinfo").write_text(f"processor : 0\nflags\t\t: {flags}\n")
    assert bfloat16.is_supported(tmp_path / "cpuinfo") is is_fast
    monkeypatch.setattr(bfloat16, "find_spec", lambda _: None)
    assert not bfloat16.is_supported(tmp_path / "cpuinfo")
