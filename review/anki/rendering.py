"""A note -> the front and back of its cards, sanitised. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import nh3

from review.anki.collection import CardRow, NoteRow
from review.anki.field_filters import text
from review.anki.notetypes import Notetype, Template
from review.anki.templates import BadTemplate, Side, rendered, shows_something

TEXT_MAX = 100_000  # characters of a side
_TAGS = {
    "a", "audio", "b", "blockquote", "br", "center", "code", "dd", "del", "details", "div", "dl",
    "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li",
    "mark", "ol", "p", "pre", "q", "rb", "rp", "rt", "ruby", "s", "small", "span", "strike",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt",
    "u", "ul", "var", "wbr",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "audio": {"src"},
    "font": {"color"},
    "hr": {"id"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto"}
_CLOZE_CLASSES = {"span": {"cloze", "cloze-inactive"}}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes=_CLOZE_CLASSES,
    url_schemes=_SCHEMES,
    link_rel="noopener noreferrer",
)
# A text with none of these is no HTML: cleaning leaves each letter of it as it is.
_MARKED = re.compile(r"[<>&\r\x00\xa0\ufeff]")
_LEADING_RULE = re.compile(r"(?i)\A(?:\s|<br ?/?>|<hr[^>]*>)*")
_PICTURE_OR_SOUND = re.compile(
    r"""(?i)\[sound:(?P<sound>[^\]]+)\]|<(?:img|audio)\b[^>]*?\bsrc=(?:"(?P<a>[^"]+)"|'(?P<b>[^']+)'|(?P<c>[^\s>"']+))"""
)


@dataclass(frozen=True, slots=True)
class Sides:
    """A card's sides; ``back`` is the answer without the question above it.

    ``problem`` says why they are the bare fields instead.
    """

    front: str
    back: str
    problem: str = ""


def clean(html: str) -> str:
    """Return HTML that can do nothing: no scripts, styles, handlers, frames, forms."""
    html = html[:TEXT_MAX]
    return (_CLEANER.clean(html) if _MARKED.search(html) else html).strip()


def media_names(fields: Sequence[str]) -> list[str]:
    """Return the files that a note's fields name, each once, in order."""
    names: dict[str, None] = {}
    for value in fields:
        if "[sound:" in value or "src=" in value.lower():
            for found in _PICTURE_OR_SOUND.finditer(value):
                name = found["sound"] or found["a"] or found["b"] or found["c"]
                names[text(name)] = None
    return list(names)


def values_of(
    note: NoteRow, notetype: Notetype, card: CardRow, deck: Sequence[str]
) -> dict[str, str]:
    """Return what a template can name: the note's fields, and what Anki adds to them."""
    template = notetype.template(card.ordinal)
    values = {
        "Tags": " ".join(note.tags),
        "Type": notetype.name,
        "Deck": "::".join(deck),
        "Subdeck": deck[-1] if deck else "",
        "CardFlag": f"flag{card.flags & 7}",
        "Card": template.name if template else "",
        "CardID": str(card.id),
        f"c{card.ordinal + 1}": "1",
    }
    padded = [*note.fields, *[""] * len(notetype.fields)]
    return values | dict(zip(notetype.fields, padded, strict=False))


def sides(notetype: Notetype, card: CardRow, values: Mapping[str, str]) -> Sides:
    """Return a card's two sides."""
    template = notetype.template(card.ordinal)
    if template is None:
        return _bare(notetype, values, "it is of no template")
    try:
        question, answer = both(template, card, values, front_side="")
        ordinal = card.ordinal + 1
        if not shows_something(template.question, Side(values, ordinal, is_question=True)):
            return _bare(notetype, values, "its front is blank")
    except BadTemplate as error:
        return _bare(notetype, values, f"its template is broken: {error}")
    front, back = clean(question), clean(answer)
    back = _LEADING_RULE.sub("", back, count=1)
    if not front:
        return _bare(notetype, values, "its front is blank")
    return Sides(front, back)


def both(
    template: Template, card: CardRow, values: Mapping[str, str], *, front_side: str | None = None
) -> tuple[str, str]:
    """Return question and answer as the templates say, ``front_side`` instead of the question."""
    ordinal = card.ordinal + 1
    side = Side({**values, "FrontSide": ""}, ordinal, is_question=True)
    question = rendered(template.question, side)
    shown = question if front_side is None else front_side
    side = Side({**values, "FrontSide": shown}, ordinal, is_question=False)
    return question, rendered(template.answer, side)


def _bare(notetype: Notetype, values: Mapping[str, str], problem: str) -> Sides:
    first, *rest = [clean(values[name]) for name in notetype.fields] or [""]
    filled = [each for each in rest if each]
    return Sides(first or "…", "<br>".join(filled), problem)
