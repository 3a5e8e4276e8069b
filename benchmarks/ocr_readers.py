"""One way to read a page, in a process of its own: a page's path in, its text and cost out.

``python -m benchmarks.ocr_readers NAME`` with NAME ours, rapidocr or tesseract.
"""

import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from config.settings import home

BROKEN = re.compile(r"(?<=\w)-\s*\n\s*(?=[a-z])")  # ours joins broken words, so it is done for all


def ours() -> Callable[[Path], str]:
    """Return the product's way from a file to its text."""
    from ocr import pages
    from ocr.engine import PaddleEngine
    from ocr.text_lines import full_text, in_reading_order

    engine = PaddleEngine()
    return lambda path: full_text(in_reading_order(engine.read(pages.decode(path.read_bytes()))))


def rapidocr() -> Callable[[Path], str]:
    """Return RapidOCR with its own defaults, from the files of its wheel."""
    sys.path.insert(0, str(home.CHECKOUT / ".venv" / "assets"))
    import logging

    logging.disable(logging.CRITICAL)
    from rapidocr import RapidOCR  # type: ignore[import-not-found]

    read: Any = RapidOCR()
    return lambda path: "\n".join(read(path.read_bytes()).txts or ())


def tesseract() -> Callable[[Path], str]:
    """Return the program with its own defaults, Korean where it has it."""
    told = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True)
    languages = "eng+kor" if "kor" in told.stdout.split() else "eng"

    def read(path: Path) -> str:
        command = ["tesseract", str(path), "-", "-l", languages]
        environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    return read


def highlights() -> Callable[[Path], str]:
    """Return the product's highlight mode."""
    from ocr import highlights, pages
    from ocr.engine import PaddleEngine
    from ocr.text_lines import in_reading_order

    engine = PaddleEngine()

    def read(path: Path) -> str:
        page = pages.decode(path.read_bytes())
        lines = in_reading_order(engine.read(highlights.bleached(page)))
        return "\n".join(line.text for line in highlights.marked(page, lines))

    return read


READERS = {"ours": ours, "rapidocr": rapidocr, "tesseract": tesseract, "highlights": highlights}


def cpu_s() -> float:
    """Return the CPU seconds of this process and the programs it ran."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def rss_mb() -> float:
    """Return the most memory this process has held; a program it ran, if that held more."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) / 1024


def main(name: str) -> None:
    """Answer each path on stdin with one JSON line; the first answer says that it is ready."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the libraries print is no answer
    read = READERS[name]()
    answers.write("{}\n")
    answers.flush()
    for line in sys.stdin:
        before = cpu_s()
        text = BROKEN.sub("", read(Path(line.strip())))
        answer = {"text": text, "cpu_s": cpu_s() - before, "rss_mb": rss_mb()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
