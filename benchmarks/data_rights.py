"""Everything of a learner out, gone, and back: seconds, and what was left.

    make bench NAME=data_rights

Own PostgreSQL and Valkey in a temporary folder. Three rounds, each with a learner of 10,000 cards
and 100,000 reviews: an archive is written, the account erased, every table, view, key of Redis and
file looked through for it, and the archive brought back into an empty account. The last line is
JSON: export_s, erase_s, import_s (medians, and of each round), archive_mb, left (what the scan
found), different_rows (files of rows that are not, byte by byte, what they were).
"""

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from zipfile import ZipFile

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
    contents = Content.objects.bulk_create(
        [
            Content(user=user, category=category, front=f"word {n} of {email}", back="meaning")
            for n in range(cards)
        ],
        2_000,
    )
    ReviewSchedule.objects.bulk_create(
        [
            ReviewSchedule(content=content, user=user, added_at=START, due_at=START)
            for content in contents
        ],
        2_000,
    )
    parameters = SchedulingParameters.objects.get(user=None)
    for first in range(0, reviews, 5_000):
        facts = []
        for number in range(first, min(first + 5_000, reviews)):
            at = START + timedelta(minutes=number)
            facts.append(
                ReviewHistory(
                    user=user, content=contents[number % cards], category=category, rating=3,
                    reviewed_at=at, local_day=at.date(), local_hour=at.hour, taken_ms=1500,
                    stage_before=0, parameters=parameters, due_at=at + timedelta(days=1),
                )
            )  # fmt: skip
        ReviewHistory.objects.bulk_create(facts, 5_000)
    return user


def write(user: Any) -> tuple[float, dict[str, bytes], int]:
    """Return the seconds that an archive takes, its files, and its bytes."""
    from django.utils import timezone

    from config.operations import archive_writer

    to, began = io.BytesIO(), time.monotonic()
    archive_writer.write(_person(user), to, now=timezone.now())
    seconds = time.monotonic() - began
    with ZipFile(to) as archive:
        return seconds, {name: archive.read(name) for name in archive.namelist()}, to.tell()


def erase(user: Any) -> float:
    """Return the seconds that erasing takes."""
    from django.utils import timezone

    from accounts.commands import erasure
    from accounts.queries.learners import learner_of

    learner = learner_of(user)
    wish = erasure.request_erasure(learner=learner, email=user.email, now=timezone.now())
    began = time.monotonic()
    assert erasure.erase_due(now=wish.due_at) == 1
    return time.monotonic() - began


def bring_back(user: Any, members: dict[str, bytes]) -> float:
    """Return the seconds that the import takes, all its units together."""
    from django.utils import timezone

    from accounts.commands import archives
    from accounts.queries.learners import learner_of

    to = io.BytesIO()
    with ZipFile(to, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    to.seek(0)
    began = time.monotonic()
    row = archives.accept_archive(learner=learner_of(user), file=to)
    while row.job.state == "queued":
        archives.bring_back(job_id=row.job.public_id, archive_id=row.public_id, clock=timezone.now)
        row.job.refresh_from_db()
    assert row.job.state == "succeeded", row.job.error_detail
    return time.monotonic() - began


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
    export_s, first, size = write(user)
    needles = [str(user.public_id), user.email]
    key, before = user.pk, len(scan.in_rows(user.pk, needles))
    erase_s = erase(user)
    left = scan.in_rows(key, needles) + scan.in_redis(needles) + list(scan.files())
    back = User.objects.create_user(f"two-{number}@example.com")
    import_s = bring_back(back, first)
    _, again, _ = write(back)
    wanted, found = restored(first), restored(again)
    return {
        "export_s": export_s,
        "erase_s": erase_s,
        "import_s": import_s,
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
    for name in (*BAR_SECONDS, "archive_mb"):
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
