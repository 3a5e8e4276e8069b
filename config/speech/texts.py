"""What of a text is said aloud, and by which voice. Pure."""

import unicodedata
from enum import StrEnum

LENGTH_MAX = 500  # characters: about half a minute
_UNSAID = {"C", "So", "Sk"}  # control and format characters, emoji
_WRITTEN = {"L", "N"}


class Voice(StrEnum):
    """Who speaks, as espeak-ng calls them."""

    AMERICAN = "en-us"
    BRITISH = "en-gb"
    KOREAN = "ko"


class Speed(StrEnum):
    """How fast."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


WORDS_A_MINUTE = {Speed.SLOW: 110, Speed.NORMAL: 155, Speed.FAST: 200}


def sayable(text: str) -> str:
    """Return what is said of a text, in one line; empty when it holds no letter and no digit."""
    plain = unicodedata.normalize("NFC", text)
    said = "".join(" " if _is_unsaid(letter) else letter for letter in plain)
    is_empty = not any(unicodedata.category(letter)[0] in _WRITTEN for letter in said)
    return "" if is_empty else " ".join(said.split())


def voice_for(text: str) -> Voice | None:
    """Return the voice by the text's letters; None when most are of a script that none reads.

    Whoever reads Korean reads English words in it, and the other way.
    """
    scripts = [unicodedata.name(each, "?").split()[0] for each in text if each.isalpha()]
    hangul, latin = scripts.count("HANGUL"), scripts.count("LATIN")
    if (hangul + latin) * 2 < len(scripts):
        return None
    return Voice.KOREAN if hangul > latin else Voice.AMERICAN


def _is_unsaid(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category in _UNSAID or category[0] in _UNSAID
