"""An import goes batch by batch, and the next is made while one is stored: nothing shows of it."""

import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone

from accounts.queries.learners import Learner
from config.jobs.models import Job
from review.anki import rendering
from review.anki.memory import moment
from review.commands import import_ahead, importing
from review.commands.import_context import LocalDays
from review.commands.import_facts import day_number
from review.commands.importing import import_anki
from review.days import local_moment
from review.import_models import Import
from review.models import Content, LearnerClock, ReviewHistory
from review.queries.integrity import schedule_differences
from tests.review.anki_compare import by_us, run, send
from tests.review.anki_decks import exported, fill, opened, with_collection_changed

NOTES, BATCH = 30, 10
SAME_IDENTITY = """
UPDATE notes SET guid = (SELECT guid FROM notes ORDER BY id LIMIT 1)
WHERE id = (SELECT id FROM notes ORDER BY id LIMIT 1 OFFSET LATER)
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("anki")
    with opened(folder / "a.anki2") as col:
        fill(col, NOTES)
        return exported(col, folder / "a.apkg", generation=2)


@pytest.fixture(autouse=True)
def batches_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "NOTES_A_BATCH", BATCH)


def work_once(imported: Import) -> None:
    import_anki(
        job_id=Job.objects.get(pk=imported.job_id).public_id,
        import_id=imported.public_id,
        clock=timezone.now,
    )


def known_notes() -> int:
    return len({content.source["anki"]["guid"] for content in Content.objects.all()})


def assert_whole(imported: Import) -> None:
    """Every note is there once, and every fact is counted."""
    ids = Counter(Content.objects.values_list("note_id", "source__anki__ord"))
    assert set(ids.values()) == {1}
    assert known_notes() == NOTES
    facts = ReviewHistory.objects.count()
    clock = LearnerClock.objects.get(user_id=imported.user_id)
    answers = ReviewHistory.objects.exclude(rating=None).count()
    imported.refresh_from_db()
    assert (clock.facts_seq, imported.report["reviews"]["new"]) == (facts, answers)
    assert imported.report["notes"] == {"new": NOTES}
    assert list(schedule_differences()) == []
    assert not [each for each in threading.enumerate() if "import-ahead" in each.name]


def test_many_batches_make_what_one_makes(
    importer: Learner, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[int] = []
    check = importing._check_time

    def count_and_check(unit: Any) -> None:
        stored.append(known_notes())
        check(unit)

    monkeypatch.setattr(importing, "_check_time", count_and_check)
    imported = send(importer, package)
    run(imported)
    assert stored[-3:] == [BATCH, 2 * BATCH, NOTES]
    assert_whole(imported)


def test_a_unit_that_ends_in_the_middle_goes_on_where_it_was(
    importer: Learner, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "UNIT_SECONDS", -1.0)
    imported = send(importer, package)
    while known_notes() < BATCH:
        work_once(imported)
    imported.refresh_from_db()
    assert (known_notes(), imported.cursor["done"]) == (BATCH, BATCH)
    assert Job.objects.get().state == Job.State.QUEUED
    run(imported)
    assert_whole(imported)


def test_who_loses_the_lease_stores_nothing_more(
    importer: Learner, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose_it(_unit: Any) -> None:
        if known_notes():
            Job.objects.update(lease=uuid4())

    with monkeypatch.context() as patch:
        patch.setattr(importing, "_check_time", lose_it)
        imported = send(importer, package)
        work_once(imported)
    imported.refresh_from_db()
    assert (known_notes(), imported.cursor["done"]) == (BATCH, BATCH)
    assert LearnerClock.objects.get().facts_seq == ReviewHistory.objects.count()
    Job.objects.update(state=Job.State.QUEUED, lease=None)
    run(imported)
    assert_whole(imported)


@pytest.mark.parametrize("where", ["made", "stored"])
def test_a_batch_that_fails_is_seen_and_stored_by_the_next_attempt(
    importer: Learner, package: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    module, name = (import_ahead, "prepared") if where == "made" else (importing, "_save")
    real, calls = getattr(module, name), []

    def fail_later(*arguments: Any, **cursor: int) -> Any:
        if where == "made" or "note" in cursor:
            calls.append(name)
        if len(calls) == 2:
            raise RuntimeError("the second batch")
        return real(*arguments, **cursor)

    imported = send(importer, package)
    with monkeypatch.context() as patch:
        patch.setattr(module, name, fail_later)
        with pytest.raises(RuntimeError, match="the second batch"):
            work_once(imported)
    imported.refresh_from_db()
    assert (known_notes(), imported.cursor["done"]) == (BATCH, BATCH)
    assert Job.objects.get().error_code == "error"
    run(imported)
    assert_whole(imported)


@pytest.mark.parametrize("later", [BATCH, NOTES - 1])
def test_an_identity_that_occurs_again_in_a_later_batch_is_found(
    importer: Learner, package: Path, tmp_path: Path, later: int
) -> None:
    twice = tmp_path / "twice.apkg"
    twice.write_bytes(package.read_bytes())
    with_collection_changed(twice, SAME_IDENTITY.replace("LATER", str(later)))
    report = run(send(importer, twice))
    ids = Counter(Content.objects.values_list("note_id", "source__anki__ord"))
    assert set(ids.values()) == {1}
    assert (known_notes(), report["notes"]["new"]) == (NOTES - 1, NOTES - 1)
    assert report["reviews"]["new"] == ReviewHistory.objects.exclude(rating=None).count()
    assert list(schedule_differences()) == []


def test_what_another_import_has_stored_meanwhile_is_found(
    importer: Learner, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported, other = send(importer, package), send(importer, package)
    real, others = importing._begin, [other]

    def begin(context: Any) -> None:
        if others:  # all is looked up, nothing of it is locked: now the other is faster
            run(others.pop())
        real(context)

    monkeypatch.setattr(importing, "_begin", begin)
    run(imported)
    imported.refresh_from_db()
    assert imported.report["notes"] == {"unchanged": NOTES}
    assert imported.report["reviews"]["new"] == 0
    assert_whole(other)
    assert len(by_us(importer)) == Content.objects.count()


def test_a_text_that_is_no_html_is_left_as_it_is() -> None:
    letters = map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)])
    plain = "".join(each for each in letters if not rendering._MARKED.search(each))
    assert len(plain) > 1_100_000
    assert rendering._CLEANER.clean(plain) == plain
    assert rendering._CLEANER.clean(plain[::-1]) == plain[::-1]


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "UTC"]
)
@pytest.mark.parametrize("rollover_hour", [0, 4])
def test_days_and_hours_of_many_moments_are_those_of_each(zone: str, rollover_hour: int) -> None:
    first, year_ms = 1_300_000_000_000, 366 * 86_400_000
    moments = np.sort(np.random.default_rng(5).integers(first, first + 2 * year_ms, 4000))
    days, hours = LocalDays(zone, rollover_hour)(moments)
    each = [local_moment(moment(at), zone, rollover_hour) for at in moments.tolist()]
    assert list(zip(days.tolist(), hours.tolist(), strict=True)) == [
        (day_number(day), hour) for day, hour in each
    ]
