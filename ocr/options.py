"""How a learner wants a page to be read: stored with the scan, handed on to the model server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ocr import pages
from ocr.languages import DEFAULT_CONFIDENCE_THRESHOLD, LANGUAGES

MODES = ("text", "highlight")
ROTATIONS = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """``rotate`` turns clockwise by so many degrees first; ``crop`` is the part that is left then.

    ``use_angle_cls`` turns a page by quarters until its text stands upright; ``mode`` highlight
    returns only what a marker pen marked; lines below ``confidence_threshold`` (0-1) are dropped.
    """

    language: str = "auto"
    confidence_threshold: float = DEFAULT_CONFIDENCE_THRESHOLD
    use_angle_cls: bool = True
    mode: str = "text"
    rotate: int = 0
    crop: str = ""

    @property
    def quarter_turns(self) -> int:
        """Return ``rotate`` in quarters, clockwise."""
        return self.rotate // 90

    @property
    def part(self) -> pages.Crop | None:
        """Return ``crop`` as numbers, None for the whole page; BadCrop."""
        return _part(self.crop)


def normal_crop(text: str) -> str:
    """Return "left,top,right,bottom" in the one way it is stored, empty for all; BadCrop."""
    part = _part(text)
    if part is None or part == (0, 0, 1, 1):
        return ""
    return ",".join(f"{number:g}" for number in part)


def parsed(query: Mapping[str, str]) -> ReadingOptions:
    """Return the options as a query spells them; ValueError says what is wrong; BadCrop.

    What is not there is as usual; a name that is not known is passed over.
    """
    usual = ReadingOptions()
    return ReadingOptions(
        language=_one_of("language", query.get("language", usual.language), LANGUAGES),
        confidence_threshold=_threshold(query.get("confidence_threshold", "")),
        use_angle_cls=query.get("use_angle_cls", "true").casefold() in {"true", "1"},
        mode=_one_of("mode", query.get("mode", usual.mode), MODES),
        rotate=int(_one_of("rotate", query.get("rotate", "0"), [str(turn) for turn in ROTATIONS])),
        crop=normal_crop(query.get("crop", "")),
    )


def _part(text: str) -> pages.Crop | None:
    if not text:
        return None
    try:
        return pages.checked_crop([round(float(number), 4) + 0.0 for number in text.split(",")])
    except ValueError:
        return pages.checked_crop([])


def _one_of(name: str, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise ValueError(f"{name} is one of {', '.join(allowed)}.")
    return value


def _threshold(value: str) -> float:
    try:
        threshold = float(value or DEFAULT_CONFIDENCE_THRESHOLD)
    except ValueError:
        threshold = -1.0
    if not 0 <= threshold <= 1:
        raise ValueError("confidence_threshold is a number from 0 to 1.")
    return threshold
