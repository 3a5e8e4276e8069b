"""Everything of a learner out, gone, and back: seconds, and what was left.

    make bench NAME=data_rights

Own PostgreSQL and Valkey in a temporary folder. Three rounds, each with a learner of 10,000 cards
and 100,000 reviews: an archive is written, the account erased, every table, view, key of Redis and
file looked through for it, and the archive brought back into an empty account. The last line is
JSON: export_s, erase_s, import_s (CPU seconds of this process and of its database, medians, and
of each round; ..._wall_s by the clock on the wall, which other work disturbs), archive_mb, left
(what the scan found), different_rows (files of rows that are not, byte by byte, what they were).
"""

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from zipfile import ZipFile

from benchmarks.cpu import backend_cpu_ms
from config.embedded.servers import temporary_servers

CARDS, REVIEWS, ROUNDS = 10_000, 100_000, 3
BAR_SECONDS = {"export_s": 60.0, "erase_s": 60.0, "import_s": 120.0}
START = datetime(2025, 1, 1, 12, tzinfo=UTC)


def fill(email: str, cards: int, reviews: int) -> Any:
    """Store a learner with cards and their reviews, as commands would have left them."""
    from accounts.models import User
    from accounts.queries.learners import learner_of
    from review.commands.categories import inbox
    from review.models import Content, ReviewHistory, ReviewSchedule, SchedulingParameters

    user = User.objects.create_user(email, name=f"mark-{email}")
    category = inbox(learner=learner_of(user), name="Words")
    contents: list[Any] = []
    for first in range(0, cards, 1_000):
        new = Content.objects.bulk_create(
            Content(user=user, category=category, front=f"word {n} of {email}", back="meaning")
            for n in range(first, min(first + 1_000, cards))
        )
        ReviewSchedule.objects.bulk_create(
            ReviewSchedule(content=content, user=user, added_at=START, due_at=START)
            for content in new
        )
        contents += new
    parameters = SchedulingParameters.objects.get(user=None)
    for first in range(0, reviews, 1_000):
        facts = []
        for number in range(first, min(first + 1_000, reviews)):
            at = START + timedelta(minutes=number)
            facts.append(
                ReviewHistory(
                    user=user, content=contents[number % cards], category=category, rating=3,
                    reviewed_at=at, local_day=at.date(), local_hour=at.hour, taken_ms=1500,
                    stage_before=0, parameters=parameters, due_at=at + timedelta(days=1),
                )
            )  # fmt: skip
        ReviewHistory.objects.bulk_create(facts)
    return user


def timed(action: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what an action returns, its CPU seconds here and in the database, and the wall's."""
    found: list[Any] = []
    wall, cpu = time.monotonic(), time.process_time()
    backend_ms = backend_cpu_ms(lambda: found.append(action()))
    spent = time.process_time() - cpu + backend_ms / 1000
    return found[0], spent, time.monotonic() - wall


def write(user: Any) -> tuple[dict[str, bytes], int]:
    """Return an archive's files, and its bytes."""
    from django.utils import timezone

    from config.operations import archive_writer

    to = io.BytesIO()
    archive_writer.write(_person(user), to, now=timezone.now())
    with ZipFile(to) as archive:
        return {name: archive.read(name) for name in archive.namelist()}, to.tell()


def erase(user: Any) -> None:
    """Ask for it, and let the grace period be over."""
    from django.utils import timezone

    from accounts.commands import erasure
    from accounts.queries.learners import learner_of

    learner = learner_of(user)
    wish = erasure.request_erasure(learner=learner, email=user.email, now=timezone.now())
    assert erasure.erase_due(now=wish.due_at) == 1


def bring_back(user: Any, members: dict[str, bytes]) -> None:
    """Send an archive and do all the units of its job."""
    from django.utils import timezone

    from accounts.commands import archives
    from accounts.queries.learners import learner_of

    to = io.BytesIO()
    with ZipFile(to, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    to.seek(0)
    row = archives.accept_archive(learner=learner_of(user), file=to)
    while row.job.state == "queued":
        archives.bring_back(job_id=row.job.public_id, archive_id=row.public_id, clock=timezone.now)
        row.job.refresh_from_db()
    assert row.job.state == "succeeded", row.job.error_detail


def restored(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of rows that come back."""
    from config.operations import archive_format
    from config.operations.personal_data import Fate

    return {
        name: members[name]
        for model, fate in archive_format.members()
        if fate is Fate.RESTORED and (name := archive_format.name_of(model)) in members
    }


def one_round(number: int, cards: int, reviews: int) -> dict[str, Any]:
    """Return one round's figures."""
    from accounts.models import User
    from review import projections
    from tests.accounts import scan

    user = fill(f"one-{number}@example.com", cards, reviews)
    projections.fold()
    projections.refresh()
    (first, size), export_s, export_wall_s = timed(lambda: write(user))
    needles = [str(user.public_id), user.email]
    key, before = user.pk, len(scan.in_rows(user.pk, needles))
    _, erase_s, erase_wall_s = timed(lambda: erase(user))
    left = scan.in_rows(key, needles) + scan.in_redis(needles) + list(scan.files())
    back = User.objects.create_user(f"two-{number}@example.com")
    _, import_s, import_wall_s = timed(lambda: bring_back(back, first))
    again, _ = write(back)
    wanted, found = restored(first), restored(again)
    return {
        "export_s": export_s,
        "erase_s": erase_s,
        "import_s": import_s,
        "export_wall_s": export_wall_s,
        "erase_wall_s": erase_wall_s,
        "import_wall_s": import_wall_s,
        "archive_mb": size / 1e6,
        "rows": sum(data.count(b"\n") for data in wanted.values()),
        "found_before": before,
        "left": left,
        "different_rows": [name for name in wanted if wanted[name] != found[name]],
    }


def _person(user: Any) -> Any:
    from config.operations.personal_data import Person

    return Person(user.pk, user.public_id, user.email)


def measure(cards: int, reviews: int, rounds: int) -> dict[str, Any]:
    """Return every figure."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    found = []
    for number in range(rounds):
        found.append(one_round(number, cards, reviews))
        print(f"round {number + 1}: {json.dumps(found[-1])}", flush=True)
    figures: dict[str, Any] = {"cards": cards, "reviews": reviews, "rounds": rounds}
    walls = [name.replace("_s", "_wall_s") for name in BAR_SECONDS]
    for name in (*BAR_SECONDS, *walls, "archive_mb"):
        values = [each[name] for each in found]
        figures[name] = round(median(values), 2)
        figures[f"{name}_rounds"] = [round(value, 2) for value in values]
    figures["rows"] = [each["rows"] for each in found]
    figures["found_before"] = [each["found_before"] for each in found]
    figures["left"] = [hit for each in found for hit in each["left"]]
    figures["different_rows"] = [name for each in found for name in each["different_rows"]]
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cards", type=int, default=CARDS)
    parser.add_argument("--reviews", type=int, default=REVIEWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    with temporary_servers():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
        os.environ["LOG_LEVEL"] = "WARNING"
        import django

        django.setup()
        figures = measure(options.cards, options.reviews, options.rounds)
        from django.db import connection

        connection.close()
    is_whole = not figures["left"] and not figures["different_rows"]
    is_quick = all(figures[name] <= bar for name, bar in BAR_SECONDS.items())
    print(json.dumps({"name": "data_rights", "seed": None, **figures, "ok": is_whole and is_quick}))
    return 0 if is_whole and is_quick else 1


if __name__ == "__main__":
    sys.exit(main())
