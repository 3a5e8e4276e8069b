"""The training data: texts with the range of levels that people, or a mapping, gave them.

A folder holds ``cefr_sp_wikiauto_train.csv`` and ``_dev.csv`` (text, label_low, label_high: two
experts), ``onestop_weak_chunks.csv`` and ``synthetic_a1_a2.csv`` (text, lo, hi: 0 is A1).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.ai.cefr import LEVELS

DEV = "cefr_sp_wikiauto_dev.csv"
TRAIN = ("cefr_sp_wikiauto_train.csv", "onestop_weak_chunks.csv", "synthetic_a1_a2.csv")


@dataclass(frozen=True, slots=True)
class Row:
    """One text; every level from ``low`` to ``high`` (0 is A1) is right, none more than another."""

    text: str
    low: int
    high: int
    source: str

    @property
    def target(self) -> list[float]:
        """The probability of each level that a model shall learn."""
        share = 1 / (self.high - self.low + 1)
        return [share * (self.low <= level <= self.high) for level in range(len(LEVELS))]

    def truth(self, predicted: int) -> int:
        """Return the right level nearest to the predicted one."""
        return min(max(predicted, self.low), self.high)


def training_rows(folder: Path) -> list[Row]:
    """Return all rows to learn from."""
    return [row for name in TRAIN for row in _read(folder / name)]


def dev_rows(folder: Path) -> list[Row]:
    """Return the rows of the dev split, of which nothing is learnt."""
    return list(_read(folder / DEV))


def _read(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if "label_low" in row:
                low, high = LEVELS.index(row["label_low"]), LEVELS.index(row["label_high"])
            else:
                low, high = int(row["lo"]), int(row["hi"])
            yield Row(row["text"], low, high, row["source"])
