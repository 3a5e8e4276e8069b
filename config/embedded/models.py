"""The OCR models: folders in Paddle's format, made offline from the rapidocr wheel, hash-checked.

A folder holds ``inference.onnx`` and ``inference.yml`` (written as JSON, which is YAML).
"""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from config.embedded import onnx_head
from config.embedded.errors import CannotStart
from config.settings import home

_WHEEL = home.CHECKOUT / ".venv/assets/rapidocr/models"
_READ_IMAGE = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
_DETECTION_SHA256 = "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f"
_RECOGNITION_SHA256 = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
# 32 wide, not 320: with batches of one line a short line is not padded (14 % less CPU)
_RECOGNITION_STEPS = (_READ_IMAGE, {"RecResizeImg": {"image_shape": [3, 48, 32]}})
_BEFORE_CJK = "\u2e7f"  # after it come Chinese, Japanese, full-width forms and emoji


class ModelError(CannotStart):
    """A model cannot be provided; the message is one line for a person."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model folder: the wheel's file, what Paddle has to know, and each file's SHA-256.

    ``folder`` differs from ``name``, which paddleocr insists on, where one model has two heads.
    """

    folder: str
    name: str
    source: str
    source_sha256: str
    steps: tuple[dict[str, Any], ...]
    decode: dict[str, Any]
    weights_sha256: str
    config_sha256: str
    last_character: str | None = None  # those after it are cut out of the head; None keeps all


MODELS = (
    Model(
        folder="PP-OCRv6_small_det",
        name="PP-OCRv6_small_det",
        source="PP-OCRv6_det_small.onnx",
        source_sha256=_DETECTION_SHA256,
        steps=(
            _READ_IMAGE,
            {"DetResizeForTest": {"resize_long": 960}},
            {
                "NormalizeImage": {
                    "mean": [0.485, 0.456, 0.406],
                    "std": [0.229, 0.224, 0.225],
                    "scale": 1 / 255,
                    "order": "hwc",
                }
            },
            {"ToCHWImage": None},
        ),
        decode={
            "name": "DBPostProcess",
            "thresh": 0.2,
            "box_thresh": 0.45,
            "unclip_ratio": 1.4,
            "max_candidates": 3000,
        },
        weights_sha256=_DETECTION_SHA256,
        config_sha256="db4b344113c172abd940fe2a7a233a15557300894d49fbd6c323e4e67997514c",
    ),
    Model(
        folder="PP-OCRv6_small_rec_latin",
        name="PP-OCRv6_small_rec",
        source="PP-OCRv6_rec_small.onnx",
        source_sha256=_RECOGNITION_SHA256,
        steps=_RECOGNITION_STEPS,
        decode={"name": "CTCLabelDecode"},  # the characters are read from the weights
        weights_sha256="d43f6db3111a13e35254925123121ac902f8c314fcf048d1e06afe39b22bc3cd",
        config_sha256="da2cd20c725b5b325845eaa90a495d0c544ce2c052b5d5f202a3ef40fec2f12c",
        last_character=_BEFORE_CJK,
    ),
    Model(
        folder="PP-OCRv6_small_rec",
        name="PP-OCRv6_small_rec",
        source="PP-OCRv6_rec_small.onnx",
        source_sha256=_RECOGNITION_SHA256,
        steps=_RECOGNITION_STEPS,
        decode={"name": "CTCLabelDecode"},
        weights_sha256=_RECOGNITION_SHA256,
        config_sha256="2c31fe63397e78650ba4ed40edfa0541ef4a50097912a10f9cba68022e46caa2",
    ),
)


def provision(root: Path, report: Callable[[str], None]) -> None:
    """Make every model folder below ``root``/models sound; ``report`` hears of each damaged one.

    Raises ModelError when the wheel's own file is missing or damaged.
    """
    folders = home.models_dir(root)
    folders.mkdir(parents=True, exist_ok=True)
    with (folders / ".lock").open("w") as lock:  # another process may be at it too
        fcntl.flock(lock, fcntl.LOCK_EX)
        _provision(folders, report)


def _provision(folders: Path, report: Callable[[str], None]) -> None:
    for model in MODELS:
        folder = folders / model.folder
        if (damage := damage_of(folder, model)) is None:
            continue
        if folder.exists():
            report(f"{folder} is damaged ({damage}): written anew")
        _write(folder, model)


def damage_of(folder: Path, model: Model) -> str | None:
    """Return what is wrong with a model folder in a few words; None when it is sound."""
    expected = {"inference.onnx": model.weights_sha256, "inference.yml": model.config_sha256}
    for name, sha256 in expected.items():
        if not (folder / name).is_file():
            return f"{name} is missing"
        if _sha256(folder / name) != sha256:
            return f"{name} has another SHA-256"
    return None


def _write(folder: Path, model: Model) -> None:
    source = _WHEEL / model.source
    if not source.is_file() or _sha256(source) != model.source_sha256:
        raise ModelError(
            f"{source} is missing or damaged: delete {_WHEEL.parents[1]} and "
            "run make again, it is installed anew."
        )
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    _write_weights(draft / "inference.onnx", model, source)
    (draft / "inference.yml").write_text(_config(model, source), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    if damage := damage_of(folder, model):
        raise ModelError(f"{folder} cannot be written: {damage}.")


def _write_weights(target: Path, model: Model, source: Path) -> None:
    if model.last_character is None:
        shutil.copyfile(source, target)
        return
    everything, kept = _characters(source), set(_kept_characters(model, source))
    # class 0 is "nothing here", the last one a space
    classes = [0, *(n for n, char in enumerate(everything, 1) if char in kept), len(everything) + 1]
    weights = onnx_head.cut(
        source.read_bytes(),
        weights="linear_8.w_0",
        bias="linear_8.b_0",
        keep=classes,
        characters="\n".join(_kept_characters(model, source)),
    )
    target.write_bytes(weights)


def _config(model: Model, source: Path) -> str:
    decode = dict(model.decode)
    if decode["name"] == "CTCLabelDecode":
        decode["character_dict"] = _kept_characters(model, source)
    config = {
        "Global": {"model_name": model.name},
        "PreProcess": {"transform_ops": list(model.steps)},
        "PostProcess": decode,
    }
    return json.dumps(config, ensure_ascii=False, indent=1) + "\n"


def _kept_characters(model: Model, source: Path) -> list[str]:
    last = model.last_character
    return [char for char in _characters(source) if last is None or char <= last]


@cache
def _characters(weights: Path) -> list[str]:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(weights), providers=["CPUExecutionProvider"])
    metadata: dict[str, str] = session.get_modelmeta().custom_metadata_map
    return metadata["character"].split("\n")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
