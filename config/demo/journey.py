"""The main job from sign-in to statistics, through HTTP only, with the figures it really had."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from config.demo.client import DemoFailed, Learner
from config.demo.page import Page, textbook_page
from config.demo.plot import Day, Due

READ_SECONDS_MAX = 120
POLL_SECONDS = 0.3
DAYS_SHOWN = 14
CATEGORY = "Textbook"
FIRST_SEED = 7
RATINGS = {1: "again", 2: "hard", 3: "good", 4: "easy"}
WEIGHTS = (12, 18, 55, 15)
TYPED_GLOSSES = {"reluctant": "마지못해 하는", "fragile": "깨지기 쉬운"}


@dataclass(frozen=True, slots=True)
class Told:
    """The photo that was read, the learner's days, and when the cards reviewed now come back."""

    photo: bytes
    days: Sequence[Day]
    due: Due


@dataclass(slots=True)
class Journey:
    """One run as ``learner``, told on ``console``.

    ``seed`` decides the page and the ratings; without one, each run of a learner has another page.
    """

    learner: Learner
    console: Console
    seed: int | None = None
    due_ats: list[str] = field(default_factory=list)  # of the reviewed cards, ISO 8601

    def run(self, email: str, password: str) -> Told:
        """Do the whole job and return what there is to show; DemoFailed tells what went wrong."""
        self._sign_in(email, password)
        category = self._category()
        if self.seed is None:
            self.seed = FIRST_SEED + len(self.learner.get("/scans/")["results"])
        page = textbook_page(seed=self.seed)
        scan = self._scan(page)
        self._show_lines(scan, page)
        self._show_words(scan["words"])
        self._make_cards(scan, category)
        self._review()
        self._show_statistics()
        return self._told(page)

    def _step(self, title: str, detail: str) -> None:
        self.console.print(f"[bold cyan]{title:<11}[/]{detail}", highlight=False)

    def _aside(self, detail: str) -> None:
        line = Text(f"{'':<11}{detail}", "dim")
        self.console.print(line, no_wrap=True, overflow="ellipsis")

    def _sign_in(self, email: str, password: str) -> None:
        self.learner.log_in(email, password)
        self._step("Sign in", f"{email} logged in in {self.learner.last_ms:.0f} ms")

    def _category(self) -> str:
        """Return the id of the demo's category, made when it is not there yet."""
        known = {row["name"]: row["id"] for row in self.learner.get("/categories/")}
        found = known.get(CATEGORY) or self.learner.post("/categories/", {"name": CATEGORY})["id"]
        self._step("Category", f"{CATEGORY} ({'there' if CATEGORY in known else 'new'})")
        return str(found)

    def _scan(self, page: Page) -> Any:
        """Upload the page and return the scan once it has been read."""
        accepted = self.learner.upload("/scans/", "page.jpg", page.image_bytes)
        size = f"{len(page.image_bytes) / 1e6:.1f} MB"
        self._step("Upload", f"a photographed page, {size}: 202 in {self.learner.last_ms:.0f} ms")
        started = time.monotonic()
        columns = (TextColumn("{task.description} {task.percentage:.0f} %"), TimeElapsedColumn())
        hidden = not self.console.is_terminal
        with Progress(*columns, console=self.console, transient=True, disable=hidden) as progress:
            scan = self._read(f"/scans/{accepted['id']}/", progress)
        self._step("Read", f"{time.monotonic() - started:.1f} s from upload to words")
        return scan

    def _read(self, path: str, progress: Progress) -> Any:
        bar = progress.add_task("queued", total=100)
        deadline = time.monotonic() + READ_SECONDS_MAX
        while time.monotonic() < deadline:
            scan = self.learner.get(path)
            stage = scan["stage"] or scan["state"]
            progress.update(bar, completed=scan["percent"], description=stage)
            if scan["state"] == "failed":
                raise DemoFailed(f"The page was not read: {scan['error']['detail']}")
            if scan["state"] == "succeeded":
                return scan
            time.sleep(POLL_SECONDS)
        raise DemoFailed(f"The page was not read within {READ_SECONDS_MAX} s.")

    def _show_lines(self, scan: Any, page: Page) -> None:
        lines = [line for part in scan["pages"] for line in part["lines"]]
        printed = Counter(word.lower() for word in page.words)
        text = " ".join(part["full_text"] for part in scan["pages"]).replace("-\n", "")
        read = Counter(token.strip('.,:\u201c\u201d"').lower() for token in text.split())
        recall = (printed & read).total() / printed.total()
        confidence = sum(line["confidence"] for line in lines) / max(len(lines), 1)
        self._step(
            "Lines",
            f"{len(lines)} lines, confidence {confidence:.3f}; {recall:.1%} of {printed.total()}"
            f" printed words read; model server {scan['pages'][0]['read_ms'] / 1000:.1f} s",
        )

    def _show_words(self, words: Sequence[Any]) -> None:
        levels = Counter(word["level"] or "none" for word in words)
        told = "  ".join(f"{level} {levels[level]}" for level in sorted(levels))
        have = sum(word["in_collection"] for word in words)
        self._step("Words", f"{len(words)} lemmas: {told}; {have} in the collection already")
        table = Table(box=None, padding=(0, 1), expand=True)
        for title in ("word", "level", "Zipf", "have"):
            table.add_column(title, no_wrap=True)
        table.add_column("sentence", no_wrap=True, ratio=1)
        hardest = sorted(words, key=lambda word: (word["level"], -word["frequency"]))[-6:]
        for word in reversed(hardest):
            have_it = "yes" if word["in_collection"] else ""
            frequency = f"{word['frequency']:.1f}"
            table.add_row(word["lemma"], word["level"], frequency, have_it, word["sentence"])
        self.console.print(table)

    def _make_cards(self, scan: Any, category: str) -> None:
        path = f"/scans/{scan['id']}/cards/"
        chosen = [
            {"id": word["id"], "gloss": TYPED_GLOSSES[word["lemma"]]}
            for word in scan["words"]
            if word["lemma"] in TYPED_GLOSSES
        ]
        requests: list[dict[str, Any]] = [{"above_level": "A2", "not_in_collection": True}]
        if chosen:
            requests.insert(0, {"words": chosen})
        for request in requests:
            made = self.learner.post(path, request | {"category": category, "tags": ["demo"]})
            name = "above A2" if "above_level" in request else "chosen"
            counts = ", ".join(f"{len(made[kind])} {kind}" for kind in made)
            self._step("Cards", f"{name}: {counts} in {self.learner.last_ms:.0f} ms")
            for card in made["created"][:1]:
                back = card["back"].splitlines()[0] if card["back"] else ""
                told = " · ".join(filter(None, [card["front"], card["gloss"], back]))
                self._aside(told)
                self._aside(card["example"])

    def _review(self) -> None:
        due = self.learner.get("/reviews/due/", limit=200)
        choose = random.Random(self.seed)  # noqa: S311  a plausible spread, no secret
        given: Counter[str] = Counter()
        times: list[float] = []
        for card in due["cards"]:
            rating = choose.choices(list(RATINGS), WEIGHTS)[0]
            taken_ms = int(choose.lognormvariate(8.3, 0.4))
            body = {"content": card["id"], "rating": rating, "taken_ms": taken_ms}
            answer = self.learner.post("/reviews/", body)
            times.append(self.learner.last_ms)
            given[RATINGS[rating]] += 1
            self.due_ats.append(answer["schedule"]["due_at"])
        told = ", ".join(f"{given[name]} {name}" for name in RATINGS.values() if given[name])
        median = sorted(times)[len(times) // 2] if times else 0
        self._step(
            "Reviews", f"{due['due_count']} due: {told or 'nothing to do'}; median {median:.0f} ms"
        )

    def _show_statistics(self) -> None:
        board = self.learner.get("/statistics/dashboard/")
        today, month = board["reviewed_today"], board["last_30_days"]
        cards = ", ".join(f"{count} {stage}" for stage, count in board["cards"].items() if count)
        self._step(
            "Dashboard",
            f"{board['due_now']} due now, {board['due_today']} by tonight; {cards}; "
            f"{today['review_count']} answers today; {_percent(month)} success in 30 days; "
            f"streak {board['streak_days']} d; in {self.learner.last_ms:.0f} ms",
        )
        for row in self.learner.get("/statistics/categories/"):
            detail = f"{row['card_count']} cards, {row['due_count']} due, "
            detail += (
                f"{row['all_time']['review_count']} answers, {_percent(row['all_time'])} success"
            )
            self._step("Category", f"{row['name']}: {detail}; in {self.learner.last_ms:.0f} ms")

    def _told(self, page: Page) -> Told:
        days = [
            Day(date.fromisoformat(row["day"]), row["remembered"], row["partial"], row["forgot"])
            for row in self.learner.get("/statistics/activity/", days=DAYS_SHOWN)["days"]
        ]
        zone = ZoneInfo(self.learner.get("/me/")["time_zone"])
        due = Counter(datetime.fromisoformat(at).astimezone(zone).date() for at in self.due_ats)
        return Told(page.image_bytes, days, sorted(due.items()))


def _percent(sums: Any) -> str:
    rate = sums["success_rate"]
    return "no" if rate is None else f"{rate:.0%}"
