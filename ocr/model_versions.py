"""Versions of the models, side by side: which are there, and which reads a page.

OCR_MODEL_VERSIONS names them: ``stable=90,candidate=10:/srv/models/candidate``. A folder holds
``det``, ``rec`` and ``ko_rec``, each a model's folder; what is missing is as configured elsewhere.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image, ImageDraw

from ocr.pages import Pixels
from ocr.text_lines import Line

_NAME_MAX = 20
_FOLDERS = {"det": "OCR_DET_DIR", "rec": "OCR_REC_DIR", "ko_rec": "OCR_KO_REC_DIR"}


class Engine(Protocol):
    """What reads a page: see ``engine.PaddleEngine``."""

    version: str

    def read(self, page: Pixels, *, language: str = "auto") -> list[Line]:
        """Return the lines found, in no particular order."""
        ...

    def read_upright(self, page: Pixels, *, language: str = "auto") -> tuple[Pixels, list[Line]]:
        """Turn the page so that its text stands upright; return it with its lines."""
        ...


@dataclass(frozen=True, slots=True)
class Version:
    """``weight`` is its share of the pages, against the sum of all; ``folder`` may be none."""

    name: str = ""
    weight: int = 1
    folder: str = ""

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Have the engine look into this version's folder; one version at a time."""
        folders = {key: Path(self.folder) / name for name, key in _FOLDERS.items()}
        own = {k: str(path) for k, path in folders.items() if self.folder and path.is_dir()}
        before = {key: os.environ.get(key) for key in own}
        os.environ.update(own)
        try:
            yield
        finally:
            for key, value in before.items():
                os.environ.pop(key)
                if value is not None:
                    os.environ[key] = value


@dataclass(frozen=True, slots=True)
class Loaded:
    """A version that can read; ``label`` is what is stored with each page."""

    version: Version
    engine: Engine

    @property
    def label(self) -> str:
        """Return the engine's own version, after the name if it has one."""
        name = self.version.name
        return f"{name}: {self.engine.version}" if name else self.engine.version


def parsed(text: str) -> list[Version]:
    """Return the versions that ``text`` names, a nameless one if none; ValueError says why not."""
    versions = [_version(part.strip()) for part in text.split(",") if part.strip()]
    if len({version.name for version in versions}) < len(versions):
        raise ValueError("OCR_MODEL_VERSIONS names a version twice.")
    return versions or [Version()]


def load(versions: Sequence[Version], make: Callable[[], Engine]) -> list[Loaded]:
    """Load every version and have it read a line: the first page is as quick as the next."""
    loaded = []
    for version in versions:
        with version.environment():
            engine = make()
            engine.read(_a_line())
        loaded.append(Loaded(version, engine))
    return loaded


def chosen(loaded: Sequence[Loaded], data: bytes) -> Loaded:
    """Return the version that reads this page; the same page is always read by the same one."""
    total = sum(one.version.weight for one in loaded)
    place = int.from_bytes(sha256(data).digest()[:8]) % total
    for one in loaded:
        place -= one.version.weight
        if place < 0:
            return one
    raise AssertionError("the weights do not add up")


def _version(text: str) -> Version:
    name, _, rest = text.partition("=")
    weight, _, folder = rest.partition(":")
    if not (0 < len(name) <= _NAME_MAX and weight.isdecimal() and int(weight)):
        raise ValueError(f"OCR_MODEL_VERSIONS is NAME=WEIGHT or NAME=WEIGHT:FOLDER, not {text!r}.")
    return Version(name, int(weight), folder)


def _a_line() -> Pixels:
    page = Image.new("RGB", (320, 64), "white")
    ImageDraw.Draw(page).text((16, 20), "warm-up", fill="black", font_size=24)
    return np.asarray(page)
