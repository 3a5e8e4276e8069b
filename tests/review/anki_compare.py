"""Everything the engine reports of a collection, and everything we hold, in one shape."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from anki.collection import Collection
from django.db import connection
from django.utils import timezone

from accounts.queries.learners import Learner
from config.jobs.models import Job
from review.anki import rendering
from review.anki.collection import CardRow, NoteRow
from review.anki.notetypes import Notetype, Template
from review.commands.importing import import_anki
from review.commands.imports import accept_package
from review.import_models import AnkiNotetype, Import
from review.models import Content, ReviewHistory
from tests.review.anki_decks import sides_by_anki

Cards = dict[tuple[str, int], dict[str, Any]]
_RULE = re.compile(r"(?i)\A(?:\s|<br>|<hr[^>]*>)*")


def send(learner: Learner, path: Path, *, is_dry_run: bool = False) -> Import:
    """Send a package, as over HTTP."""
    with path.open("rb") as file:
        return accept_package(
            learner=learner, file=file, file_name=path.name, is_dry_run=is_dry_run
        )


def run(imported: Import) -> dict[str, Any]:
    """Do what the worker does, unit by unit; return the report."""
    for _ in range(1000):
        job = Job.objects.get(pk=imported.job_id)
        if job.state != Job.State.QUEUED:
            break
        import_anki(job_id=job.public_id, import_id=imported.public_id, clock=timezone.now)
    imported.refresh_from_db()
    assert job.state == Job.State.SUCCEEDED, (job.state, job.error_code, job.error_detail)
    with connection.cursor() as cursor:  # autovacuum does not see what the test's transaction holds
        cursor.execute("ANALYZE review_reviewhistory, review_content, review_reviewschedule")
    return dict(imported.report)


def by_anki(col: Collection) -> Cards:
    """What the engine says of each card; sides sanitised, moments in days from its today."""
    assert col.db
    log: dict[int, list[Any]] = defaultdict(list)
    for cid, *row in col.db.execute(
        "select cid, id, ease, ivl, lastIvl, factor, time, type from revlog order by id"
    ):
        log[cid].append(tuple(row))
    found: Cards = {}
    whole = {card_id: sides_by_anki(col, card_id)[1] for card_id in col.find_cards("")}
    _leave_out_front_sides(col)
    for card_id, answer_with_front in whole.items():
        card = col.get_card(card_id)
        note, data = card.note(), card.memory_state
        question, answer = sides_by_anki(col, card_id)
        is_day = card.type == 2
        found[note.guid, card.ord] = {
            "fields": list(note.fields),
            "tags": sorted(note.tags),
            "deck": col.decks.name(card.odid or card.did),
            "sides": _sides(question, answer),
            "answer": rendering.clean(answer_with_front),
            "type": card.type,
            "due": (card.odue or card.due) - col.sched.today if is_day else None,
            "learning_due": card.due if card.type in (1, 3) else None,
            "counts": (card.reps, card.lapses),
            "memory": (data.stability, data.difficulty) if data else None,
            "asleep": min(0, card.queue),
            "flag": card.flags,
            "reviews": [row for row in log[card_id] if row[1]],
            "others": [row for row in log[card_id] if not row[1]],
        }
    return found


def by_us(learner: Learner) -> Cards:
    """What is stored of each imported card."""
    facts: dict[int, list[Any]] = defaultdict(list)
    rows = ReviewHistory.objects.filter(user_id=learner.id, rating__isnull=False)
    for fact in rows.order_by("reviewed_at", "public_id"):
        ms = int(fact.reviewed_at.timestamp() * 1000 + 0.5)
        kind, interval, last, factor = fact.imported or (None,) * 4
        facts[fact.content_id].append(
            (ms, fact.rating, interval, last, factor, fact.taken_ms, kind)
        )
    today = timezone.now()
    rows_ = AnkiNotetype.objects.filter(user_id=learner.id)
    notetypes = {each.digest: each.definition for each in rows_}
    found: Cards = {}
    contents = Content.objects.filter(user_id=learner.id, schedule__isnull=False)
    for content in contents.select_related("schedule"):
        anki, schedule = content.source["anki"], content.schedule
        due = None
        if schedule.stage == 2:
            due = (schedule.due_at.date() - _anki_day(today)).days
        learning = schedule.stage in (1, 3)
        asleep = (
            -1 if schedule.suspended_at else anki["card"]["queue"] if schedule.buried_until else 0
        )
        memory = (schedule.stability, schedule.difficulty) if schedule.stability else None
        found[anki["guid"], anki["ord"]] = {
            "fields": anki["fields"],
            "tags": sorted(content.tags),
            "deck": anki["deck"],
            "sides": (content.front, content.back),
            "answer": _answer(anki, notetypes[anki["notetype"]]),
            "type": schedule.stage,
            "due": due,
            "learning_due": int(schedule.due_at.timestamp()) if learning else None,
            "counts": (schedule.reps, schedule.lapses),
            "memory": memory,
            "asleep": asleep,
            "flag": anki["card"]["flags"],
            "reviews": facts[content.pk],
            "others": [tuple(row) for row in anki["log"]],
        }
    return found


def _anki_day(now: Any) -> Any:
    from datetime import timedelta

    return (now - timedelta(hours=4)).date()


def _leave_out_front_sides(col: Collection) -> None:
    for named in col.models.all_names_and_ids():
        kind = col.models.by_name(named.name)
        assert kind
        for template in kind["tmpls"]:
            template["afmt"] = template["afmt"].replace("{{FrontSide}}", "")
        col.models.update_dict(kind)


def _sides(question: str, answer: str) -> tuple[str, str]:
    """A card's sides: the back begins below the line, and is never blank."""
    front, back = rendering.clean(question), rendering.clean(answer)
    return front, _RULE.sub("", back) or front


def _answer(anki: dict[str, Any], definition: dict[str, Any]) -> str:
    """The whole answer, rendered from what is kept of the note."""
    templates = [Template(*each) for each in definition["templates"]]
    kind = Notetype(0, definition["name"], definition["is_cloze"], definition["fields"], templates)
    kept = {**anki["card"], "ordinal": anki["ord"], "deck_id": 0}
    card = CardRow(**kept)
    note = NoteRow(0, anki["guid"], 0, 0, anki["tags"], anki["fields"])
    template = kind.template(card.ordinal)
    assert template
    values = rendering.values_of(note, kind, card, anki["deck"].split("::"))
    return rendering.clean(rendering.both(template, card, values)[1])


def differences(theirs: Cards, ours: Cards) -> list[str]:
    """Every figure that is not equal, a line each."""
    lines = [f"missing {key}" for key in theirs.keys() - ours.keys()]
    lines += [f"too many {key}" for key in ours.keys() - theirs.keys()]
    for key in theirs.keys() & ours.keys():
        for name, value in theirs[key].items():
            if not _equal(name, value, ours[key][name]):
                lines.append(f"{key} {name}: {value!r} there, {ours[key][name]!r} here")
    return sorted(lines)


def _equal(name: str, there: Any, here: Any) -> bool:
    if name == "memory":
        if there is None or here is None:
            return there is None  # ours is computed from the log
        return all(abs(a - b) <= 1e-3 for a, b in zip(there, here, strict=True))
    return bool(there == here)
