"""Decks made with the real Anki engine, and what that engine says of them."""

import io
import json
import random
import re
import shutil
import sqlite3
import wave
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anki.collection import (
    AddNoteRequest,
    Collection,
    ExportAnkiPackageOptions,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)
from PIL import Image

WORDS = [
    "사과",
    "apple & pear",
    "<b>bold</b>",
    "naïve",
    "x < y",
    "日本[にほん]語[ご]",
    "\U0001f600",
    '"q"',
]
DECKS = ["Words", "Languages::Korean::Verbs", "Languages::Korean", "A::b::C::d::E::f::G::h::I::j"]
NAMED = (
    "furigana:뒤 side", "kana:뒤 side", "kanji:뒤 side", "Tags", "Type", "Deck", "Subdeck", "Card",
    "CardFlag",
)  # fmt: skip
_TTS = re.compile(r"\[anki:tts.*?\[/anki:tts\]", re.DOTALL)
_TYPED = re.compile(r"\[\[type:(?:nc:)?(.*?)\]\]")


@contextmanager
def opened(path: Path) -> Iterator[Collection]:
    """Open a collection with the engine."""
    col = Collection(str(path))
    try:
        yield col
    finally:
        col.close()


def picture(form: str = "PNG", color: str = "red") -> bytes:
    """A small picture."""
    to = io.BytesIO()
    Image.new("RGB", (24, 16), color).save(to, form)
    return to.getvalue()


