"""The admin's first page: charts of what goes on, and what waits for a person.

Apps register what they show in ``AppConfig.ready``; a part that is away leaves its panel empty.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, _FOOT = 380, 130, 18  # about as many pixels as a panel has: letters stay letters
_OK, _BAD = "#4f46e5", "#dc2626"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bar:
    """One value; ``is_bad`` marks what should not be. ``shown`` is told instead of the number."""

    label: str
    value: float
    shown: str = ""
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: columns over days, or a line a thing."""

    title: str
    bars: Sequence[Bar]
    are_days: bool = False
    address: str = ""


_panels: dict[str, Callable[[], Panel]] = {}


def register(name: str, panel: Callable[[], Panel]) -> None:
    """Show a panel; names sort them."""
    _panels[name] = panel


def fill(_: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the panels to the admin's first page."""
    context["panels"] = [_drawn(name, make) for name, make in sorted(_panels.items())]
    return context


def _drawn(name: str, make: Callable[[], Panel]) -> dict[str, Any]:
    try:
        panel = make()
    except Exception as error:
        log.warning("panel_not_drawn", panel=name, exc_info=error)
        return {"title": name.replace("_", " "), "note": "not available now", "picture": ""}
    note = "" if panel.bars else "nothing yet"
    picture = (columns if panel.are_days else lines)(panel.bars) if panel.bars else ""
    return {"title": panel.title, "note": note, "picture": picture, "address": panel.address}


def columns(bars: Sequence[Bar]) -> SafeString:
    """Return columns side by side, each with its value for whoever points at it."""
    most = max(1, *(bar.value for bar in bars))
    step = WIDTH / len(bars)
    drawn = []
    for number, bar in enumerate(bars):
        height = (HEIGHT - _FOOT - 14) * bar.value / most
        drawn.append(
            (
                f"{number * step + step * 0.1:.1f}", f"{HEIGHT - _FOOT - height:.1f}",
                f"{step * 0.8:.1f}", f"{height:.1f}", _BAD if bar.is_bad else _OK,
                bar.label, bar.shown or f"{bar.value:g}",
            )
        )  # fmt: skip
    return format_html(
        '<svg viewBox="0 0 {w} {h}" width="100%" role="img" font-size="11" fill="currentColor">'
        '{}<text x="0" y="10">{}</text><text x="0" y="{y}">{}</text>'
        '<text x="{w}" y="{y}" text-anchor="end">{}</text></svg>',
        format_html_join(
            "",
            '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"><title>{}: {}</title></rect>',
            drawn,
        ),
        f"{most:g}",
        bars[0].label,
        bars[-1].label,
        w=WIDTH,
        h=HEIGHT,
        y=HEIGHT - 4,
    )


def lines(bars: Sequence[Bar]) -> SafeString:
    """Return a line for each thing, as long as its value."""
    most = max(1, *(bar.value for bar in bars))
    rows = [
        (
            20 * number + 14, bar.label, 20 * number + 4, f"{max(1, 130 * bar.value / most):.1f}",
            _BAD if bar.is_bad else _OK, bar.shown or f"{bar.value:g}",
        )
        for number, bar in enumerate(bars)
    ]  # fmt: skip
    return format_html(
        '<svg viewBox="0 0 {} {}" width="100%" role="img" font-size="12" fill="currentColor">{}'
        "</svg>",
        WIDTH,
        max(HEIGHT, 20 * len(bars) + 4),
        format_html_join(
            "",
            '<text x="0" y="{0}">{1}</text><rect x="170" y="{2}" width="{3}" height="12" '
            'fill="{4}"/><text x="308" y="{0}">{5}</text>',
            rows,
        ),
    )
