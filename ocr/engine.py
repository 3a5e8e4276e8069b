"""Text detection and recognition: the only import of paddleocr.

The models are folders in Paddle's format that hold ONNX weights; nothing is fetched from anywhere.
"""

import os
import re
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version as installed_version
from math import inf
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple, Protocol

import numpy as np

from config.settings import home, variables
from ocr import bfloat16, gpu, tesseract
from ocr.languages import FULL_HEAD, has_hangul
from ocr.lost_ink import LOST_HEIGHTS, Classes, lost_ink
from ocr.pages import Pixels
from ocr.text_lines import LANGUAGE_UNAVAILABLE, Line

SIDE_MAX = 1280  # pixels of the longer side in detection: without a limit a scan took 60 s, 2.2 GB
# heights of lost ink from which a line is read again; less on a page that is said to be Korean
_LOST_AT_LEAST = {"auto": LOST_HEIGHTS, "korean": 0.3}
_TRIED_LINES = 3  # the widest, to see which way up a page is
_UPRIGHT_CONFIDENCE = 0.9  # lines read upside down stay far below it
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


class _Read(NamedTuple):
    """A line as it was read; ``classes`` is what the model saw at each step."""

    text: str
    confidence: float
    classes: Classes


class _Recogniser:
    """Reads the picture of one line; several threads may at once."""

    def __init__(self, folder: Path, place: "Place") -> None:
        self._model = _load("TextRecognition", folder, place)
        predictor = self._model.paddlex_predictor
        self._run, predictor.runner = predictor.runner, self._observed
        self._seen = threading.local()

    def read(self, line: Pixels) -> _Read:
        found = self._model.predict(line, batch_size=1)[0]
        return _Read(str(found["rec_text"]), float(found["rec_score"]), self._seen.classes)

    def _observed(self, x: Any) -> Any:
        outputs = self._run(x=x)
        self._seen.classes = outputs[0][0].argmax(axis=-1)
        return outputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to read: ``device`` is cpu, gpu or gpu:N; a gpu needs the package onnxruntime-gpu.

    ``threads`` read a line each; ``gpu_memory_mb`` is for all models of the engine, 0: no limit.
    """

    device: str = "cpu"
    threads: int = 1
    gpu_memory_mb: float = 0


class PaddleEngine:
    """PP-OCR, a line on one thread: two threads on one line cost half as much again for it.

    The lines of a page are spread over the threads. Several pages may be read at once.
    """

    def __init__(self, place: Place | None = None) -> None:
        """Load the models (seconds); ModelMissing says which folder is at fault."""
        self._place = place = place or Place()
        self._one_detection = threading.Lock()  # it takes most of the memory
        self._lines_at_once = ThreadPoolExecutor(place.threads, thread_name_prefix="line")
        self._full_folder = variables.text("OCR_REC_DIR")
        detection = _folder("OCR_DET_DIR", "PP-OCRv6_small_det")
        recognition = _folder("OCR_REC_DIR", "PP-OCRv6_small_rec_latin")
        given = variables.text("OCR_KO_REC_DIR")
        korean = _model_folder(Path(given)) if given else None
        names = f"{_model_name(detection)}+{_model_name(recognition)}"
        os.environ |= _ENVIRONMENT
        os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(home.home() / "paddle"))
        limits = {"limit_side_len": SIDE_MAX, "limit_type": "max"}
        self._detection = _load("TextDetection", detection, place, **limits)
        self._latin = _Recogniser(recognition, place)
        self._korean = _Recogniser(korean, place) if korean else None
        floats = " bf16" if _is_bfloat16(place) else ""
        self.version = f"{names}{floats} (paddleocr {installed_version('paddleocr')})"

    @cached_property
    def _full(self) -> _Recogniser:
        """The recogniser with every character; an operator's own takes its place."""
        folder = _given_folder(self._full_folder, "PP-OCRv6_small_rec")
        return _Recogniser(folder, self._place)

    def read(self, page: Pixels, *, language: str = "auto") -> list[Line]:
        """Return the lines found on height x width x 3 bytes (blue, green, red), unordered.

        A line in a script that nothing here reads has ``problem`` LANGUAGE_UNAVAILABLE, and as
        text what could be read of it.
        """
        return self._lines(*self._found(page), language)

    def read_upright(self, page: Pixels, *, language: str = "auto") -> tuple[Pixels, list[Line]]:
        """Turn the page by quarters so that its text stands upright; return it with its lines."""
        polygons, pictures = self._found(page)
        turns = self._quarter_turns(polygons, pictures)
        if turns:
            page = np.ascontiguousarray(np.rot90(page, turns))
            polygons, pictures = self._found(page)
        return page, self._lines(polygons, pictures, language)

    def _found(self, page: Pixels) -> tuple[list[Any], list[Pixels]]:
        """Return where lines are, and the picture of each, lying; a tall one is turned."""
        from paddlex.inference.pipelines.components import CropByPolys

        with self._one_detection:
            polygons = list(self._detection.predict(page)[0]["dt_polys"])
        return polygons, CropByPolys("quad")(page, polygons) if polygons else []

    def _quarter_turns(self, polygons: Sequence[Any], pictures: Sequence[Pixels]) -> int:
        """Return by how many quarters, counterclockwise, to turn a page to stand upright."""
        widest = sorted(range(len(pictures)), key=lambda n: -pictures[n].shape[1])[:_TRIED_LINES]
        if not widest:
            return 0
        tall = sum(np.ptp(polygons[n][:, 1]) > np.ptp(polygons[n][:, 0]) for n in widest)
        lying = 2 * tall > len(widest)  # pictures of tall lines are turned counterclockwise
        sure = self._mean_confidence([pictures[n] for n in widest])
        if sure >= _UPRIGHT_CONFIDENCE:
            return int(lying)
        turned = [np.ascontiguousarray(np.rot90(pictures[n], 2)) for n in widest]
        is_upside_down = self._mean_confidence(turned) > sure
        return int(lying) + 2 * is_upside_down

    def _mean_confidence(self, pictures: Sequence[Pixels]) -> float:
        return fmean(read.confidence for read in self._all(self._latin, pictures))

    def _all(self, recogniser: _Recogniser, pictures: Sequence[Pixels]) -> list[_Read]:
        return list(self._lines_at_once.map(recogniser.read, pictures))

    def _lines(
        self, polygons: Sequence[Any], pictures: Sequence[Pixels], language: str
    ) -> list[Line]:
        recogniser = self._full if language in FULL_HEAD else self._latin
        limit = _LOST_AT_LEAST.get(language, inf)
        lines: list[Line] = []
        lost: dict[int, float] = {}  # heights of ink, by the number of the line
        reads = self._all(recogniser, pictures)
        for polygon, picture, read in zip(polygons, pictures, reads, strict=True):
            if (heights := lost_ink(picture, read.classes)) >= limit:
                lost[len(lines)] = heights
            corners = tuple((float(x), float(y)) for x, y in polygon)
            lines.append(Line(read.text.strip(), read.confidence, corners))
        again = self._in_korean([pictures[n] for n in lost])
        for (n, heights), (text, confidence) in zip(lost.items(), again, strict=True):
            if has_hangul(text):
                lines[n] = replace(lines[n], text=text, confidence=confidence)
            elif heights >= LOST_HEIGHTS:
                lines[n] = replace(lines[n], problem=LANGUAGE_UNAVAILABLE)
        return [line for line in lines if line.text or line.problem]

    def _in_korean(self, pictures: Sequence[Pixels]) -> list[tuple[str, float]]:
        if self._korean is not None:
            return [(read.text, read.confidence) for read in self._all(self._korean, pictures)]
        if pictures and tesseract.is_installed():
            return tesseract.read(pictures)
        return [("", 0.0)] * len(pictures)