def sound() -> bytes:
    """A tenth of a second of silence."""
    to = io.BytesIO()
    with wave.open(to, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        file.writeframes(b"\0\0" * 800)
    return to.getvalue()


def fill(col: Collection, count: int, *, seed: int = 1, fsrs: bool = True) -> None:
    """Add ``count`` notes of all kinds with histories, states and media."""
    source = random.Random(seed)
    col.set_config("fsrs", fsrs)
    names = [_notetype(col), "Basic", "Basic (and reversed card)", "Cloze"]
    names += ["Basic (type in the answer)", "Basic (optional reversed card)"]
    for name, data in media().items():
        col.media.write_data(name, data)
    requests = []
    for number in range(count):
        kind = col.models.by_name(names[number % len(names)])
        assert kind
        note = col.new_note(kind)
        for index in range(len(note.fields)):
            note.fields[index] = _text(source, number, index, is_cloze=kind["type"] == 1)
        note.tags = source.sample(["verb", "a::b", "leech", "태그"], source.randint(0, 3))
        requests.append(AddNoteRequest(note=note, deck_id=_deck(col, number)))
    for start in range(0, count, 1000):
        col.add_notes(requests[start : start + 1000])
    _history(col, source, fsrs=fsrs)


def media() -> dict[str, bytes]:
    """The media that notes name."""
    return {"red 1.png": picture(), "jp.jpg": picture("JPEG", "blue"), "s.wav": sound()}


def _notetype(col: Collection) -> str:
    name = "Unusual ✓"
    if col.models.by_name(name):
        return name
    kind = col.models.new(name)
    for field in ("Front", "뒤 side", "Empty?", "Deck x"):
        col.models.add_field(kind, col.models.new_field(field))
    sides = [
        (
            "{{#Front}}{{text:Front}}{{/Front}}{{^Empty?}}nothing{{/Empty?}}<!-- {{Front}} -->",
            "{{FrontSide}}\n\n<hr id=answer>" + " ".join(f"{{{{{name}}}}}" for name in NAMED),
        ),
        ("{{=<% %>=}}<%뒤 side%> <%unknown:Front%>", "{{Front}}{{#c2}}in{{/c2}}{{^c1}}out{{/c1}}"),
        ("{{tts en_US:Front}} {{ Front }}", "{{FrontSide}}{{type:뒤 side}}"),
    ]  # fmt: skip
    for number, (question, answer) in enumerate(sides):
        template = col.models.new_template(f"Card {number}")
        template["qfmt"], template["afmt"] = question, answer
        col.models.add_template(kind, template)
    col.models.add(kind)
    return name


def _text(source: random.Random, number: int, index: int, *, is_cloze: bool) -> str:
    word = f"{source.choice(WORDS)} {number}"
    if is_cloze:
        if index:
            return source.choice(["", word])
        return source.choice([
            f"{{{{c1::{word}::hint}}}} and {{{{c2::two {{{{c1::nested}}}} x}}}}",
            f"{{{{c1::{word}}}}} \\( {{{{c3::<b>m</b>}}}} \\) {{{{c2::a::b::c}}}} }}}}",
            f"{{{{c1,2::both}}}} {{{{C1::no}}}} {{{{c1::line\n{word}}}}}",
        ])  # fmt: skip
    extra = ["", "", "[sound:s.wav]", '<img src="red 1.png">', "<img src=jp.jpg>", "<br>"]
    if index == 2:
        return source.choice(["", "<div><br></div>", word])
    return word + source.choice(extra)


def _deck(col: Collection, number: int) -> Any:
    return col.decks.id(DECKS[number % len(DECKS)])


def _history(col: Collection, source: random.Random, *, fsrs: bool) -> None:
    """Give the cards logs and states of every kind."""
    now = int(col.db.scalar("select mod from col") / 1000) if col.db else 0
    assert col.db
    today, moment, log, cards = col.sched.today, (now - 900 * 86400) * 1000, [], []
    for (card,) in col.db.execute("select id from cards order by id"):
        kind = source.choice(["new", "review", "review", "learning", "relearning", "forgotten"])
        if kind == "new":
            continue
        interval = source.randint(1, 400)
        for index in range(source.randint(1, 6)):
            moment += source.randint(50, 90_000)
            type_ = 0 if index == 0 else source.choice([1, 1, 2, 3])
            log.append((moment, card, -1, source.randint(1, 3 if index == 0 else 4),
                        source.choice([-600, 1, interval]), source.choice([-60, 0, 3, 44]),
                        source.randint(100, 4000), source.randint(0, 60_000), type_))  # fmt: skip
        if kind == "forgotten":
            moment += 7
            log.append((moment, card, -1, 0, 0, 0, 0, 0, 4))
        cards.append((*_state(source, kind, today, now, interval, fsrs=fsrs), card))
    col.db.executemany("insert into revlog values (?,?,?,?,?,?,?,?,?)", log)
    col.db.executemany(
        "update cards set type=?, queue=?, due=?, ivl=?, factor=?, reps=?, lapses=?, left=?, "
        "flags=?, data=? where id=?",
        cards,
    )


def _state(
    source: random.Random, kind: str, today: int, now: int, interval: int, *, fsrs: bool
) -> tuple[Any, ...]:
    type_ = {"review": 2, "learning": 1, "relearning": 3, "forgotten": 0}[kind]
    queue = source.choice([type_ if type_ != 3 else 1, -1, -2, -3])
    due = {"review": today + source.randint(-30, 300), "forgotten": 5}.get(kind, now + 300)
    memory = {"s": round(source.uniform(0.1, 900), 4), "d": round(source.uniform(1, 10), 3)}
    data = json.dumps(memory) if fsrs and type_ else "{}"
    steps = source.randint(1, 2) if type_ in (1, 3) else 0
    counts = source.randint(1, 9), source.randint(0, 3)
    scheduled = (interval, 2500) if type_ else (0, 0)
    return (type_, queue, due, *scheduled, *counts, steps, source.randint(0, 7), data)


def exported(col: Collection, path: Path, *, generation: int) -> Path:
    """Write the collection as a package of a generation; of the first, the engine writes none."""
    options = ExportAnkiPackageOptions(
        with_scheduling=True, with_deck_configs=True, with_media=True, legacy=generation < 3
    )
    col.export_anki_package(out_path=str(path), options=options, limit=None)
    if generation == 1:
        _as_first_generation(path)
    return path


def _as_first_generation(path: Path) -> None:
    newer = path.with_suffix(".2")
    shutil.move(path, newer)
    with zipfile.ZipFile(newer) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            if name not in {"meta", "collection.anki2"}:
                given = "collection.anki2" if name == "collection.anki21" else name
                new.writestr(given, old.read(name))


def with_collection_changed(path: Path, sql: str) -> None:
    """Run SQL in the collection of a package of the first two generations."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    name = next(n for n in ("collection.anki21", "collection.anki2") if n in members)
    database = path.with_suffix(".db")
    database.write_bytes(members[name])
    connection = sqlite3.connect(database)
    connection.executescript(sql)
    connection.close()
    members[name] = database.read_bytes()
    with zipfile.ZipFile(path, "w") as new:
        for member, data in members.items():
            new.writestr(member, data)


def imported_by_anki(col: Collection, path: Path) -> None:
    """Have the engine import a package, as its user would with everything ticked."""
    options = ImportAnkiPackageOptions(
        with_scheduling=True, with_deck_configs=True, merge_notetypes=True
    )
    col.import_anki_package(ImportAnkiPackageRequest(package_path=str(path), options=options))


def sides_by_anki(col: Collection, card_id: Any) -> tuple[str, str]:
    """What the engine renders; what it would ask to be typed or read aloud is left out."""
    card = col.get_card(card_id)
    note = dict(card.note().items())
    rendered = col._backend.render_existing_card(
        card_id=card_id, browser=False, partial_render=False
    )
    question, answer = (
        _TTS.sub("", "".join(node.text for node in nodes))
        for nodes in (rendered.question_nodes, rendered.answer_nodes)
    )
    return _TYPED.sub("", question), _TYPED.sub(lambda found: note[found[1]], answer)


def whole_collection(col: Collection, path: Path, *, generation: int) -> Path:
    """Write the collection as a .colpkg of a generation; of the first, the engine writes none."""
    col.export_collection_package(str(path), include_media=True, legacy=generation < 3)
    if generation == 1:
        _as_first_generation(path)
    return path
