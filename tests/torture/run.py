"""Starts everybody, torments Valkey meanwhile, replaces who crashed, and asks for the verdict."""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from tests.torture import ready  # noqa: F401  Django is set up before anything below is imported

# isort: split
from tests.torture import folds, races, readers, writers
from tests.torture.plan import Plan, Tally
from tests.torture.stage import stage
from tests.torture.valkey import Valkey, tormented
from tests.torture.verdict import verdict

WRITERS = 4
READERS = 3
FLUSH_EVERY = 3.0
TELL_EVERY = 5.0
SHORT_SECONDS = 20
JOIN_SECONDS = 30
RACE_SECONDS = 180


@dataclass(slots=True)
class Crew:
    """The processes of a run. A writer that crashed as it should is replaced by another."""

    context: ForkServerContext
    plan: Plan
    members: list[ForkServerProcess] = field(default_factory=list)
    writers: list[ForkServerProcess] = field(default_factory=list)
    crashes: int = 0
    errors: int = 0

    def start(self, target: Callable[..., None], *arguments: object) -> ForkServerProcess:
        """Start a process that ends with us."""
        process = self.context.Process(target=target, args=(self.plan, *arguments), daemon=True)
        process.start()
        self.members.append(process)
        return process

    def start_writer(self) -> None:
        """Start one more writer."""
        self.writers.append(self.start(writers.write, len(self.writers)))

    def replace_the_crashed(self) -> None:
        """Look who has ended; a fault of anybody is an error of the run."""
        for process in [each for each in self.members if each.exitcode is not None]:
            self.members.remove(process)
            if process.exitcode == writers.CRASHED:
                self.crashes += 1
                if time.monotonic() < self.plan.deadline:
                    self.start_writer()
            elif process.exitcode:
                self.errors += 1

    def finish(self, seconds: float) -> None:
        """Wait for everybody; who does not end is ended."""
        deadline = time.monotonic() + seconds
        for process in self.members:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.exitcode is None:
                process.kill()
                process.join()
        self.replace_the_crashed()


def run(root: Path, *, seconds: float, seed: int, pairs: int, watermark: str) -> dict[str, Any]:
    """Return every figure of the run."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.torture.run"])
    *members, racing = _alone(context, stage, seed)
    deadline = time.monotonic() + seconds
    plan = Plan(seed, deadline, tuple(members), racing, pairs, watermark, Tally(context))
    crew = Crew(context, plan)
    gate = context.Barrier(2)  # lives as long as this name does
    answers = context.Array("B", 2 * pairs, lock=False)
    with tormented(root) as valkey:
        _start(crew, gate, answers)
        _torment(crew, valkey, seconds)
        crew.finish(RACE_SECONDS if plan.tally["races"] < pairs else JOIN_SECONDS)
        end = _alone(context, verdict, plan.everybody, seed=seed, pairs=pairs, rule=watermark)
    counts = plan.tally.all()
    counts["commits"] += crew.crashes
    return {
        "seconds": seconds,
        "seed": seed,
        "watermark": watermark,
        **counts,
        "crashes": crew.crashes,
        "flushes": valkey.flushes,
        "restarts": valkey.restarts,
        "racing_pairs": pairs,
        "unanswered": sum(not races.is_answered(number, answers) for number in range(pairs)),
        **end,
        "errors": crew.errors,
    }


def _start(crew: Crew, gate: Barrier, answers: Any) -> None:
    for _ in range(WRITERS):
        crew.start_writer()
    for number in range(READERS):
        crew.start(readers.read, number)
    crew.start(folds.fold)
    crew.start(folds.refresh)
    for side in range(2):
        crew.start(races.race, side, gate, answers)


def _torment(crew: Crew, valkey: Valkey, seconds: float) -> None:
    """Until the deadline: empty and kill Valkey on schedule, replace writers, tell how it goes."""
    begun = time.monotonic()
    parts = 2 if seconds < SHORT_SECONDS else 3
    kills = [begun + seconds * part / parts for part in range(1, parts)]
    flush_at, tell_at = begun + min(FLUSH_EVERY, seconds / 3), begun + TELL_EVERY
    while (now := time.monotonic()) < crew.plan.deadline:
        crew.replace_the_crashed()
        if kills and now >= kills[0]:
            kills.pop(0)
            valkey.restart()
        if now >= flush_at:
            valkey.flush()
            flush_at += FLUSH_EVERY
        if now >= tell_at:
            _tell(crew, now - begun)
            tell_at += TELL_EVERY
        time.sleep(0.1)


def _tell(crew: Crew, seconds: float) -> None:
    tally = crew.plan.tally
    reads = tally["hits"] + tally["misses"]
    sys.stderr.write(
        f"{seconds:4.0f} s  {tally['commits']} commits, {tally['rollbacks']} rolled back, "
        f"{crew.crashes} crashes, {tally['readings']} readings, {tally['wrong']} wrong, "
        f"{100 * tally['hits'] // max(1, reads)} % hits, {tally['races']} races\n"
    )


def _alone(context: ForkServerContext, action: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """Run the action in a process of its own: here, no connection is opened and no thread runs."""
    with ProcessPoolExecutor(1, context) as pool:
        return pool.submit(action, *args, **named).result()
