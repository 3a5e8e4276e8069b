"""Charts of a learner's cards as SVG or PNG, light or dark: drawing only. Pure.

Matplotlib without pyplot, one drawing at a time: its fonts and settings are a process's own.
"""

import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import Any

from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

Data = Mapping[str, Any]
_DRAWING = Lock()
_TEXT_MAX = 34
_FONTS = ("DejaVu Sans", "Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "UnDotum")


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of a picture."""

    paper: str
    ink: str
    faint: str
    bar: str
    second: str
    empty: str
    full: str


THEMES = {
    "light": Theme("#ffffff", "#1e293b", "#cbd5e1", "#3b76b8", "#d97742", "#eef2f6", "#1d5fa8"),
    "dark": Theme("#0f172a", "#e2e8f0", "#334155", "#6ea8e5", "#f0a272", "#1e293b", "#8cc4ff"),
}


def draw(name: str, data: Data, *, form: str, theme: str) -> bytes:
    """Return the picture of ``data``, whose shape is that of ``review.queries.charts``.

    ``form`` is svg or png, ``theme`` of THEMES, ``name`` of CHARTS.
    """
    with _DRAWING:
        look = THEMES[theme]
        size = (9.6, 1.95) if name == "activity" else (8, 4)
        figure = Figure(figsize=size, dpi=120, layout="constrained", facecolor=look.paper)
        canvas = FigureCanvasSVG(figure) if form == "svg" else FigureCanvasAgg(figure)
        axes = figure.subplots()
        _prepare(axes, look)
        CHARTS[name](axes, data, look)
        file = io.BytesIO()
        canvas.print_figure(file, format=form, facecolor=look.paper)
    return file.getvalue()


def _prepare(axes: Axes, look: Theme) -> None:
    axes.set_facecolor(look.paper)
    axes.spines[["top", "right"]].set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(look.faint)
    axes.tick_params(colors=look.ink, labelsize=9, length=0)
    axes.grid(axis="y", color=look.faint, linewidth=0.6, alpha=0.7)
    axes.set_axisbelow(True)


def _title(axes: Axes, look: Theme, title: str, note: str = "") -> None:
    axes.set_title(title, loc="left", color=look.ink, fontsize=12, fontweight="bold", pad=10)
    if note:
        axes.set_title(note, loc="right", color=look.ink, fontsize=9, alpha=0.75, pad=10)


def _nothing(axes: Axes, look: Theme, text: str) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    place = axes.transAxes
    axes.text(0.5, 0.5, text, transform=place, ha="center", va="center", color=look.ink, alpha=0.7)


def _bars(axes: Axes, data: Data, look: Theme, *, title: str, label: str, none: str) -> None:
    counts = [each["count"] for each in data["bins"]]
    total = sum(counts)
    _title(axes, look, title, f"{total:,} cards, {data['note']}" if total else "")
    if not total:
        _nothing(axes, look, none)
        return
    bars = axes.bar(range(len(counts)), counts, width=0.86, color=look.bar)
    if len(counts) <= 12:
        shown = [f"{count:,}" if count else "" for count in counts]
        axes.bar_label(bars, shown, color=look.ink, fontsize=8, padding=2)
    step = 1 if len(counts) <= 12 else 2
    labels = [each["label"] for each in data["bins"]]
    axes.set_xticks(range(0, len(counts), step), labels[::step])
    axes.set_xlabel(label, color=look.ink, fontsize=9)
    _counted(axes)


def _counted(axes: Axes) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda count, _: f"{count:,.0f}"))


def _difficulty(axes: Axes, data: Data, look: Theme) -> None:
    label = "difficulty, from 1 (easy) to 10 (hard)"
    none = "No card has been reviewed yet."
    _bars(axes, data, look, title="How hard your cards are", label=label, none=none)


def _stability(axes: Axes, data: Data, look: Theme) -> None:
    label = "days until recall falls to 90 %"
    none = "No card has been reviewed yet."
    _bars(axes, data, look, title="How long your memory lasts", label=label, none=none)


def _retrievability(axes: Axes, data: Data, look: Theme) -> None:
    label = "chance to recall a card today"
    none = "No card has been reviewed yet."
    _bars(axes, data, look, title="What you would recall today", label=label, none=none)


def _hardest(axes: Axes, data: Data, look: Theme) -> None:
    cards = data["cards"][:12]
    _title(axes, look, "Your hardest cards", "difficulty, 1 to 10" if cards else "")
    if not cards:
        _nothing(axes, look, "No card has been reviewed yet.")
        return
    places = range(len(cards))
    axes.barh(places, [card["difficulty"] for card in cards], color=look.bar, height=0.72)
    fonts = _fonts()
    axes.set_yticks(places, [_drawable(card["front"], fonts) for card in cards], family=fonts)
    for text in axes.get_yticklabels():
        text.set_parse_math(False)  # a dollar is a dollar
    for place, card in enumerate(cards):
        lapses = f"{card['lapses']} lapse{'s' * (card['lapses'] > 1)}" if card["lapses"] else ""
        axes.text(card["difficulty"] + 0.1, place, lapses, va="center", color=look.ink, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlim(0, 11.4)
    axes.set_xticks(range(0, 11, 2))
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x", color=look.faint, linewidth=0.6, alpha=0.7)


def _retention_curve(axes: Axes, data: Data, look: Theme) -> None:
    classes = [each for each in data["classes"] if each["review_count"]]
    note = "dashed: wanted; bars: 95 % interval" if classes else ""
    _title(axes, look, "What you recalled, by interval", note)
    if not classes:
        _nothing(axes, look, "No card has come back after days yet.")
        return
    shares = [100 * each["success_rate"] for each in classes]
    bounds = [_wilson(each["success_rate"], each["review_count"]) for each in classes]
    errors = [
        [max(share - 100 * low, 0) for share, (low, _) in zip(shares, bounds, strict=True)],
        [max(100 * high - share, 0) for share, (_, high) in zip(shares, bounds, strict=True)],
    ]
    wanted = 100 * data["desired_retention"]
    axes.axhline(wanted, color=look.second, linewidth=1.2, linestyle="--")
    axes.errorbar(
        range(len(classes)), shares, yerr=errors, color=look.bar, ecolor=look.bar, marker="o",
        linewidth=1.6, elinewidth=1, capsize=3,
    )  # fmt: skip
    labels = [f"{each['label']}\n{each['review_count']:,}" for each in classes]
    axes.set_xticks(range(len(classes)), labels)
    axes.set_xlim(-0.5, len(classes) - 0.5)
    lowest = min([wanted, *(100 * low for low, _ in bounds)])
    axes.set_ylim(max(0, math.floor(lowest / 10) * 10), 101)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10], integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:.0f} %"))
    axes.set_xlabel("interval in days, and reviews", color=look.ink, fontsize=9)


def _forecast(axes: Axes, data: Data, look: Theme) -> None:
    days = data["days"]
    total = sum(each["expected"] for each in days)
    mean = f"{total / len(days):,.1f}" if total < 10 * len(days) else f"{total / len(days):,.0f}"
    title = f"Reviews in the next {len(days)} days"
    _title(axes, look, title, f"{mean} a day on average" if total >= 1 else "")
    if total < 1:
        _nothing(axes, look, "Nothing comes due.")
        return
    wide = 1 if len(days) <= 31 else 7
    weeks = [days[start : start + wide] for start in range(0, len(days), wide)]
    expected, low, high = (
        [sum(day[name] for day in week) / len(week) for week in weeks]
        for name in ("expected", "low", "high")
    )
    bars = axes.bar(range(len(weeks)), expected, color=look.bar, width=0.86)
    axes.vlines(range(len(weeks)), low, high, color=look.second, linewidth=1.2)
    _cut_first(axes, bars[0], expected, high, look)
    begin = date.fromisoformat(str(days[0]["day"]))
    ticks = range(0, len(weeks), max(1, math.ceil(len(weeks) / 7)))
    shown = [f"{begin + timedelta(days=tick * wide):%-d %b}" for tick in ticks]
    axes.set_xticks(ticks, shown)
    axes.set_xlim(-0.7, len(weeks) - 0.3)
    axes.set_ylabel("a day" if wide == 1 else "a day, by week", color=look.ink, fontsize=9)
    _counted(axes)


def _cut_first(
    axes: Axes, first: Any, expected: Sequence[float], high: Sequence[float], look: Theme
) -> None:
    """Let what has piled up by today not flatten all that comes: say it in figures."""
    rest = max(high[1:], default=0.0)
    if expected[0] <= 2 * rest:
        axes.set_ylim(0, 1.08 * max([*high, *expected]))
        return
    top = 1.35 * max(rest, 1.0)
    axes.set_ylim(0, top)
    middle = first.get_x() + first.get_width()
    axes.text(
        middle + 0.25, top * 0.97, f"{expected[0]:,.0f} at first", color=look.ink, fontsize=9,
        ha="left", va="top",
    )  # fmt: skip


def _activity(axes: Axes, data: Data, look: Theme) -> None:
    days = data["days"]
    counts = [each["review_count"] for each in days]
    total, active = sum(counts), sum(count > 0 for count in counts)
    plural = "day" if active == 1 else "days"
    _title(axes, look, "Your year", f"{total:,} reviews on {active} {plural}")
    begin = date.fromisoformat(str(days[0]["day"]))
    weeks = (len(days) + begin.weekday() + 6) // 7
    cells = [[math.nan] * weeks for _ in range(7)]
    for offset, count in enumerate(counts):
        place = offset + begin.weekday()
        cells[place % 7][place // 7] = math.sqrt(count)
    colours = LinearSegmentedColormap.from_list("year", [look.empty, look.full])
    most = math.sqrt(max(counts, default=0)) or 1.0
    axes.pcolormesh(cells, cmap=colours, vmin=0, vmax=most, edgecolors=look.paper, linewidth=1.6)
    axes.invert_yaxis()
    axes.set_aspect("equal")
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_yticks([0.5, 2.5, 4.5, 6.5], ["Mon", "Wed", "Fri", "Sun"])
    firsts = [
        (offset, begin + timedelta(days=offset))
        for offset in range(len(days))
        if (begin + timedelta(days=offset)).day == 1
    ]
    axes.set_xticks(
        [(offset + begin.weekday()) // 7 + 0.5 for offset, _ in firsts],
        [f"{day:%b}" for _, day in firsts],
    )


CHARTS: Mapping[str, Callable[[Axes, Data, Theme], None]] = {
    "difficulty": _difficulty,
    "stability": _stability,
    "retrievability": _retrievability,
    "hardest": _hardest,
    "retention-curve": _retention_curve,
    "forecast": _forecast,
    "activity": _activity,
}


def _wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of so many."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    half /= 1 + z * z / count
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _fonts() -> list[str]:
    """Return the fonts to write with that are there."""
    there = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in _FONTS if name in there]


def _drawable(text: str, fonts: Sequence[str]) -> str:
    """Return the text on one line, cut, with a box for what no font can write."""
    line = " ".join(text.split())
    line = line if len(line) <= _TEXT_MAX else f"{line[: _TEXT_MAX - 1]}…"
    found = [font_manager.get_font(font_manager.findfont(name)) for name in fonts]
    return "".join(
        letter if any(font.get_char_index(ord(letter)) for font in found) else "□"
        for letter in line
    )
