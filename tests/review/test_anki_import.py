"""Packages made by the real Anki engine, imported here, compared with what that engine reports."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from accounts.queries.learners import Learner
from config.settings import variables
from review.commands.imports import NotADryRun, prune_imports, start_import
from review.import_models import Import, Medium
from review.models import Category, Content, LearnerClock, ReviewHistory
from review.queries.integrity import schedule_differences
from tests.client import ApiClient
from tests.review.anki_compare import by_anki, by_us, differences, run, send
from tests.review.anki_decks import (
    exported,
    fill,
    imported_by_anki,
    media,
    opened,
    with_collection_changed,
)

NOTES = 5000 if variables.text("PROOF") else 60


@pytest.mark.parametrize("generation", [1, 2, 3])
def test_what_is_imported_is_what_anki_reports(
    importer: Learner, tmp_path: Path, generation: int
) -> None:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, NOTES)
        package = exported(col, tmp_path / "a.apkg", generation=generation)
    with opened(tmp_path / "b.anki2") as col:
        imported_by_anki(col, package)
        theirs = by_anki(col)
    report = run(send(importer, package))
    assert differences(theirs, by_us(importer)) == []
    assert report["notes"] == {"new": NOTES}
    assert report["cards"] == {"new": len(theirs)}
    assert list(schedule_differences()) == []


@pytest.fixture
def package(tmp_path: Path) -> Path:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, 30)
        return exported(col, tmp_path / "a.apkg", generation=3)


def test_a_second_import_finds_everything_there(importer: Learner, package: Path) -> None:
    first = run(send(importer, package))
    rows = [model.objects.count() for model in (Content, ReviewHistory, Category, Medium)]
    report = run(send(importer, package))
    assert report["notes"] == {"unchanged": 30}
    assert report["reviews"]["new"] == 0
    assert report["reviews"]["known"] == first["reviews"]["new"]
    assert rows == [model.objects.count() for model in (Content, ReviewHistory, Category, Medium)]


def test_a_dry_run_tells_what_an_import_does_and_does_nothing(
    importer: Learner, package: Path
) -> None:
    told = run(send(importer, package, is_dry_run=True))
    assert not Content.objects.exists()
    assert not ReviewHistory.objects.exists()
    assert not Category.objects.exists()
    assert not Medium.objects.exists()
    done = run(send(importer, package))
    assert {**told, "problems": []} == {**done, "problems": []}


def test_an_updated_note_updates_one(importer: Learner, tmp_path: Path) -> None:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, 30)
        run(send(importer, exported(col, tmp_path / "1.apkg", generation=3)))
        note = col.get_note(col.find_notes("note:Basic")[0])
        note["Back"] = "quite another answer"
        col.update_note(note)
        assert col.db
        col.db.execute("update notes set mod = mod + 10 where id = ?", note.id)
        report = run(send(importer, exported(col, tmp_path / "2.apkg", generation=3)))
    assert report["notes"] == {"unchanged": 29, "updated": 1}
    assert Content.objects.filter(back="quite another answer").count() == 1


def test_reviews_of_old_schedulers_mean_what_they_meant(importer: Learner, tmp_path: Path) -> None:
    with opened(tmp_path / "a.anki2") as col:
        fill(col, 30, fsrs=False)
        package = exported(col, tmp_path / "a.apkg", generation=1)
    with_collection_changed(
        package,
        """UPDATE col SET conf = json_remove(conf, '$.schedVer');
        UPDATE revlog SET ease = min(ease, 3) WHERE type IN (0, 2);
        UPDATE cards SET queue = 2, type = 2, due = 9 WHERE type IN (1, 3)""",
    )
    with opened(tmp_path / "b.anki2") as col:
        imported_by_anki(col, package)
        theirs = by_anki(col)
    run(send(importer, package))
    ours = by_us(importer)
    for key, card in theirs.items():
        assert ours[key]["reviews"] == card["reviews"]
    assert any(row[1] == 4 and row[-1] == 0 for card in theirs.values() for row in card["reviews"])


def test_media_are_checked_and_pictures_written_anew(importer: Learner, package: Path) -> None:
    run(send(importer, package))
    stored = {medium.name: medium for medium in Medium.objects.all()}
    assert stored.keys() == media().keys()
    for name, data in media().items():
        kept = default_storage.open(str(stored[name].file)).read()
        if name.endswith(".wav"):
            assert kept == data
        else:
            with default_storage.open(str(stored[name].file)) as file:
                assert Image.open(file).size == (24, 16)
    named = {each["name"] for c in Content.objects.all() for each in c.media}
    assert named == {"red 1.png", "jp.jpg", "s.wav"}


def test_decks_become_a_tree_of_categories(importer: Learner, package: Path) -> None:
    run(send(importer, package))
    verbs = Category.objects.get(name="Verbs")
    assert verbs.parent
    assert verbs.parent.name == "Korean"
    assert verbs.parent.parent
    assert verbs.parent.parent.name == "Languages"
    assert Category.objects.filter(name="h::I::j").count() == 1  # eight levels deep at most


def test_every_fact_counts_for_the_learners_clock(importer: Learner, package: Path) -> None:
    run(send(importer, package))
    facts = ReviewHistory.objects.filter(user_id=importer.id).count()
    assert LearnerClock.objects.get(user_id=importer.id).facts_seq == facts


def test_packages_that_nobody_starts_are_not_kept_for_ever(
    importer: Learner, package: Path
) -> None:
    sent = send(importer, package, is_dry_run=True)
    run(sent)
    prune_imports(now=timezone.now())
    assert default_storage.exists(str(sent.file))
    prune_imports(now=timezone.now() + timedelta(days=8))
    assert not default_storage.exists(str(sent.file))
    with pytest.raises(NotADryRun):
        start_import(learner=importer, import_id=sent.public_id)


def test_a_dry_run_is_started_and_its_file_goes(importer: Learner, package: Path) -> None:
    sent = send(importer, package, is_dry_run=True)
    run(sent)
    started = start_import(learner=importer, import_id=sent.public_id)
    assert run(started)["notes"] == {"new": 30}
    assert Import.objects.get().file.name == ""


def test_over_http_from_the_package_to_the_report(owner: User, package: Path) -> None:
    api = ApiClient(owner)
    answer = api.upload(
        "/imports/anki/", file=SimpleUploadedFile("a.apkg", package.read_bytes()), dry_run="true"
    )
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    run(Import.objects.get())
    seen = api.get(f"/imports/{answer.json()['id']}/").json()
    assert (seen["state"], seen["percent"], seen["report"]["notes"]) == (
        "succeeded",
        100,
        {"new": 30},
    )
    started = api.post(f"/imports/{seen['id']}/start/")
    assert started.status_code == 202
    run(Import.objects.get())
    named = next(c for c in Content.objects.exclude(media=[]))
    medium = api.get(f"/media/{named.media[0]['id']}/")
    assert (medium.status_code, medium["Content-Type"]) == (200, named.media[0]["media_type"])
    assert api.get("/imports/").json()["results"][0]["id"] == seen["id"]
    assert api.delete(f"/imports/{seen['id']}/").status_code == 204
    assert Content.objects.exists()