def reads_korean() -> bool:
    """Tell whether lines in Korean are read: by the operator's model, or by tesseract."""
    return bool(variables.text("OCR_KO_REC_DIR")) or tesseract.is_installed()


def _folder(variable: str, provisioned: str) -> Path:
    """Return the operator's folder or the provisioned one."""
    return _given_folder(variables.text(variable), provisioned)


def _given_folder(given: str, provisioned: str) -> Path:
    return _model_folder(Path(given) if given else home.models_dir() / provisioned)


def _model_folder(folder: Path) -> Path:
    if not (folder / "inference.yml").is_file():
        raise ModelMissing(f"{folder} is not a model folder: run `manage.py provision`.")
    _model_name(folder)
    return folder


def _model_name(folder: Path) -> str:
    """Return Global.model_name of inference.yml: paddleocr refuses a folder under another name."""
    text = (folder / "inference.yml").read_text(encoding="utf-8")
    if found := re.search(r'"?model_name"?:\s*"?([\w.-]+)', text):
        return found[1]
    raise ModelMissing(f"{folder}/inference.yml does not say the model's name.")


def _load(kind: str, folder: Path, place: Place, **options: Any) -> Any:
    """Return paddleocr's TextDetection or TextRecognition with the folder's model."""
    import paddleocr

    weights = folder / "inference.onnx"
    is_onnx = weights.is_file()  # else Paddle's own format, which needs the package paddlepaddle
    # every line and page has a size of its own: patterns of memory kept for each took 250 MB
    settings: dict[str, Any] = {"intra_op_num_threads": 1, "enable_mem_pattern": False}
    if place.device != "cpu":
        settings["provider_options"] = gpu.provider_options(kind, place.gpu_memory_mb)
    engine = {"engine": "onnxruntime", "engine_config": settings}
    model = getattr(paddleocr, kind)(
        model_name=_model_name(folder),
        model_dir=str(folder),
        device=place.device,
        **(engine if is_onnx else {"enable_mkldnn": False, "cpu_threads": 1}),
        **options,
    )
    if is_onnx and _is_bfloat16(place):
        model.paddlex_predictor.runner = bfloat16.Runner(weights, place.threads)
    return model


def _is_bfloat16(place: Place) -> bool:
    return place.device == "cpu" and bfloat16.is_supported()
