"""Scenes that need servers of their own, to be killed: ``python -m tests.review.recovery SCENE``.

Each prints one line and ends with 0 when every figure was exact afterwards.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.embedded import database, postgres
from config.embedded.servers import servers, temporary_servers
from config.embedded.service import Service
from config.settings import home

ANSWERS = 100
NOW = datetime.now(UTC)  # the view holds the last days as of now
_BURN = """
DO $$ BEGIN
    FOR i IN 1..3000 LOOP  -- more transactions than a restore takes
        PERFORM pg_current_xact_id();
        COMMIT;
    END LOOP;
END $$
"""


def _set_up() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.embedded"
    os.environ["LOG_LEVEL"] = "ERROR"
    django.setup()


def _answer(learner: Any, contents: list[Any], source: random.Random, count: int) -> None:
    from review.ratings import Rating
    from tests.review.cards import review

    for _ in range(count):
        at = NOW - timedelta(hours=source.randrange(70))
        review(learner, source.choice(contents), Rating(source.randint(1, 4)), at)


def _verify(learner: Any) -> None:
    """Exact before and after a fold and a refresh; nothing differs from a recount."""
    from review import projections
    from review.queries.integrity import read_model_differences, schedule_differences
    from tests.review.projection import verify_projection

    for step in (lambda: None, projections.fold, projections.refresh):
        step()
        verify_projection(learner, NOW)
    assert [*read_model_differences(), *schedule_differences()] == []


def _learner() -> tuple[Any, list[Any]]:
    from accounts.queries.learners import learner_of
    from tests import make
    from tests.review.cards import card

    learner = learner_of(make.user(time_zone="UTC"))
    return learner, [card(learner, str(number), NOW - timedelta(days=3)) for number in range(10)]


def killed(root: Path) -> str:
    """Kill PostgreSQL in the middle of a fold and of a refresh, then look and go on."""
    from django.core.management import call_command

    from review import projections

    call_command("migrate", verbosity=0)
    learner, contents = _learner()
    source = random.Random(3)
    seconds = []
    for interrupted in (projections.fold, projections.refresh):
        _answer(learner, contents, source, ANSWERS)
        if interrupted is projections.refresh:
            projections.fold()
        _die_within(root, interrupted)
        before = time.monotonic()
        _start_again(root)
        seconds.append(time.monotonic() - before)
        _verify(learner)
        _answer(learner, contents, source, ANSWERS)
        _verify(learner)
    return f"killed in mid-fold and mid-refresh: exact; up again in {max(seconds):.1f} s"


def _die_within(root: Path, action: Callable[[], Any]) -> None:
    """Kill every process of the server when the work is done and not yet committed."""
    from django.db import DatabaseError, connection, transaction

    with suppress(DatabaseError):
        with transaction.atomic():
            action()
            postmaster = int((postgres.data_dir(root) / "postmaster.pid").read_text().split()[0])
            os.killpg(postmaster, signal.SIGKILL)
            os.waitpid(postmaster, 0)
            time.sleep(0.2)  # its other processes see that and end
        raise AssertionError("it was committed by a server that is dead")
    connection.close()


def _start_again(root: Path) -> None:
    (service,) = (service for service in servers(root) if service.name == "postgres")
    from django.db import connection

    STARTED.append(service.start())
    _wait(service)
    connection.close_pool()  # type: ignore[attr-defined]  # else it retries ever more rarely


def _wait(service: Service) -> None:
    deadline = time.monotonic() + 90
    while not service.is_ready():
        assert time.monotonic() < deadline, f"{service.title} does not answer"
        time.sleep(0.05)


def dumped(root: Path) -> str:
    """Make a history, fold a part of it, dump it, and go on with the dump in a new cluster."""
    from django.core.management import call_command
    from django.db import connection

    from review import projections

    call_command("migrate", verbosity=0)
    learner, contents = _learner()
    source = random.Random(4)
    with connection.cursor() as cursor:
        cursor.execute(_BURN)
    _answer(learner, contents, source, ANSWERS)
    projections.fold()
    projections.refresh()
    _answer(learner, contents, source, ANSWERS)
    database.dump(root, root / "history.dump")
    command = [sys.executable, "-m", "tests.review.recovery", "restored"]
    dump = str(root / "history.dump")
    done = subprocess.run([*command, dump], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def restored(root: Path, dump: Path) -> str:
    """Refuse answers in the new cluster until the read models are rebuilt; then all is exact."""
    from django.core.management import call_command
    from django.db import OperationalError

    _restore(root, dump)
    from accounts.models import User
    from accounts.queries.learners import learner_of
    from review import projections
    from review.models import Content, ReviewHistory

    learner = learner_of(User.objects.get())
    contents = list(Content.objects.all())
    count = ReviewHistory.objects.count()
    assert count == 2 * ANSWERS
    for refused in (
        projections.fold,
        projections.health,
        lambda: _answer(learner, contents, random.Random(5), 1),
    ):
        with pytest.raises(
            (projections.RebuildNeeded, OperationalError), match="rebuild_read_models"
        ):
            refused()
    assert ReviewHistory.objects.count() == count
    call_command("rebuild_read_models", verbosity=0, stdout=sys.stderr)
    _verify(learner)
    _answer(learner, contents, random.Random(6), ANSWERS)
    _verify(learner)
    return f"restored: refused, rebuilt, {ANSWERS} more reviews: exact"


def _restore(root: Path, dump: Path) -> None:
    address = f"host={home.postgres_socket_dir()} user={postgres.ROLE} dbname={postgres.DATABASE}"
    program = str(postgres.binary(root, "pg_restore"))
    with dump.open("rb") as source:
        command = [program, "--no-owner", "--exit-on-error", "--dbname", address]
        subprocess.run(command, stdin=source, check=True)


STARTED: list[subprocess.Popen[bytes]] = []


def main() -> None:
    """Run the scene that the arguments name beside servers of its own."""
    scenes: dict[str, Callable[..., str]] = {
        "killed": killed,
        "dumped": dumped,
        "restored": restored,
    }
    with temporary_servers(is_durable=False) as root:
        try:
            _set_up()
            sys.stdout.write(scenes[sys.argv[1]](root, *map(Path, sys.argv[2:])) + "\n")
        finally:
            for process in STARTED:
                process.send_signal(postgres.STOP_SIGNAL)
                process.wait(10)


if __name__ == "__main__":
    main()
