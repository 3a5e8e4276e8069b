"""Sixty rows to train on, and some for the dev split, in the form of the real data."""

import csv
from collections.abc import Sequence
from pathlib import Path

from config.ai.cefr import LEVELS

SUBJECTS = ("My mother", "The teacher", "A neighbour", "The committee", "Her brother")
ENDINGS = (
    "has a red dog.",
    "went to the market yesterday.",
    "would rather stay because the weather is getting worse.",
    "has repeatedly criticised the proposal, although few colleagues agreed.",
    "deliberately obscured the ramifications of the amendment for fiscal policy.",
    "epitomised an ineluctable, quintessentially parochial antipathy towards erudition.",
)


def write_data(folder: Path) -> Path:
    """Write the four files into ``folder`` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        (f"{subject} {ending}", level)
        for level, ending in enumerate(ENDINGS)
        for subject in SUBJECTS
    ]
    experts = [(text, LEVELS[level], LEVELS[min(level + 1, 5)]) for text, level in rows]
    names = ("text", "label_low", "label_high")
    _write(folder / "cefr_sp_wikiauto_train.csv", names, experts, "wiki")
    _write(folder / "cefr_sp_wikiauto_dev.csv", names, experts[::3], "wiki")
    weak = [(f"{text} {text}", level - 1, level) for text, level in rows if level in {2, 3, 4}]
    _write(folder / "onestop_weak_chunks.csv", ("text", "lo", "hi"), weak, "onestop")
    easy = [(text.replace("has", "had"), level, level) for text, level in rows if level < 3]
    _write(folder / "synthetic_a1_a2.csv", ("text", "lo", "hi"), easy, "synth")
    return folder


def _write(
    path: Path, names: Sequence[str], rows: Sequence[tuple[str, object, object]], source: str
) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*names, "source"])
        writer.writerows([*row, source] for row in rows)
