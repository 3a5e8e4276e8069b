"""Text detection and recognition: the only import of paddleocr.

The models are folders in Paddle's format that hold ONNX weights; nothing is fetched from anywhere.
"""

import os
import re
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, Protocol

from config.settings import home, variables
from ocr.pages import Pixels
from ocr.text_lines import Line

SIDE_MAX = 1280  # pixels of the longer side in detection: without a limit a scan took 60 s, 2.2 GB
_ENVIRONMENT = {
    "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",  # else it asks hosts whether they are there
    "ORT_DISABLE_TELEMETRY": "1",
    "OMP_NUM_THREADS": "1",
}


class ModelMissing(Exception):
    """A model folder is not there or not one; the message is one line for a person."""


class Engine(Protocol):
    """What reads a page."""

    version: str

    def read(self, page: Pixels) -> list[Line]:
        """Return the lines found, in no particular order."""
        ...


class PaddleEngine:
    """PP-OCR through ONNX Runtime on one thread: two cost half as much again for the same page."""

    def __init__(self) -> None:
        """Load the models (seconds); ModelMissing says which folder is at fault."""
        folders = {
            "detection": _folder("OCR_DET_DIR", "PP-OCRv6_small_det"),
            "recognition": _folder("OCR_REC_DIR", "PP-OCRv6_small_rec"),
        }
        models: dict[str, str] = {}
        for purpose, folder in folders.items():
            models[f"text_{purpose}_model_name"] = _model_name(folder)
            models[f"text_{purpose}_model_dir"] = str(folder)
        names = [value for key, value in models.items() if key.endswith("_name")]
        self.version = f"{'+'.join(names)} (paddleocr {installed_version('paddleocr')})"
        self._paddle = _load(models)

    def read(self, page: Pixels) -> list[Line]:
        """Return the lines found on height x width x 3 bytes (blue, green, red), unordered."""
        found = self._paddle.predict(page)[0]
        parts = zip(found["rec_texts"], found["rec_scores"], found["rec_polys"], strict=True)
        return [
            Line(text, float(score), tuple((float(x), float(y)) for x, y in polygon))
            for text, score, polygon in parts
            if text.strip()
        ]


def _folder(variable: str, provisioned: str) -> Path:
    """Return the operator's folder or the provisioned one."""
    given = variables.text(variable)
    folder = Path(given) if given else home.models_dir() / provisioned
    if not (folder / "inference.yml").is_file():
        raise ModelMissing(f"{folder} is not a model folder: run `manage.py provision`.")
    return folder


def _model_name(folder: Path) -> str:
    """Return Global.model_name of inference.yml: paddleocr refuses a folder under another name."""
    text = (folder / "inference.yml").read_text(encoding="utf-8")
    if found := re.search(r'"?model_name"?:\s*"?([\w.-]+)', text):
        return found[1]
    raise ModelMissing(f"{folder}/inference.yml does not say the model's name.")


def _load(models: dict[str, str]) -> Any:
    os.environ |= _ENVIRONMENT
    os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(home.home() / "paddle"))
    from paddleocr import PaddleOCR

    return PaddleOCR(
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": 1},
        device="cpu",
        **models,
        text_det_limit_side_len=SIDE_MAX,
        text_det_limit_type="max",
        text_recognition_batch_size=1,
        text_rec_score_thresh=0.0,
        # each of these would fetch a model of its own
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )
