"""Rows of a table -> cards: each good row is stored, each bad one told with its line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from accounts.queries.learners import Learner
from config.errors import Invalid
from review.access import CategoryNotFound, categories_of, category_of, contents_of
from review.anki.rendering import clean
from review.commands.categories import categories_at
from review.commands.contents import BATCH_MAX, NewContent, add_contents
from review.tables import FIELDS, Row, Table

LENGTHS = {"front": 5000, "back": 20_000, "gloss": 500, "example": 5000}
TAG_MAX, TAGS_MAX = 60, 50
PROBLEMS_SHOWN = 1000


@dataclass(slots=True)
class TableReport:
    """What became of a table's rows; ``problems`` name line, field and reason."""

    new: int = 0
    unchanged: int = 0
    refused: int = 0
    problems: list[dict[str, object]] = field(default_factory=list)

    def refuse(self, row: Row, name: str, reason: str) -> None:
        """Count a row that cannot be stored, and say why."""
        self.refused += 1
        if len(self.problems) < PROBLEMS_SHOWN:
            self.problems.append({"line": row.line, "field": name, "reason": reason})


def import_table(
    *,
    learner: Learner,
    table: Table,
    mapping: Mapping[str, int],
    category_id: UUID,
    now: datetime,
    is_dry_run: bool = False,
) -> TableReport:
    """Store the rows as cards, 1,000 a transaction; a card that is there already is not doubled.

    Raises CategoryNotFound, or Invalid for a mapping without a front.
    """
    if "front" not in mapping:
        raise Invalid("Say which column is the front.", field="mapping")
    category_of(learner, category_id)
    report = TableReport()
    read = list(_read(table, mapping, report))
    places = _places(learner, [row["category"] for _, row in read], is_dry_run=is_dry_run)
    ids = {row.public_id for row in categories_of(learner)} if not is_dry_run else set()
    fresh = _fresh(learner, read, report)
    while chunk := list(islice(fresh, BATCH_MAX)):
        report.new += len(chunk)
        if not is_dry_run:
            new = [_content(table, row, places, category_id, ids) for row in chunk]
            add_contents(learner=learner, new=new, now=now)
    return report


def _read(
    table: Table, mapping: Mapping[str, int], report: TableReport
) -> Iterator[tuple[Row, dict[str, str]]]:
    for row in table.rows:
        cells = {name: _cell(row.cells, mapping.get(name)) for name in FIELDS}
        for name, value in table.defaults.items():
            cells[name] = (
                f"{cells[name]} {value}".strip() if name == "tags" else cells[name] or value
            )
        if table.is_html:
            cells |= {name: clean(cells[name]) for name in LENGTHS}
        name, reason = _fault(cells)
        if reason:
            report.refuse(row, name, reason)
        else:
            yield row, cells


def _cell(cells: Sequence[str], index: int | None) -> str:
    return cells[index].strip() if index is not None and 0 <= index < len(cells) else ""


def _fault(cells: Mapping[str, str]) -> tuple[str, str]:
    """Return which field is at fault and why; nothing where none is."""
    if not cells["front"]:
        return "front", "It is empty."
    for name, most in LENGTHS.items():
        if len(cells[name]) > most:
            return name, f"It is longer than {most:,} characters."
    tags = cells["tags"].split()
    if len(tags) > TAGS_MAX or any(len(tag) > TAG_MAX for tag in tags):
        return "tags", f"There are {TAGS_MAX} tags of {TAG_MAX} characters at most."
    return "", ""


def _places(learner: Learner, names: Sequence[str], *, is_dry_run: bool) -> dict[str, UUID]:
    """Return the categories that the rows name by their path: A::B is B below A."""
    wanted = {name for name in names if name and not _as_id(name)}
    if is_dry_run or not wanted:
        return {}
    made = categories_at(learner=learner, paths=[_path(name) for name in sorted(wanted)])
    return {name: made[_path(name)].public_id for name in wanted}


def _path(name: str) -> tuple[str, ...]:
    return tuple(part.strip() or "blank" for part in name.split("::"))


def _as_id(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None


def _fresh(
    learner: Learner, read: Sequence[tuple[Row, dict[str, str]]], report: TableReport
) -> Iterator[dict[str, str]]:
    """Yield the rows that are not there yet, each once."""
    known: set[tuple[str, str]] = set()
    for start in range(0, len(read), BATCH_MAX):
        fronts = [cells["front"] for _, cells in read[start : start + BATCH_MAX]]
        rows = contents_of(learner).filter(front__in=fronts, archived_at=None)
        known |= set(rows.values_list("front", "back"))
    for _, cells in read:
        key = (cells["front"], cells["back"])
        if key in known:
            report.unchanged += 1
        else:
            known.add(key)
            yield cells


def _content(
    table: Table,
    cells: Mapping[str, str],
    places: Mapping[str, UUID],
    category_id: UUID,
    ids: set[UUID],
) -> NewContent:
    named = _as_id(cells["category"])
    if named and named not in ids:
        raise CategoryNotFound("You have no category with this id.", field="category")
    return NewContent(
        category_id=named or places.get(cells["category"], category_id),
        front=cells["front"],
        back=cells["back"],
        gloss=cells["gloss"],
        example=cells["example"],
        tags=cells["tags"].split(),
        source={"format": "html"} if table.is_html else {},
    )
