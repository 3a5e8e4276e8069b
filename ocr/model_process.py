"""The models in the process that reads: two pages at a time; replaced when it has grown.

It knows no database and imports no Django.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from config.errors import Unavailable
from config.settings import variables
from ocr import highlights, pages
from ocr import model_metrics as metrics
from ocr.model_versions import Engine, Loaded, chosen
from ocr.options import ReadingOptions
from ocr.text_lines import Line

WAITING_MAX = 4
PAGES_AT_ONCE = 2  # one is looked over while the other's lines keep the threads busy
LOADING_SECONDS_MAX = 30.0

log = logging.getLogger("gunicorn.error")


def memory_mb() -> float:
    """Return what this process holds in memory."""
    pages_held = int(Path("/proc/self/statm").read_text().split()[1])
    return pages_held * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory_max_mb() -> int:
    """Return how much it may hold before another takes its place."""
    return variables.integer("OCR_MODEL_SERVER_MEMORY_MB")


def retire_process() -> None:
    """End this process once its answers are sent; gunicorn starts the next at the same socket."""
    os.kill(os.getpid(), signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Found:
    """A page as it was read, turned clockwise by ``quarter_turns``, and the lines on it."""

    page: pages.Pixels
    lines: list[Line]
    quarter_turns: int
    version: str


class Model:
    """The versions, loaded beside the listening server; ``status`` is loading, ready or failed.

    A process that has grown beyond its memory takes no more pages, ends those it has, and then
    ``retire`` is called: another takes its place at the same socket.
    """

    def __init__(
        self,
        load: Callable[[], Sequence[Loaded]],
        retire: Callable[[], None] = retire_process,
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        """Begin to load; ``has_room`` is asked before each page."""
        self.status = "loading"
        self._load, self._retire, self._has_room = load, retire, has_room
        self._loaded: Sequence[Loaded] = ()
        self._is_settled = threading.Event()
        self._places = threading.Semaphore(PAGES_AT_ONCE)
        self._counting = threading.Lock()
        self.in_progress = 0
        self._is_retiring = False
        threading.Thread(target=self._settle, daemon=True).start()

    @property
    def version(self) -> str:
        """Return the labels of all versions; empty until they are loaded."""
        return ", ".join(one.label for one in self._loaded)

    def read(self, data: bytes, options: ReadingOptions) -> Found:
        """Return the upright page with its lines; Unavailable when too many wait already."""
        self._enter()
        try:
            with metrics.WAITING.track_inprogress(), self._places:
                one = chosen(self._ready(), data)
                started = time.perf_counter()
                found = _read(one, data, options)
                metrics.READ_SECONDS.labels(one.label).observe(time.perf_counter() - started)
                return found
        finally:
            self._leave()

    def _enter(self) -> None:
        if not self._has_room():
            raise Unavailable("The GPU's memory is nearly full.", retry_after_seconds=5)
        with self._counting:
            if self._is_retiring:
                raise Unavailable("The process is being replaced.", retry_after_seconds=2)
            if self.in_progress >= WAITING_MAX:
                raise Unavailable("Too many pages are waiting.", retry_after_seconds=5)
            self.in_progress += 1

    def _leave(self) -> None:
        with self._counting:
            self.in_progress -= 1
            if not self._is_retiring and memory_mb() > memory_max_mb():
                self._is_retiring = True
                metrics.RETIRED.inc()
                log.warning("The process has grown to %d MB: another takes its place", memory_mb())
            is_last = self._is_retiring and self.in_progress == 0
        if is_last:
            self._retire()

    def _ready(self) -> Sequence[Loaded]:
        self._is_settled.wait(LOADING_SECONDS_MAX)
        if not self._loaded:
            raise Unavailable(f"The models are not there: {self.status}.")
        return self._loaded

    def _settle(self) -> None:
        try:
            self._loaded = self._load()
            self.status = "ready"
            for one in self._loaded:
                metrics.LOADED.labels(one.label).set(1)
        except Exception:
            self.status = "failed"
            log.exception("The models could not be loaded")
        finally:
            self._is_settled.set()


def _read(one: Loaded, data: bytes, options: ReadingOptions) -> Found:
    page = pages.decode(data, quarter_turns=options.quarter_turns, crop=options.part)
    is_highlight = options.mode == "highlight"
    seen = highlights.bleached(page) if is_highlight else page
    engine = one.engine
    read = engine.read_upright if options.use_angle_cls else _as_it_stands(engine)
    upright, lines = read(seen, language=options.language)
    turns = _turns(seen, upright)
    page = np.ascontiguousarray(np.rot90(page, -turns))
    if is_highlight:
        lines = highlights.marked(page, lines)
    return Found(page, lines, (options.quarter_turns + turns) % 4, one.label)


def _as_it_stands(engine: Engine) -> Callable[..., tuple[pages.Pixels, list[Line]]]:
    return lambda page, language: (page, engine.read(page, language=language))


def _turns(before: pages.Pixels, after: pages.Pixels) -> int:
    """Return by how many quarters, clockwise, a page was turned: an engine does not tell."""
    if after is before:
        return 0
    return next(turns for turns in range(4) if np.array_equal(np.rot90(before, -turns), after))
