"""What it takes to import a learner's years of Anki, here and in the Anki engine itself.

    make bench NAME=import_anki

One package of 20,000 notes and 500,000 reviews, made by the engine; three interleaved rounds, each
importing it into an empty collection of the engine and for a new learner here, by a process like
the worker's (nice, and in a session of its own, as the launcher starts it); medians. Meanwhile
another learner answers cards over HTTP. The last line is JSON: ours_s, anki_s (wall time), ratio,
copy_s (the same rows, ready made, by COPY alone: the database's own part) and copy_cpu_s, cpu_s (of
the importing process) and postgres_cpu_s, rss_mb (its highest), api_p95_ms idle and meanwhile,
api_p95_ratio.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil

from benchmarks.cpu import cpu_with_ended_s, rss_max_mb
from benchmarks.import_anki_floor import floor
from benchmarks.record_review import free_port, web_process
from config.embedded.servers import temporary_servers

NOTES, REVIEWS, RUNS = 20_000, 500_000, 3
IDLE_SECONDS = 10.0
PAUSE_SECONDS = 0.02
WORKER_NICE = 5  # as config.embedded.programs starts workers
CEILINGS = {"ratio": 2, "rss_mb": 400, "api_p95_ratio": 2}


def make(path: Path, seed: int, notes: int, reviews: int) -> None:
    """Write the package with the engine."""
    from anki.collection import AddNoteRequest, Collection, ExportAnkiPackageOptions

    source = random.Random(seed)
    col = Collection(str(path.with_suffix(".anki2")))
    kind = col.models.by_name("Basic")
    assert kind
    assert col.db
    decks = [col.decks.id(f"Deck {number % 5}::Part {number}") for number in range(20)]
    requests = []
    for number in range(notes):
        note = col.new_note(kind)
        note["Front"], note["Back"] = f"word {number}", f"its meaning <b>{number}</b>"
        note.tags = ["words", f"lesson{number % 50}"]
        requests.append(AddNoteRequest(note=note, deck_id=decks[number % 20]))  # type: ignore[arg-type]
    col.add_notes(requests)
    cards = col.db.list("select id from cards order by id")
    first = (int(time.time()) - 400 * 86_400) * 1000
    each = 400 * 86_400_000 // max(reviews, 1)
    rows = [
        (first + number * each, cards[number % notes], -1, source.choice((1, 2, 3, 3, 3, 4)),
         number // notes * 3 + 1, number // notes * 3, 500, 4000, 1 if number >= notes else 0)
        for number in range(reviews)
    ]  # fmt: skip
    db = col.db

    def write() -> None:
        db.executemany("insert into revlog values (?,?,?,?,?,?,?,?,?)", rows)
        db.execute(
            "update cards set type=2, queue=2, ivl=30, due=10, factor=2500, reps=25, "
            """data='{"s":30.5,"d":5.1}'"""
        )

    db.transact(write)  # else each row waits for the disk
    options = ExportAnkiPackageOptions(
        with_scheduling=True, with_deck_configs=True, with_media=True, legacy=False
    )
    col.export_anki_package(out_path=str(path), options=options, limit=None)
    col.close()


def by_anki(path: Path) -> dict[str, float]:
    """Import it into an empty collection of the engine."""
    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

    with tempfile.TemporaryDirectory() as folder:
        col = Collection(f"{folder}/c.anki2")
        options = ImportAnkiPackageOptions(with_scheduling=True, with_deck_configs=True)
        request = ImportAnkiPackageRequest(package_path=str(path), options=options)
        began = time.perf_counter()
        col.import_anki_package(request)
        seconds = time.perf_counter() - began
        assert col.db
        count = col.db.scalar("select count() from revlog")
        col.close()
    return {"s": seconds, "reviews": count}


def by_us(path: Path) -> dict[str, float]:
    """Import it for a new learner, as the worker does."""
    import django

    django.setup()
    from celery import current_app
    from django.utils import timezone

    from accounts.models import User
    from accounts.queries.learners import learner_of
    from config.garbage import settle
    from config.jobs.models import Job
    from review.commands.importing import import_anki
    from review.commands.imports import accept_package

    settle()  # as every worker does
    setattr(current_app, "send_task", lambda *_, **__: None)  # noqa: B010  done here, by hand
    learner = learner_of(User.objects.create_user(f"{time.time_ns()}@example.com"))
    with path.open("rb") as file:
        sent = accept_package(learner=learner, file=file, file_name="a.apkg", is_dry_run=False)
    began, own = time.perf_counter(), time.process_time()
    while (job := Job.objects.get(pk=sent.job_id)).state == Job.State.QUEUED:
        import_anki(job_id=job.public_id, import_id=sent.public_id, clock=timezone.now)
    sent.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED, job.error_detail
    return {
        "s": time.perf_counter() - began,
        "cpu_s": time.process_time() - own,
        "rss_mb": rss_max_mb(),
        "reviews": sent.report["reviews"]["new"],
        "learner": learner.id,
    }


def floor_of(learner_id: int) -> dict[str, float]:
    """Store the same rows once more, for another new learner, by COPY alone."""
    from accounts.models import User

    other = User.objects.create_user(f"{time.time_ns()}@example.com")
    return floor(learner_id, other.pk)


def child(what: str, path: Path, *more: str) -> dict[str, float]:
    """Run one of the above in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.import_anki", what, str(path), *more]
    command = ["nice", "-n", str(WORKER_NICE), *command] if what == "ours" else command
    done = subprocess.run(  # not in our session: Linux schedules a session's processes together
        command, check=True, capture_output=True, text=True, start_new_session=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


class Caller:
    """Another learner, who answers one card after another."""

    def __init__(self) -> None:
        from datetime import timedelta

        from django.utils import timezone

        from accounts.models import User
        from review.models import Category, Content, ReviewSchedule
        from tests.client import log_in

        user = User.objects.create_user("caller@example.com")
        category = Category.objects.create(user=user, name="Words")
        cards = Content.objects.bulk_create(
            Content(user=user, category=category, front=f"w{n}", back="b") for n in range(2000)
        )
        ago = timezone.now() - timedelta(days=1)
        ReviewSchedule.objects.bulk_create(
            ReviewSchedule(content=card, user=user, added_at=ago, due_at=ago) for card in cards
        )
        self._cards, self._count = [str(card.public_id) for card in cards], 0
        self._headers = {
            "Authorization": f"Bearer {log_in(user)[1].access}",
            "Content-Type": "application/json",
        }
        self._url = f"http://127.0.0.1:{os.environ['RESEE_PORT']}/api/v1/reviews/"

    def p95_ms(self, until: threading.Event) -> float:
        """Call until told to stop; return how long 95 of 100 calls took at most."""
        times = []
        while not until.is_set():
            card = self._cards[self._count % len(self._cards)]
            self._count += 1
            body = json.dumps({"content": card, "rating": 3, "taken_ms": 1}).encode()
            request = urllib.request.Request(self._url, body, self._headers)  # noqa: S310  ours
            began = time.perf_counter()
            urllib.request.urlopen(request).read()  # noqa: S310
            times.append((time.perf_counter() - began) * 1000)
            time.sleep(PAUSE_SECONDS)
        return quantiles(times, n=20)[-1]

    def meanwhile(self, work: Any) -> tuple[Any, float]:
        """Return what ``work`` returns, and p95 while it ran."""
        done = threading.Event()
        with ThreadPoolExecutor(1) as caller:
            p95_ms = caller.submit(self.p95_ms, done)
            try:
                result = work()
            finally:
                done.set()
            return result, p95_ms.result()


def measure(package: Path, database: psutil.Process) -> dict[str, list[float]]:
    """Return every round's figures."""
    caller = Caller()
    raw: dict[str, list[float]] = {}
    for _ in range(RUNS):
        _, idle = caller.meanwhile(lambda: time.sleep(IDLE_SECONDS))
        theirs = child("anki", package)
        before = cpu_with_ended_s(database)
        ours, busy = caller.meanwhile(lambda: child("ours", package))
        postgres_cpu_s = cpu_with_ended_s(database) - before
        assert ours["reviews"] == theirs["reviews"]
        alone = floor_of(ours["learner"])
        figures = {
            "ours_s": ours["s"], "anki_s": theirs["s"], "ratio": ours["s"] / theirs["s"],
            **alone, "cpu_s": ours["cpu_s"], "postgres_cpu_s": postgres_cpu_s,
            "rss_mb": ours["rss_mb"], "api_p95_idle_ms": idle, "api_p95_ms": busy,
            "api_p95_ratio": busy / idle,
        }  # fmt: skip
        for name, value in figures.items():
            raw.setdefault(name, []).append(round(value, 2))
        sys.stderr.write(json.dumps(figures) + "\n")
    return raw


def is_ok(figures: Mapping[str, float]) -> bool:
    """Hold the figures against the bars."""
    return all(figures[name] <= bar for name, bar in CEILINGS.items())


def compare(options: argparse.Namespace) -> int:
    """Print the figures; 1 when one misses its bar."""
    import django
    from django.core.management import call_command

    os.environ |= {
        "RESEE_PORT": str(free_port(random.randrange(20_000, 31_000))),
        "RATE_LIMIT_LEARNER": "1000000000",
    }
    os.environ["RATE_LIMIT_ADDRESS"] = "1000000000"  # counted, never reached
    folder = Path(tempfile.mkdtemp(prefix="resee-import-"))
    try:
        with temporary_servers() as root:
            os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
            django.setup()
            call_command("migrate", verbosity=0)
            package = folder / "big.apkg"
            sizes = [str(each) for each in (options.seed, options.notes, options.reviews)]
            child("make", package, *sizes)
            (database,) = [p for p in psutil.Process().children() if "postgres" in p.name()]
            with web_process(root):
                raw = measure(package, database)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures = {name: median(values) for name, values in raw.items()}
    ok = is_ok(figures)
    about = {"notes": options.notes, "reviews": options.reviews, "raw": raw, "n": RUNS}
    line = {"name": "import_anki", **figures, **about, "seed": options.seed, "ok": ok}
    sys.stdout.write(json.dumps(line) + "\n")
    return 0 if ok else 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, or do one part of it in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("part", nargs="*", help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--notes", type=int, default=NOTES)
    parser.add_argument("--reviews", type=int, default=REVIEWS)
    options = parser.parse_args(arguments)
    if not options.part:
        return compare(options)
    what, path, *sizes = options.part
    if what == "make":
        make(Path(path), *map(int, sizes))
        found: dict[str, float] = {}
    else:
        found = {"anki": by_anki, "ours": by_us}[what](Path(path))
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
