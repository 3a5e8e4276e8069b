"""Our packages, opened by the real Anki engine; and there and back again."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from anki.collection import Collection
from django.utils import timezone

from accounts.models import User
from accounts.queries.learners import Learner
from config.jobs.models import Job
from config.settings import variables
from review.commands.batches import record_reviews
from review.commands.contents import NewContent, add_content
from review.commands.exporting import prune_exports
from review.commands.imports import accept_package
from review.commands.recording import Answer, RecordedReview
from review.models import Category, Content, ReviewHistory, ReviewSchedule
from review.queries import anki_export
from review.queries.anki_export import write_package
from review.queries.integrity import schedule_differences
from review.ratings import Rating
from review.tasks import export_anki
from tests import make
from tests.client import ApiClient
from tests.review.anki_compare import Cards, by_anki, by_us, differences, run
from tests.review.anki_decks import exported, fill, imported_by_anki, opened

NOTES = 2000 if variables.text("PROOF") else 60
REVIEWS = 200
STATE = ("fields", "deck", "sides", "answer", "type", "due", "counts", "memory", "asleep", "flag")


def bring(learner: Learner, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return run(
            accept_package(learner=learner, file=file, file_name=path.name, is_dry_run=False)
        )


def next_days(col: Collection) -> dict[tuple[str, int], list[int]]:
    """The engine's next intervals of each card in review, in seconds."""
    found = {}
    for card_id in col.find_cards("is:review -is:learn"):
        card = col.get_card(card_id)
        states = col._backend.get_scheduling_states(card_id)
        four = states.again, states.hard, states.good, states.easy
        found[card.note().guid, card.ord] = [
            getattr(each.normal, str(each.normal.WhichOneof("kind"))).scheduled_days
            if each.normal.WhichOneof("kind") == "review"
            else each.normal.relearning.review.scheduled_days
            for each in four
        ]
    return found


def test_what_goes_back_unchanged_is_what_came(importer: Learner, tmp_path: Path) -> None:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, NOTES)
        package = exported(col, tmp_path / "a.apkg", generation=3)
        came = next_days(col)
        media = {name: (Path(col.media.dir()) / name).exists() for name in ("s.wav", "jp.jpg")}
        there = by_anki(col)
    bring(importer, package)
    ours = tmp_path / "ours.apkg"
    assert write_package(importer, ours, now=timezone.now()) == len(there)
    with opened(tmp_path / "b.anki2") as col:
        col.set_config("fsrs", True)
        imported_by_anki(col, ours)
        assert next_days(col) == came
        assert media == {name: (Path(col.media.dir()) / name).exists() for name in media}
        assert differences(there, by_anki(col)) == []


def _reviewed(learner: Learner) -> int:
    """Answer REVIEWS times, some cards again and again."""
    source, now = random.Random(3), timezone.now()
    cards = list(
        ReviewSchedule.objects.filter(user_id=learner.id, suspended_at=None)
        .order_by("content_id")
        .values_list("content__public_id", flat=True)
    )
    start = now - timedelta(seconds=2 * REVIEWS)
    answers = [
        Answer(source.choice(cards), source.choice(list(Rating)), source.randint(1, 9999),
               start + timedelta(seconds=number, microseconds=number * 7))
        for number in range(REVIEWS)
    ]  # fmt: skip
    outcomes = record_reviews(learner=learner, answers=answers, now=now)
    return sum(isinstance(each, RecordedReview) for each in outcomes)


def test_there_and_back_again_doubles_nothing(importer: Learner, tmp_path: Path) -> None:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, NOTES)
        package = exported(col, tmp_path / "a.apkg", generation=3)
    bring(importer, package)
    ago = timezone.now() - timedelta(hours=1)
    fresh = ReviewSchedule.objects.filter(added_at__gt=ago)
    fresh.update(added_at=ago, due_at=ago)  # as if it had been imported then
    own = add_content(
        learner=importer, new=_own(importer), now=timezone.now() - timedelta(minutes=30)
    )
    assert _reviewed(importer) == REVIEWS
    here, facts = by_us_all(importer), ReviewHistory.objects.count()
    write_package(importer, tmp_path / "ours.apkg", now=timezone.now())
    with opened(tmp_path / "b.anki2") as col:
        col.set_config("fsrs", True)
        imported_by_anki(col, tmp_path / "ours.apkg")
        there = by_anki(col)
        back = exported(col, tmp_path / "back.apkg", generation=3)
    assert len(there) == len(here)
    assert compared(there, here) == []
    report = bring(importer, back)
    assert report["notes"] == {"unchanged": NOTES + 1}
    assert report["reviews"]["new"] == 0
    assert ReviewHistory.objects.count() == facts
    assert by_us_all(importer) == here
    assert Content.objects.get(pk=own.pk).front == "our own < card"
    assert list(schedule_differences()) == []


