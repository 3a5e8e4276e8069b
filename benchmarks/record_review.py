"""What a review costs: one over HTTP, a thousand at once, and one in the Anki engine.

    make bench NAME=record_review

Own PostgreSQL, Valkey and web process in a temporary folder; every answer is committed to disk, in
Anki too. Three interleaved runs, medians. The last line is JSON: reviews_per_s_1 and _8 (clients,
each answering one review after another over HTTP), cpu_ms (of the web process, a review) and
postgres_cpu_ms, queries (statements of one POST, sign-in included), batch_per_s (record_reviews in
process, 1,000 answers of 1,000 cards a call) and batch_http_per_s, batch_cpu_ms (client and
database, an answer), anki_per_s and anki_cpu_ms (the real engine, in process), batch_vs_anki.
"""

import argparse
import json
import os
import random
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks.cpu import cpu_s
from benchmarks.record_review_peers import AnkiCollection, Client
from config.embedded.servers import temporary_servers

CLIENTS = 8
RUNS = 3
BATCH = 1000
BATCHES = 4
CARDS = 5 * BATCH
DAYS = 90
WEIGHTS = (1, 1, 7, 1)  # of the four ratings, with Anki too
BARS = {"batch_per_s": 2000, "batch_vs_anki": 5}
CEILINGS = {"queries": 6, "cpu_ms": 4}


@dataclass
class Stage:
    """The learners, their cards, and how far the story has come."""

    learners: list[Any]
    tokens: list[str]
    cards: list[list[Any]]
    source: random.Random
    web: psutil.Process
    database: psutil.Process
    day: int = 0
    answered: list[int] = field(default_factory=lambda: [0] * CLIENTS)

    def rating(self) -> int:
        """Return the next answer."""
        return self.source.choices((1, 2, 3, 4), WEIGHTS)[0]

    def one(self, client: int) -> bytes:
        """Return the body of the client's next review."""
        from config.identifiers import new_public_id

        cards = self.cards[client]
        content = cards[self.answered[client] % len(cards)]
        self.answered[client] += 1
        body = {"content": str(content), "rating": self.rating(), "taken_ms": 4200}
        return json.dumps({**body, "id": str(new_public_id())}).encode()

    def thousand(self, now: Any) -> list[dict[str, Any]]:
        """Return answers of as many cards, given on the next day of the story."""
        from config.identifiers import new_public_id

        self.day += 1
        at = now - timedelta(days=DAYS - self.day)
        first = self.source.randrange(CARDS)
        return [
            {
                "content": self.cards[-1][(first + number) % CARDS],
                "rating": self.rating(),
                "taken_ms": self.source.randint(500, 20_000),
                "reviewed_at": at + timedelta(seconds=number),
                "id": new_public_id(),
            }
            for number in range(BATCH)
        ]


def prepare(seed: int, web: psutil.Process, database: psutil.Process) -> Stage:
    """Make the learners with new cards, added a while ago."""
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from accounts.queries.learners import learner_of
    from review.models import Category, Content, ReviewSchedule
    from tests.client import log_in

    stage = Stage([], [], [], random.Random(seed), web, database)
    added = timezone.now() - timedelta(days=DAYS + 1)
    for number in range(CLIENTS + 1):  # the last one's device was offline
        user = User.objects.create_user(f"{number}@example.com")
        category = Category.objects.create(user=user, name="Words")
        contents = Content.objects.bulk_create(
            Content(user=user, category=category, front=f"word {n}", back="its meaning")
            for n in range(CARDS)
        )
        ReviewSchedule.objects.bulk_create(
            ReviewSchedule(content=row, user=user, added_at=added, due_at=added) for row in contents
        )
        stage.learners.append(learner_of(user))
        stage.tokens.append(log_in(user)[1].access)
        stage.cards.append([row.public_id for row in contents])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return stage


def singles(stage: Stage, clients: int, count: int) -> dict[str, float]:
    """Return what ``count`` reviews by each of some clients at once come to, a review."""
    bodies = [[stage.one(client) for _ in range(count)] for client in range(clients)]
    web, database = cpu_s(stage.web), cpu_s(stage.database)
    seconds = Client.all_at_once("/api/v1/reviews/", stage.tokens, bodies)
    total = clients * count
    return {
        f"reviews_per_s_{clients}": total / seconds,
        f"cpu_ms_{clients}": (cpu_s(stage.web) - web) / total * 1000,
        f"postgres_cpu_ms_{clients}": (cpu_s(stage.database) - database) / total * 1000,
    }


def batches(stage: Stage) -> dict[str, float]:
    """Return what an answer costs where the command takes a thousand."""
    from django.utils import timezone

    from review.commands.batches import record_reviews
    from review.commands.recording import Answer, RecordedReview
    from review.ratings import Rating

    seconds = 0.0
    own, database = time.process_time(), cpu_s(stage.database)
    making = 0.0
    for _ in range(BATCHES):
        before, now = time.process_time(), timezone.now()
        answers = [
            Answer(a["content"], Rating(a["rating"]), a["taken_ms"], a["reviewed_at"], a["id"])
            for a in stage.thousand(now)
        ]
        making += time.process_time() - before
        start = time.perf_counter()
        outcomes = record_reviews(learner=stage.learners[-1], answers=answers, now=now)
        seconds += time.perf_counter() - start
        assert all(isinstance(outcome, RecordedReview) for outcome in outcomes)
    spent = time.process_time() - own - making + cpu_s(stage.database) - database
    total = BATCHES * BATCH
    return {"batch_per_s": total / seconds, "batch_cpu_ms": spent / total * 1000}


