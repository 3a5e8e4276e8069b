"""Whole collections, and what has happened in Anki by the time of a second import."""

from pathlib import Path

import pytest
from django.utils import timezone

from accounts.queries.learners import Learner
from review.anki.archive import Archive
from review.commands.moves import move_content
from review.import_models import Medium
from review.models import Category, Content, ReviewAdjustment
from review.queries.integrity import schedule_differences
from tests.review.anki_compare import by_anki, by_us, differences, run, send
from tests.review.anki_decks import exported, fill, media, opened, whole_collection

SVG = b"""<?xml version="1.0"?><!-- a drawing --><svg xmlns="http://www.w3.org/2000/svg">
<script>alert(1)</script><image href="http://example.com/spy.png"/></svg>"""


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_a_whole_collection_is_imported_as_anki_reports_it(
    importer: Learner, tmp_path: Path, generation: int
) -> None:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, 30)
    with opened(tmp_path / "a.anki2") as col:
        package = whole_collection(col, tmp_path / "a.colpkg", generation=generation)
    archive = Archive(package)
    assert archive.generation == generation
    archive.close()
    report = run(send(importer, package))
    with opened(tmp_path / "a.anki2") as col:
        theirs = by_anki(col)
    assert differences(theirs, by_us(importer)) == []
    assert report["notes"] == {"new": 30}
    assert {medium.name for medium in Medium.objects.all()} == media().keys()
    assert list(schedule_differences()) == []


@pytest.fixture
def twice(importer: Learner, tmp_path: Path) -> tuple[Content, Path]:
    """A card that was imported from one deck and comes again from another."""
    with opened(tmp_path / "a.anki2") as col:
        fill(col, 12)
        run(send(importer, exported(col, tmp_path / "1.apkg", generation=3)))
        rows = Content.objects.exclude(schedule__stage=0).filter(category__name="Words")
        content = rows.select_related("category")[0]
        anki = content.source["anki"]
        col.set_deck([anki["card"]["id"]], col.decks.id("Elsewhere::Far"))  # type: ignore[arg-type]
        return content, exported(col, tmp_path / "2.apkg", generation=3)


def test_a_card_follows_its_deck_and_its_reviews_with_it(
    importer: Learner, twice: tuple[Content, Path]
) -> None:
    content, package = twice
    told = run(send(importer, package, is_dry_run=True))
    content.refresh_from_db()
    assert content.category.name == "Words"
    done = run(send(importer, package))
    assert (done["cards"], done["notes"]) == (told["cards"], told["notes"])
    assert (done["cards"]["moved"], done["notes"]) == (1, {"unchanged": 11, "updated": 1})
    content.refresh_from_db()
    assert (content.category.name, content.category.parent and content.category.parent.name) == (
        "Far",
        "Elsewhere",
    )
    sums = ReviewAdjustment.objects.filter(content=content).values_list("category__name")
    assert {name for (name,) in sums} == {"Words", "Far"}
    assert list(schedule_differences()) == []
    assert run(send(importer, package))["notes"] == {"unchanged": 12}


def test_a_card_that_was_moved_here_stays_where_the_learner_put_it(
    importer: Learner, twice: tuple[Content, Path]
) -> None:
    content, package = twice
    own = Category.objects.create(user_id=importer.id, name="My own")
    move_content(
        learner=importer, content_id=content.public_id, category_id=own.public_id,
        now=timezone.now(),
    )  # fmt: skip
    report = run(send(importer, package))
    content.refresh_from_db()
    assert (content.category, report["notes"]) == (own, {"unchanged": 12})


def test_drawings_that_may_hold_programs_are_refused_each_with_a_reason(
    importer: Learner, tmp_path: Path
) -> None:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, 4)
        col.media.write_data("drawing.svg", SVG)
        col.media.write_data("looks like one.png", SVG)
        note = col.get_note(col.find_notes("")[0])
        note.fields[1] = '<img src="drawing.svg"><img src="looks like one.png">'
        col.update_note(note)
        package = exported(col, tmp_path / "a.apkg", generation=3)
    report = run(send(importer, package))
    reasons = [(each["name"], each["reason"]) for each in report["problems"]]
    assert sorted(reasons) == [
        ("drawing.svg", "svg_refused"), ("looks like one.png", "svg_refused")
    ]  # fmt: skip
    assert not Medium.objects.filter(media_type__contains="svg").exists()
    assert not [each for c in Content.objects.all() for each in c.media if "svg" in each["name"]]
