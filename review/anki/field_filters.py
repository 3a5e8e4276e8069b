"""What may stand before a field's name in a template: ``{{text:Front}}``. Pure."""

import html
import re
from collections.abc import Callable

from review.anki import cloze

_HIDDEN = re.compile(r"(?is)<!--.*?-->|<style.*?>.*?</style>|<script.*?>.*?</script>")
_TAG = re.compile(r"(?is)<.*?>")
_FURIGANA = re.compile(r" ?([^ >]+?)\[(.+?)\]")


def text(value: str) -> str:
    """Return a field without its markup."""
    return html.unescape(_TAG.sub("", _HIDDEN.sub("", value)))


def _ruby(shape: str) -> Callable[[str], str]:
    def put(found: re.Match[str]) -> str:
        if found[2].startswith("sound:"):
            return found[0]
        return shape.format(found[1], found[2])

    return lambda value: _FURIGANA.sub(put, value.replace("&nbsp;", " "))


_PLAIN: dict[str, Callable[[str], str]] = {
    "text": text,
    "furigana": _ruby("<ruby><rb>{0}</rb><rt>{1}</rt></ruby>"),
    "kanji": _ruby("{0}"),
    "kana": _ruby("{1}"),
}
_CLOZE = {"cloze": cloze.revealed, "cloze-only": cloze.only}


def applied(name: str, value: str, *, field: str, ordinal: int, is_question: bool) -> str:
    """Return a field's value after the filter ``name``; unknown filters change nothing."""
    if plain := _PLAIN.get(name):
        return plain(value)
    if name in _CLOZE:
        return _CLOZE[name](value, ordinal, is_question=is_question)
    if name.startswith("tts") or (name.startswith("type") and is_question):
        return ""  # it would be read aloud, or asked to be typed
    if name == "hint" and value.strip():
        return f"<details><summary>{html.escape(field)}</summary>{value}</details>"
    return value
