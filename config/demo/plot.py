"""A learner's activity and what comes due, in the terminal and as a PNG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.console import Console
from rich.text import Text

BAR_CELLS = 40
RESULTS = {  # on paper, in a terminal of sixteen colours
    "remembered": ("#3b8f5a", "green"),
    "partial": ("#d9a441", "yellow"),
    "forgot": ("#c0504d", "red"),
}
DUE = ("#4a76a8", "blue")


@dataclass(frozen=True, slots=True)
class Day:
    """Answers by result on one of the learner's own days."""

    on: date
    remembered: int
    partial: int
    forgot: int

    @property
    def count(self) -> int:
        """All answers of the day."""
        return self.remembered + self.partial + self.forgot

    def told(self) -> str:
        """Return the counts in words."""
        parts = ", ".join(f"{getattr(self, name)} {name}" for name in RESULTS)
        return f"{self.count}: {parts}"


Due = Sequence[tuple[date, int]]  # cards that come due on a day


def draw(console: Console, days: Sequence[Day], due: Due) -> None:
    """Print both as horizontal bars; days without anything are left out."""
    most = max([day.count for day in days] + [count for _, count in due], default=0)
    console.print("[bold]Answers by day[/] ", _legend())
    for day in days:
        if day.count:
            bar = Text(f"  {day.on:%a %d %b} ")
            for name, (_, colour) in RESULTS.items():
                bar.append("█" * _cells(getattr(day, name), most), colour)
            console.print(bar, day.told(), highlight=False)
    console.print("[bold]Cards coming due[/]")
    for on, count in due:
        bar = Text(f"  {on:%a %d %b} ").append("█" * _cells(count, most), DUE[1])
        console.print(bar, f"{count}", highlight=False)


def save(path: Path, days: Sequence[Day], due: Due) -> None:
    """Write both as one PNG, its folder too where that is missing."""
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    labels = [f"{day.on:%a %d %b}" for day in days]
    below = [0] * len(days)
    for name, (colour, _) in RESULTS.items():
        counts = [getattr(day, name) for day in days]
        left.bar(labels, counts, bottom=below, color=colour, label=name)
        below = [sum(pair) for pair in zip(below, counts, strict=True)]
    left.set_title("Answers by day")
    figure.legend(loc="outside lower left", ncols=len(RESULTS), frameon=False)
    right.bar([f"{on:%a %d %b}" for on, _ in due], [count for _, count in due], color=DUE[0])
    right.set_title("Cards coming due")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(axis="x", rotation=45)
        axes.yaxis.get_major_locator().set_params(integer=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def _cells(count: int, most: int) -> int:
    """Return the length of a bar: at least one cell for anything at all."""
    return max(1, round(BAR_CELLS * count / most)) if count else 0


def _legend() -> Text:
    return Text("  ").join(Text(f"█ {name}", colour) for name, (_, colour) in RESULTS.items())
