"""What the product should do, said once more in plain Python: lists, sums and no database.

Nothing is kept that can be computed: a card's state is its effective facts graded in turn, every
figure a sum over them, and a moved card takes its sums along because nobody wrote down where they
were. A day is found by walking the clock, not by arithmetic with it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from review.ratings import Rating
from review.scheduling import MemoryState, Parameters, grade

DAY = timedelta(days=1)
SKEW = timedelta(minutes=5)
LEECH_THRESHOLD = 2  # and a leech is put aside
PARAMETERS = Parameters()
STAGES = ("new", "learning", "review", "relearning")
Figures = dict[str, Any]


@lru_cache(maxsize=4096)
def day_starts_at(day: date, zone: str, rollover: int) -> datetime:
    """The first quarter of an hour at which the clock on the wall shows that day's rollover."""
    at = datetime.combine(day, time(rollover), tzinfo=UTC) - timedelta(hours=15)
    wanted = datetime.combine(day, time(rollover))
    while at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wanted:
        at += timedelta(minutes=15)
    return at


def day_of(at: datetime, zone: str, rollover: int) -> date:
    """The last day that has begun."""
    near = at.astimezone(ZoneInfo(zone)).date()
    days = (near + offset * DAY for offset in (1, 0, -1))
    return next(day for day in days if day_starts_at(day, zone, rollover) <= at)


@lru_cache(maxsize=4096)
def _graded(
    seed: str, added_at: datetime, given: tuple[tuple[Rating | None, datetime], ...]
) -> MemoryState:
    """Return the state after these answers and resets, in this order."""
    state = MemoryState(due_at=added_at)
    for rating, at in given:
        if rating is None:
            state = MemoryState(due_at=at)
        else:
            state = grade(state, rating, at, PARAMETERS, seed=seed)
    return state


@dataclass(slots=True)
class Folder:
    """A category."""

    name: str
    parent: UUID | None


@dataclass(slots=True)
class Card:
    """A content, and what was done to it besides answering; a draft was never added."""

    id: UUID
    folder: UUID
    note: UUID
    added_at: datetime | None
    archived_at: datetime | None = None
    suspended_at: datetime | None = None
    buried_until: datetime | None = None
    leech_at: datetime | None = None


@dataclass(slots=True)
class Fact:
    """A review, or a reset (no rating)."""

    id: UUID
    card: UUID
    rating: Rating | None
    at: datetime
    day: date
    taken_ms: int = 0
    undone_by: UUID | None = None


