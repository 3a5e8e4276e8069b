"""The learner's measured levels as a picture: SVG, written by hand, for it is a few lines."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from exams.level_test import CUTS, LEVELS
from exams.models import LevelTest

WIDTH, HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 20, 16, 36
_LOWEST, _HIGHEST = -3.0, 3.0
_INK, _GRID, _BAND = "#334155", "#cbd5e1", "#f1f5f9"


def plot(tests: Sequence[LevelTest]) -> str:
    """Return the abilities over time with their 95 % intervals on bands of the six levels."""
    points = [
        (test.ended_at, test.ability, 1.96 * test.standard_error)
        for test in tests
        if test.ended_at and test.ability is not None and test.standard_error is not None
    ]
    parts = [*_bands(), *_axis([at for at, *_ in points]), *_marks(points)]
    title = f"Measured levels: {', '.join(test.level for test in tests) or 'none yet'}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" font-family="sans-serif" font-size="12">'
        f"<title>{title}</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>{"".join(parts)}</svg>'
    )


def _bands() -> Iterator[str]:
    edges = [_LOWEST, *CUTS, _HIGHEST]
    for number, level in enumerate(LEVELS):
        top, bottom = _y(edges[number + 1]), _y(edges[number])
        fill = _BAND if number % 2 else "white"
        yield (
            f'<rect x="{_LEFT}" y="{top:.1f}" width="{WIDTH - _LEFT - _RIGHT}" '
            f'height="{bottom - top:.1f}" fill="{fill}" stroke="{_GRID}"/>'
            f'<text x="{_LEFT - 10}" y="{(top + bottom) / 2 + 4:.1f}" fill="{_INK}" '
            f'text-anchor="end">{level}</text>'
        )


def _axis(moments: Sequence[datetime]) -> Iterator[str]:
    for at in dict.fromkeys([*moments[:1], *moments[-1:]]):
        x = _x(at, moments)
        yield (
            f'<text x="{x:.1f}" y="{HEIGHT - 12}" fill="{_INK}" text-anchor="middle">{at:%F}</text>'
        )


def _marks(points: Sequence[tuple[datetime, float, float]]) -> Iterator[str]:
    moments = [at for at, *_ in points]
    places = [(_x(at, moments), ability, error) for at, ability, error in points]
    line = " ".join(f"{x:.1f},{_y(ability):.1f}" for x, ability, _ in places)
    yield f'<polyline points="{line}" fill="none" stroke="{_INK}" stroke-width="1.5"/>'
    for x, ability, error in places:
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_y(ability - error):.1f}" '
            f'y2="{_y(ability + error):.1f}" stroke="{_INK}"/>'
            f'<circle cx="{x:.1f}" cy="{_y(ability):.1f}" r="4" fill="{_INK}"/>'
        )


def _x(at: datetime, moments: Sequence[datetime]) -> float:
    """Return the place of a moment; a single one stands in the middle."""
    whole = (moments[-1] - moments[0]).total_seconds()
    share = (at - moments[0]).total_seconds() / whole if whole else 0.5
    inner = WIDTH - _LEFT - _RIGHT
    return _LEFT + inner * (0.08 + 0.84 * share)


def _y(ability: float) -> float:
    within = min(max(ability, _LOWEST), _HIGHEST)
    return _TOP + (HEIGHT - _TOP - _BOTTOM) * (_HIGHEST - within) / (_HIGHEST - _LOWEST)