def batches_over_http(stage: Stage) -> dict[str, float]:
    """Return how many answers a second come in by thousands over HTTP."""
    from django.utils import timezone

    bodies = [
        json.dumps({"reviews": stage.thousand(timezone.now())}, default=str).encode()
        for _ in range(BATCHES)
    ]
    web = cpu_s(stage.web)
    seconds = Client.all_at_once("/api/v1/reviews/batch/", stage.tokens[-1:], [bodies])
    total = BATCHES * BATCH
    cpu_ms = (cpu_s(stage.web) - web) / total * 1000
    return {"batch_http_per_s": total / seconds, "batch_http_cpu_ms": cpu_ms}


def queries(stage: Stage) -> int:
    """Return how many statements one review over HTTP takes; they go to stderr."""
    from django.db import connection
    from django.test import Client as InProcess
    from django.test.utils import CaptureQueriesContext

    client = InProcess(headers={"authorization": f"Bearer {stage.tokens[1]}"})
    for _ in range(2):  # the first one reads the parameters, once a process
        with CaptureQueriesContext(connection) as captured:
            body = stage.one(1)
            response = client.post("/api/v1/reviews/", body, content_type="application/json")
        assert response.status_code == 201, response.content
    found = [query["sql"] for query in captured.captured_queries]
    for sql in found:
        sys.stderr.write(f"  {sql[:150]}\n")
    return sum(sql not in {"BEGIN", "COMMIT"} for sql in found)


def measure(seed: int, root: Path, web: psutil.Process) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the medians and the raw values."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.test.utils import setup_test_environment

    from config.garbage import settle

    call_command("migrate", verbosity=0)
    (database,) = [p for p in psutil.Process().children() if "postgres" in p.name()]
    stage = prepare(seed, web, database)
    setup_test_environment()
    settle()  # as every process of the product does
    anki = AnkiCollection(root, CARDS, stage.rating)
    singles(stage, CLIENTS, 20)
    jobs: list[Callable[[], dict[str, float]]] = [
        lambda: singles(stage, 1, 400),
        lambda: singles(stage, CLIENTS, 100),
        lambda: batches(stage),
        lambda: batches_over_http(stage),
        lambda: anki.answer(BATCH),
    ]
    found: list[dict[str, float]] = []
    for _ in range(RUNS):
        found.append({name: value for job in jobs for name, value in job().items()})
        sys.stderr.write(json.dumps({k: round(v, 3) for k, v in found[-1].items()}) + "\n")
    anki.close()
    raw = {name: [round(run[name], 3) for run in found] for name in found[0]}
    return {"queries": queries(stage)} | {name: median(raw[name]) for name in raw}, raw


def is_ok(figures: Mapping[str, Any]) -> bool:
    """Hold the figures against the bars."""
    return all(figures[name] >= bar for name, bar in BARS.items()) and all(
        figures[name] <= bar for name, bar in CEILINGS.items()
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when one misses its bar."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    os.environ |= {"RESEE_PORT": str(free_port()), "RATE_LIMIT_LEARNER": "1000000000"}
    os.environ["RATE_LIMIT_ADDRESS"] = "1000000000"  # counted, never reached
    folder = Path(tempfile.mkdtemp(prefix="resee-record-"))
    try:
        with temporary_servers() as root:
            os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
            with web_process(root) as web:
                figures, raw = measure(options.seed, folder, web)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    figures["cpu_ms"] = max(figures["cpu_ms_1"], figures["cpu_ms_8"])
    figures["batch_vs_anki"] = figures["batch_per_s"] / figures["anki_per_s"]
    shown = {name: round(value, 3) for name, value in figures.items()}
    ok = is_ok(figures)
    about = {"raw": raw, "n": RUNS, "seed": options.seed, "ok": ok}
    sys.stdout.write(json.dumps({"name": "record_review", **shown, **about}) + "\n")
    return 0 if ok else 1


def free_port(first: int = 20_000) -> int:
    """Return a port nobody listens on, below those that clients are given."""
    for port in range(first, 32_000):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise SystemExit("no port is free")


@contextmanager
def web_process(root: Path) -> Iterator[psutil.Process]:
    """Run the web process as the product does."""
    from config.embedded.processes import stop
    from config.embedded.programs import programs, wipe_metrics

    wipe_metrics(root)
    service = programs(root)[0]
    process = service.start()
    try:
        while not service.is_ready():
            if process.poll() is not None:
                raise SystemExit("the web process did not start")
            time.sleep(0.1)
        yield psutil.Process(process.pid)
    finally:
        stop(process, service.stop_signal, grace_seconds=10)


if __name__ == "__main__":
    sys.exit(main())
