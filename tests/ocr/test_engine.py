"""The door to paddleocr; what it reads is in tests/contract/test_model_server.py."""

import subprocess
import sys
from pathlib import Path

import pytest

from ocr.engine import ModelMissing, PaddleEngine


def test_a_missing_model_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR_DET_DIR", str(tmp_path / "det"))
    with pytest.raises(ModelMissing, match="det is not a model folder"):
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