def _own(learner: Learner) -> NewContent:
    category = make.category(User.objects.get(pk=learner.id), "Ours")
    return NewContent(category_id=category.public_id, front="our own < card", back="its back")


def by_us_all(learner: Learner) -> dict[Any, Any]:
    """Reviews and states of all contents, our own too."""
    found: dict[Any, Any] = {}
    for content in Content.objects.filter(user_id=learner.id).select_related("schedule"):
        anki, schedule = content.source.get("anki", {}), content.schedule
        guid = anki.get("guid", f"resee-{content.public_id.hex}")
        facts = ReviewHistory.objects.filter(content=content, rating__isnull=False)
        found[guid, anki.get("ord", 0)] = {
            "type": schedule.stage,
            "counts": (schedule.reps, schedule.lapses),
            "memory": (schedule.stability, schedule.difficulty) if schedule.stability else None,
            "reviews": sorted(
                (int(f.reviewed_at.timestamp() * 1000), f.rating, f.taken_ms) for f in facts
            ),
            "front": content.front,
        }
    return found


def compared(there: Cards, here: dict[Any, Any]) -> list[str]:
    """Differences between what the engine holds and what we do."""
    lines = [str(key) for key in there.keys() ^ here.keys()]
    for key in there.keys() & here.keys():
        theirs, ours = there[key], here[key]
        lines += [
            f"{key} {name}: {theirs[name]} {ours[name]}"
            for name in ("type", "counts")
            if theirs[name] != ours[name]
        ]
        if (theirs["memory"] is None) != (ours["memory"] is None) and ours["counts"][0]:
            lines.append(f"{key}: {theirs['memory']} {ours['memory']}")
        if theirs["memory"] and ours["memory"]:
            pairs = zip(theirs["memory"], ours["memory"], strict=True)
            lines += [f"{key}: {a} {b}" for a, b in pairs if abs(a - b) > 1e-3]
        reviews = [(row[0], row[1], row[5]) for row in theirs["reviews"]]
        if reviews != ours["reviews"]:
            lines.append(f"{key} reviews: {reviews} {ours['reviews']}")
    return lines


def test_a_category_is_exported_with_those_below_it(importer: Learner, tmp_path: Path) -> None:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, 30)
        bring(importer, exported(col, tmp_path / "a.apkg", generation=3))
        wanted = len(col.find_cards("deck:Languages"))
    api = ApiClient(User.objects.get(pk=importer.id))
    categories = {each["name"]: each["id"] for each in api.get("/categories/").json()}
    answer = api.get("/exports/anki/", category=categories["Languages"])
    assert answer.status_code == 200
    (tmp_path / "x.apkg").write_bytes(b"".join(answer.streaming_content))
    with opened(tmp_path / "b.anki2") as col:
        imported_by_anki(col, tmp_path / "x.apkg")
        assert len(col.find_cards("")) == wanted > 0
        assert len(col.find_cards("deck:Languages")) == wanted
    assert by_us(importer)


def test_a_job_writes_what_is_too_much_for_one_answer(
    owner: User, importer: Learner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, 12)
        bring(importer, exported(col, tmp_path / "a.apkg", generation=3))
    api = ApiClient(owner)
    monkeypatch.setattr(anki_export, "AT_ONCE_MAX", 3)
    refused = api.get("/exports/anki/")
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many_cards")
    words = Category.objects.get(name="Words")
    promised = api.post("/exports/anki/", {"category": str(words.public_id)})
    assert promised.status_code == 202
    address = f"/exports/{promised.json()['id']}/"
    assert api.get(f"{address}file/").status_code == 404
    job = Job.objects.get(public_id=promised.json()["job"])
    export_anki(job_id=str(job.public_id), **job.arguments)
    seen = api.get(address).json()
    assert (seen["state"], seen["percent"], seen["is_there"]) == ("succeeded", 100, True)
    package = tmp_path / "ours.apkg"
    package.write_bytes(b"".join(api.get(f"{address}file/").streaming_content))
    with opened(tmp_path / "b.anki2") as col:
        imported_by_anki(col, package)
        assert col.card_count() == Content.objects.filter(category=words).count() > 3
    prune_exports(now=timezone.now() + timedelta(days=8))
    assert api.get(f"{address}file/").status_code == 404
