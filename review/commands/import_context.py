"""What all notes of one import share: whose it is, where decks go, whose day a moment is in."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import numpy as np

from accounts.queries.learners import Learner
from review.access import categories_of, contents_of
from review.anki.collection import Collection
from review.anki.log import Columns
from review.anki.memory import Calendar, moment
from review.commands.import_facts import FactRows, day_number
from review.days import local_moment
from review.leeches import LeechRule
from review.models import Category
from review.parameters import DEFAULT_ID, leech_rule, parameters
from review.scheduling import Parameters

PROBLEMS_SHOWN = 100
_NAMESPACE = UUID("b8f1a54e-6a5e-5d0c-9a43-1a8f6f0f2c11")
_DAY_MS, _HOUR_MS = 86_400_000, 3_600_000
_MILLISECOND = timedelta(milliseconds=1)
_FIRST_DAY = -day_number(date(1970, 1, 1))
_CHANGES = 2 * _DAY_MS  # no offset is as large
_QUARTER_MS = 900_000  # offsets of time zones are multiples of a quarter of an hour


class Place(NamedTuple):
    """Where the cards of a deck go, and the parameters that schedule them there."""

    category_id: int
    parameters_id: int


@dataclass(slots=True)
class Report:
    """What was new, updated, unchanged or refused, and the first reasons why."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, what: str, name: object, reason: str) -> None:
        """Count something that is left out or not as it was, and say why."""
        self.counts[f"problems.{reason}"] += 1
        if len(self.problems) < PROBLEMS_SHOWN:
            self.problems.append({"what": what, "name": str(name)[:100], "reason": reason})

    def add(self, other: "Report") -> None:
        """Count what another report has counted, too."""
        self.counts.update(other.counts)
        self.problems += other.problems[: PROBLEMS_SHOWN - len(self.problems)]

    def as_json(self) -> dict[str, Any]:
        """Return the counts in groups, and the problems."""
        groups: dict[str, Any] = {}
        for name, count in sorted(self.counts.items()):
            group, _, kind = name.partition(".")
            groups.setdefault(group, {})[kind] = count
        reasons = groups.pop("problems", {})
        return {**groups, "problem_counts": reasons, "problems": self.problems}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Report":
        """Return the report that was kept."""
        groups = {**kept, "problems": kept.get("problem_counts", {})}
        groups.pop("problem_counts", None)
        counts = {
            f"{group}.{kind}": count
            for group, kinds in groups.items()
            for kind, count in kinds.items()
        }
        return cls(Counter(counts), list(kept.get("problems", [])))


class LocalDays:
    """Days and hours of one learner's many moments, as ``local_moment`` tells them one by one."""

    def __init__(self, time_zone: str, rollover_hour: int) -> None:
        self._clock = time_zone, rollover_hour
        self._zone = ZoneInfo(time_zone)
        self._offsets: dict[int, int] = {}
        self._found: dict[int, tuple[int, int]] = {}

    def __call__(self, at_ms: Columns) -> tuple[Columns, Columns]:
        """Return the learner's own days, as the database counts them, and hours of moments."""
        numbers, places = np.unique(at_ms // _DAY_MS, return_inverse=True)
        offsets = np.array([self._offset(number) for number in numbers.tolist()])[places]
        local = at_ms + offsets
        days = (local - self._clock[1] * _HOUR_MS) // _DAY_MS - _FIRST_DAY
        hours = local // _HOUR_MS % 24
        changing = np.flatnonzero(offsets == _CHANGES)
        if len(changing):
            days[changing], hours[changing] = self._one_by_one(at_ms[changing])
        return days, hours

    def _offset(self, number: int) -> int:
        """Return the zone's offset on a day of UTC, or that its clocks change about then."""
        if number not in self._offsets:
            about = [moment((number + each) * _DAY_MS) for each in range(-1, 3)]
            found = {each.astimezone(self._zone).utcoffset() for each in about}
            offset = found.pop() or timedelta()
            self._offsets[number] = _CHANGES if found else offset // _MILLISECOND
        return self._offsets[number]

    def _one_by_one(self, at_ms: Columns) -> tuple[Columns, Columns]:
        quarters, places = np.unique(at_ms // _QUARTER_MS, return_inverse=True)
        found = np.array([self._day(quarter) for quarter in quarters.tolist()])
        return found[places, 0], found[places, 1]

    def _day(self, quarter: int) -> tuple[int, int]:
        if quarter not in self._found:
            day, hour = local_moment(moment(quarter * _QUARTER_MS), *self._clock)
            self._found[quarter] = day_number(day), hour
        return self._found[quarter]


@dataclass
class Context:
    """One import, as one unit of it sees it."""

    learner: Learner
    import_id: int
    public_id: UUID
    is_dry_run: bool
    began_at: datetime
    collection: Collection
    now: datetime
    places: dict[int, Place] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)
    report: Report = field(default_factory=Report)
    keys: list[int] = field(default_factory=list)  # of contents to be, for this import alone

    @cached_property
    def calendar(self) -> Calendar:
        """The collection's days as the learner's."""
        learner, collection = self.learner, self.collection
        return Calendar(
            collection.created_at,
            collection.minutes_west,
            learner.time_zone,
            learner.rollover_hour,
        )

    @cached_property
    def category_paths(self) -> dict[int, list[str]]:
        """The names that lead to each of the learner's categories."""
        rows = {row.pk: row for row in categories_of(self.learner)}

        def path(row: Category) -> list[str]:
            return [*(path(rows[row.parent_id]) if row.parent_id else []), row.name]

        return {key: path(row) for key, row in rows.items()}

    @cached_property
    def had_contents(self) -> bool:
        """Whether the learner had any when this unit began."""
        return contents_of(self.learner).exists()

    @cached_property
    def rules(self) -> dict[int, tuple[Parameters, LeechRule]]:
        """What schedules cards, by the parameters' key."""
        keys = {DEFAULT_ID, *(place.parameters_id for place in self.places.values())}
        return {key: (parameters(key), leech_rule(key)) for key in keys}

    @cached_property
    def fact_rows(self) -> FactRows:
        """Makes the rows of the learner's facts."""
        clock = self.learner.time_zone, self.learner.rollover_hour
        return FactRows(self.learner.id, self.now, LocalDays(*clock))

    def ask(self) -> "Context":
        """Read now what is in the database: the thread that makes batches does not ask there."""
        _ = self.category_paths, self.rules, self.had_contents
        return self

    def note_id(self, guid: str) -> UUID:
        """Return the id under which the learner has a note from elsewhere."""
        return uuid5(_NAMESPACE, f"{self.learner.public_id}:{guid}")