@dataclass(slots=True)
class Model:
    """One learner."""

    zone: str
    rollover: int
    folders: dict[UUID, Folder] = field(default_factory=dict)
    cards: dict[UUID, Card] = field(default_factory=dict)  # in the order of their making
    facts: dict[UUID, Fact] = field(default_factory=dict)

    # What is read

    def facts_of(self, card: Card) -> list[Fact]:
        """The card's facts that count, in the order in which they were given."""
        found = [f for f in self.facts.values() if f.card == card.id and not f.undone_by]
        return sorted(found, key=lambda fact: (fact.at, fact.id))

    def state(self, card: Card) -> MemoryState:
        """The card's memory now."""
        assert card.added_at
        given = tuple((fact.rating, fact.at) for fact in self.facts_of(card))
        return _graded(str(card.id), card.added_at, given)

    def today(self, now: datetime) -> date:
        """The learner's own day."""
        return day_of(now, self.zone, self.rollover)

    def starts_at(self, day: date) -> datetime:
        """When the learner's own day begins."""
        return day_starts_at(day, self.zone, self.rollover)

    def due(self, by: datetime, folder: UUID | None = None) -> list[tuple[Card, MemoryState]]:
        """The cards due by then, the longest due first; of a folder and all below it, if given."""
        places = self.below(folder) if folder else self.folders.keys()
        found = [(card, self.state(card)) for card in self.scheduled() if card.folder in places]
        awake = [
            (card, state)
            for card, state in found
            if not card.suspended_at
            and not (card.buried_until and card.buried_until > by)
            and state.due_at <= by
        ]
        return sorted(awake, key=lambda pair: pair[1].due_at)  # stable: ties in order of making

    def scheduled(self) -> list[Card]:
        """The cards that are neither drafts nor archived."""
        return [card for card in self.cards.values() if card.added_at and not card.archived_at]

    def below(self, folder: UUID) -> set[UUID]:
        """A folder and all below it."""
        found = {folder}
        for _ in self.folders:
            found |= {key for key, row in self.folders.items() if row.parent in found}
        return found

    def sums(self, is_wanted: Callable[[Fact], bool] = lambda _: True) -> Figures:
        """What the wanted reviews add up to, as it is shown."""
        found = [f for f in self.facts.values() if f.rating and not f.undone_by and is_wanted(f)]
        by = Counter(fact.rating for fact in found)
        passes = len(found) - by[Rating.AGAIN]
        return {
            "review_count": len(found),
            "forgot": by[Rating.AGAIN],
            "partial": by[Rating.HARD],
            "remembered": by[Rating.GOOD] + by[Rating.EASY],
            "success_rate": passes / len(found) if found else None,
            "taken_ms": sum(fact.taken_ms for fact in found),
        }

    def streak(self, today: date) -> int:
        """How many days in a row up to today, or to yesterday while nothing is done today."""
        days = {f.day for f in self.facts.values() if f.rating and not f.undone_by}
        day, count = today if today in days else today - DAY, 0
        while day in days:
            day, count = day - DAY, count + 1
        return count

    def dashboard(self, now: datetime) -> Figures:
        """The dashboard."""
        today = self.today(now)
        cards = self.scheduled()
        stages = Counter(STAGES[self.state(card).stage] for card in cards)
        starts_at, end = self.starts_at(today), self.starts_at(today + DAY) - timedelta.resolution
        return {
            "today": today,
            "due_now": len(self.due(now)),
            "due_today": len(self.due(end)),
            "overdue": sum(state.due_at < starts_at for _, state in self.due(now)),
            "cards": {name: stages[name] for name in STAGES}
            | {"suspended": sum(card.suspended_at is not None for card in cards)},
            "reviewed_today": self.sums(lambda fact: fact.day == today),
            "last_30_days": self.sums(lambda fact: today - 29 * DAY <= fact.day <= today),
            "streak_days": self.streak(today),
        }

    def activity(self, now: datetime, days: int) -> list[Figures]:
        """The last days, oldest first."""
        today = self.today(now)
        by_day: defaultdict[date, Figures] = defaultdict(lambda: self.sums(lambda _: False))
        for day in {fact.day for fact in self.facts.values()}:
            by_day[day] = self.sums(lambda fact, day=day: fact.day == day)  # type: ignore[misc]
        nothing = by_day[date.min]
        calendar = (today - offset * DAY for offset in reversed(range(days)))
        return [{"day": day, **by_day.get(day, nothing)} for day in calendar]

    def categories(self, now: datetime) -> list[Figures]:
        """Every folder by name, with what its own cards have added up to."""
        today, due = self.today(now), Counter(card.folder for card, _ in self.due(now))
        rows = []
        for key, folder in sorted(self.folders.items(), key=lambda pair: pair[1].name):
            own = {card.id for card in self.cards.values() if card.folder == key}
            rows.append({
                "id": key,
                "name": folder.name,
                "parent": folder.parent,
                "card_count": sum(card.folder == key for card in self.scheduled()),
                "due_count": due[key],
                "last_30_days": self.sums(
                    lambda f, own=own: f.card in own and today - 29 * DAY <= f.day <= today  # type: ignore[misc]
                ),
                "all_time": self.sums(lambda f, own=own: f.card in own),  # type: ignore[misc]
            })  # fmt: skip
        return rows

    # What is done: each returns what the product should say

    def add(self, card: Card) -> None:
        """A new content."""
        self.cards[card.id] = card

    def fault(self, card: Card, at: datetime | None, now: datetime) -> str:
        """Why an answer is not taken; empty when it is."""
        given_at = at or now
        if card.archived_at and given_at >= card.archived_at:
            return "content_archived"
        if card.suspended_at and given_at >= card.suspended_at:
            return "card_suspended"
        if given_at > now + SKEW:
            return "reviewed_in_future"
        assert card.added_at
        return "reviewed_before_added" if given_at < card.added_at else ""

    def known(self, fact: Fact, at: datetime | None) -> str:
        """What is said to an id that was sent before; empty when it was not."""
        if any(fact.id == old.undone_by for old in self.facts.values()):
            return "public_id_taken"
        if (old := self.facts.get(fact.id)) is None:
            return ""
        same = (old.card, old.rating, old.taken_ms) == (fact.card, fact.rating, fact.taken_ms)
        return "known" if same and at in (None, old.at) else "public_id_taken"

    def batch(
        self, sent: Iterable[tuple[Fact, datetime | None]], now: datetime, *, zone: str = ""
    ) -> list[str]:
        """Answers, with the time their device gave them; none means just now."""
        said, fresh = [], {}
        for fact, at in sent:
            card = self.cards[fact.card]
            if card.added_at is None:
                said.append("draft_not_reviewable")
            elif known := self.known(fact, at):
                said.append(known)
            elif fact.id in fresh:
                said.append("public_id_taken")
            elif fault := self.fault(card, at, now):
                said.append(fault)
            else:
                fact.day = day_of(fact.at, zone or self.zone, self.rollover)
                fresh[fact.id] = fact
                said.append("new")
        self.facts |= fresh
        for key in {fact.card for fact in fresh.values()}:
            self._look_for_leech(self.cards[key], now)
        return said

    def reset(self, card: Card, fact_id: UUID, now: datetime) -> None:
        """A card is new again."""
        self.facts[fact_id] = Fact(fact_id, card.id, None, now, self.today(now))
        self._look_for_leech(card, now)

    def undo(self, fact: Fact, undo_id: UUID, now: datetime) -> None:
        """As if the fact had not been; twice is once."""
        if not fact.undone_by:
            fact.undone_by = undo_id
            self._look_for_leech(self.cards[fact.card], now)

    def put_aside(self, card: Card, action: str, now: datetime, *, siblings: bool) -> int:
        """Suspend, wake or bury a card, perhaps with those of the same note; how many it was."""
        count = 0
        for row in self.cards.values():
            is_chosen = row is card or (siblings and row.note == card.note)
            if not (row.added_at and is_chosen):
                continue
            if action == "suspend" and not row.suspended_at:
                count, row.suspended_at = count + 1, now
            elif action == "wake" and (row.suspended_at or row.buried_until):
                count, row.suspended_at, row.buried_until = count + 1, None, None
            elif action == "bury":
                count, row.buried_until = count + 1, self.starts_at(self.today(now) + DAY)
        return count

    def keep(self, card: Card, action: str, now: datetime) -> str:
        """Finish a draft, archive a card or bring it back."""
        if action == "finish" and card.archived_at:
            return "content_archived"
        if action == "finish":
            card.added_at = card.added_at or now
        elif action == "archive":
            card.archived_at = card.archived_at or now
        else:
            card.archived_at = None
        return ""

    def delete_folder(self, key: UUID, into: UUID | None) -> str:
        """All a folder holds goes into another."""
        inside = [card for card in self.cards.values() if card.folder == key]
        children = [row for row in self.folders.values() if row.parent == key]
        if into is None and (inside or children):
            return "category_not_empty"
        if into is not None and into in self.below(key):
            return "category_too_deep"
        for card in inside:
            assert into
            card.folder = into
        for row in children:
            row.parent = into
        del self.folders[key]
        return ""

    def hang(self, key: UUID, parent: UUID | None) -> str:
        """A folder goes below another, or to the top."""
        if parent in self.below(key):
            return "category_too_deep"
        self.folders[key].parent = parent
        return ""

    def _look_for_leech(self, card: Card, now: datetime) -> None:
        is_leech = self.state(card).lapses >= LEECH_THRESHOLD
        if is_leech and not card.leech_at:
            card.leech_at = now
            card.suspended_at = card.suspended_at or now
        elif card.leech_at and not is_leech:
            if card.suspended_at == card.leech_at:
                card.suspended_at = None
            card.leech_at = None
