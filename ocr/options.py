"""How a learner wants a page to be read: stored with the scan, handed on to the model server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ocr.languages import DEFAULT_CONFIDENCE_THRESHOLD, LANGUAGES

MODES = ("text", "highlight")
ROTATIONS = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """``rotate`` turns clockwise by so many degrees first.

    ``use_angle_cls`` turns a page by quarters until its text stands upright; ``mode`` highlight
    returns only what a marker pen marked; lines below ``confidence_threshold`` (0-1) are dropped.
    """

    language: str = "auto"
    confidence_threshold: float = DEFAULT_CONFIDENCE_THRESHOLD
    use_angle_cls: bool = True
    mode: str = "text"
    rotate: int = 0

    @property
    def quarter_turns(self) -> int:
        """Return ``rotate`` in quarters, clockwise."""
        return self.rotate // 90


def parsed(query: Mapping[str, str]) -> ReadingOptions:
    """Return the options as a query spells them; ValueError is a sentence about what is wrong.

    What is not there is as usual; a name that is not known is passed over.
    """
    usual = ReadingOptions()
    return ReadingOptions(
        language=_one_of("language", query.get("language", usual.language), LANGUAGES),
        confidence_threshold=_threshold(query.get("confidence_threshold", "")),
        use_angle_cls=query.get("use_angle_cls", "true").casefold() in {"true", "1"},
        mode=_one_of("mode", query.get("mode", usual.mode), MODES),
        rotate=int(_one_of("rotate", query.get("rotate", "0"), [str(turn) for turn in ROTATIONS])),
    )


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
