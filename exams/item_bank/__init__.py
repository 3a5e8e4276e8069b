"""The questions of the level test as they were written: one file a level and kind."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exams.level_test import CENTRES, LEVELS, OPTIONS, Kind

FOLDER = Path(__file__).parent
LETTERS = "abcd"


@dataclass(frozen=True, slots=True)
class WrittenItem:
    """One question; ``key`` is the index of the right option, ``target`` what it is about."""

    code: str
    level: str
    kind: Kind
    target: str
    passage: str
    stem: str
    options: tuple[str, ...]
    key: int

    @property
    def expected_difficulty(self) -> float:
        """Return the difficulty as far as its level tells."""
        return expected_difficulty(self.level)


def expected_difficulty(level: str) -> float:
    """Return the difficulty of an item of a level while no answers tell more."""
    return CENTRES[LEVELS.index(level)]


def written_items(folder: Path = FOLDER) -> Iterator[WrittenItem]:
    """Yield every item of the files, easiest level first."""
    for level in LEVELS:
        for kind in Kind:
            with (folder / f"{level.lower()}_{kind}.csv").open(
                encoding="utf-8", newline=""
            ) as file:
                for row in csv.DictReader(file):
                    yield _item(level, kind, row)


def _item(level: str, kind: Kind, row: dict[str, str]) -> WrittenItem:
    return WrittenItem(
        code=row["code"],
        level=level,
        kind=kind,
        target=row["target"],
        passage=row.get("passage", ""),
        stem=row["stem"],
        options=tuple(row[letter] for letter in LETTERS[:OPTIONS]),
        key=LETTERS.index(row["key"]),
    )
