"""Read drawn and photographed pages: ours, RapidOCR with its defaults, Tesseract, interleaved.

Needs the models (``manage.py provision``). RapidOCR's own needs (omegaconf, colorlog, tqdm) come
from the folder ``--peers``; Tesseract and Korean pages only where program and font are installed;
``--openvino`` names the folder of that package for one more reader. Figures go over all pages but
those in Korean, which have their own; ``cer`` counts spaces and asks for reading order.
"""

import argparse
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np

from benchmarks.ocr_marks import marked_page
from benchmarks.ocr_pages import BenchmarkPage, korean_font, pages, photograph

PAGES_EACH, MARKED_PAGES = 2, 3
WARM_UP = 1
CPU_RATIO_MAX, BF16_RATIO_MAX = 0.55, 0.35
RSS_MB_MAX = 1200
RECALL_MIN, TWO_COLUMNS_CER_MAX, PHOTO_CER_MAX, KOREAN_CER_MAX = 0.95, 0.03, 0.02, 0.06
PROSE = ("textbook", "vocabulary", "two_columns")
Answer = dict[str, Any]


class Reader:
    """A process that reads pages in one way."""

    def __init__(self, name: str, *, folders: Iterable[str] = (), nice: int = 0) -> None:
        """Start it and wait until its models are loaded."""
        self._name = name
        path = os.pathsep.join(folders)
        self._process = subprocess.Popen(
            ["nice", "-n", str(nice), sys.executable, "-m", "benchmarks.ocr_readers", name],
            env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._answer()

    def read(self, path: Path) -> Answer:
        """Return text, cpu_s and rss_mb."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Answer:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._name} has ended")
        answer: Answer = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def cer(truth: str, read: str) -> float:
    """Return the edits from ``read`` to ``truth`` per character; a run of spaces is one."""
    truth, read = (" ".join(text.split()) for text in (truth, read))
    letters = np.array([ord(char) for char in read], dtype=np.int64)
    steps = np.arange(len(read) + 1)
    row = steps
    for number, char in enumerate(truth, 1):
        best = np.empty_like(steps)
        best[0] = number
        best[1:] = np.minimum(row[:-1] + (letters != ord(char)), row[1:] + 1)
        row = np.minimum.accumulate(best - steps) + steps
    return float(row[-1]) / max(len(truth), 1)


def recall_precision(truth: str, read: str) -> tuple[float, float]:
    """Return which parts of the words are found, and are right, in any order."""
    expected, found = (Counter(re.findall(r"\w+", text.lower())) for text in (truth, read))
    both = (expected & found).total()
    return both / max(expected.total(), 1), both / max(found.total(), 1)


def measure(
    readers: Mapping[str, Reader], sheets: Sequence[BenchmarkPage], folder: Path, rounds: int
) -> dict[str, list[list[Answer]]]:
    """Return each reader's answers: a list of rounds for each page."""
    paths = []
    for number, sheet in enumerate(sheets):
        paths.append(folder / f"{number}{'.jpg' if sheet.is_photo else '.png'}")
        paths[-1].write_bytes(sheet.image_bytes)
    answers: dict[str, list[list[Answer]]] = {name: [[] for _ in paths] for name in readers}
    for reader in readers.values():
        for path in paths[:WARM_UP]:
            reader.read(path)
    for turn in range(rounds):
        for number, path in enumerate(paths):
            for name, reader in readers.items():
                answers[name][number].append(reader.read(path))
        sys.stderr.write(f"round {turn + 1} of {rounds}\n")
    return answers


def figures_of(sheets: Sequence[BenchmarkPage], answers: list[list[Answer]]) -> dict[str, Any]:
    """Return one reader's figures."""
    rows = []
    for sheet, rounds in zip(sheets, answers, strict=True):
        text = rounds[0]["text"]
        recall, precision = recall_precision(sheet.text, text)
        cost = median(answer["cpu_s"] for answer in rounds)
        rows.append((sheet, recall, precision, cer(sheet.text, text), cost))
    latin = [row for row in rows if row[0].kind != "korean"]

    def mean_cer(kinds: Iterable[str], *, is_photo: bool) -> float | None:
        found = [row[3] for row in rows if row[0].kind in kinds and row[0].is_photo == is_photo]
        return fmean(found) if found else None

    kinds = dict.fromkeys(sheet.kind for sheet in sheets)
    return {
        "recall": fmean(row[1] for row in latin),
        "precision": fmean(row[2] for row in latin),
        "cer": fmean(row[3] for row in latin),
        "cpu_s": fmean(row[4] for row in rows),
        "rss_mb": max(answer["rss_mb"] for rounds in answers for answer in rounds),
        "cer_clean": {kind: mean_cer([kind], is_photo=False) for kind in kinds},
        "cer_photo": {kind: mean_cer([kind], is_photo=True) for kind in kinds},
        "cer_english_photos": mean_cer([kind for kind in kinds if kind != "korean"], is_photo=True),
    }


def highlight_f1(reader: Reader, folder: Path) -> dict[str, float]:
    """Return F1 of marked words on clean pages and on photos."""
    f1 = {}
    for is_photo in (False, True):
        hits = total = 0
        for seed in range(MARKED_PAGES):
            page, marked, _ = marked_page(seed)
            path = folder / f"marks{seed}{is_photo}"
            if is_photo:
                path.write_bytes(photograph(page, seed))
            else:
                out = io.BytesIO()
                page.save(out, "PNG")
                path.write_bytes(out.getvalue())
            expected, found = (
                Counter(re.findall(r"\w+", text.lower()))
                for text in (" ".join(marked), reader.read(path)["text"])
            )
            hits += (expected & found).total()
            total += expected.total() + found.total()
        f1["photo" if is_photo else "clean"] = 2 * hits / total
    return f1


def is_ok(found: Mapping[str, Any]) -> bool:
    """Hold the figures against the bars."""
    ours, peer = found["ours"], found["rapidocr"]
    held = [
        ours["recall"] >= max(peer["recall"], RECALL_MIN),
        found["cpu_ratio"] <= CPU_RATIO_MAX,
        found.get("bf16_cpu_ratio", 0) <= BF16_RATIO_MAX,
        ours["rss_mb"] <= RSS_MB_MAX,
        max(ours[name]["two_columns"] for name in ("cer_clean", "cer_photo"))
        <= TWO_COLUMNS_CER_MAX,
        ours["cer_english_photos"] <= PHOTO_CER_MAX,
        not found["has_korean"] or ours["cer_clean"]["korean"] <= KOREAN_CER_MAX,
    ]
    return all(held)


def rounded(value: Any) -> Any:
    """Return the figures with four digits after the point."""
    if isinstance(value, dict):
        return {name: rounded(inner) for name, inner in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default="", help="folder of what RapidOCR imports")
    parser.add_argument("--openvino", default="", help="folder of the package openvino")
    parser.add_argument("--korean-font", type=Path, default=korean_font())
    options = parser.parse_args(arguments)
    sheets = list(pages(PAGES_EACH, seed=options.seed, korean_font=options.korean_font))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="resee-ocr-")))
        readers = {"ours": Reader("ours"), "rapidocr": Reader("rapidocr", folders=[options.peers])}
        if options.openvino:
            readers["ours_bf16"] = Reader("ours", folders=[options.openvino])
        if has_tesseract := shutil.which("tesseract") is not None:
            readers["tesseract"] = Reader("tesseract")
        marker = Reader("highlights")
        for reader in (*readers.values(), marker):
            stack.callback(reader.close)
        answers = measure(readers, sheets, folder, options.rounds)
        found: dict[str, Any] = {n: figures_of(sheets, given) for n, given in answers.items()}
        found["highlight_f1"] = highlight_f1(marker, folder)
    peer_s = found["rapidocr"]["cpu_s"]
    found["cpu_ratio"] = found["ours"]["cpu_s"] / peer_s
    if options.openvino:
        found["bf16_cpu_ratio"] = found["ours_bf16"]["cpu_s"] / peer_s
    found["has_korean"] = has_tesseract and options.korean_font is not None
    ok = is_ok(found)
    about = {"n": len(sheets), "rounds": options.rounds, "seed": options.seed, "ok": ok}
    sys.stdout.write(json.dumps({"name": "ocr", **rounded(found), **about}) + "\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
