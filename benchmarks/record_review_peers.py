"""The other side of `record_review`: HTTP clients, and the Anki engine on a collection of ours."""

import http.client
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import anki.collection  # first: the other modules import each other
from anki.cards import Card
from anki.scheduler.v3 import CardAnswer, Scheduler

from config.settings import variables

_RATINGS = (CardAnswer.AGAIN, CardAnswer.HARD, CardAnswer.GOOD, CardAnswer.EASY)


class Client:
    """One learner's device, on one connection that stays open."""

    def __init__(self, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", variables.integer("RESEE_PORT"))
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, path: str, bodies: Sequence[bytes]) -> None:
        """Send the bodies one after another; each must be taken."""
        for body in bodies:
            self._connection.request("POST", path, body, self._headers)
            response = self._connection.getresponse()
            text = response.read()
            if response.status not in {200, 201} or b'"problem"' in text:
                raise SystemExit(f"{response.status}: {text[:500]!r}")

    @classmethod
    def all_at_once(
        cls, path: str, tokens: Sequence[str], bodies: Sequence[Sequence[bytes]]
    ) -> float:
        """Return the seconds in which as many clients as there are lists have sent theirs."""
        gate = Barrier(len(bodies) + 1)

        def run(client: int) -> None:
            device = cls(tokens[client])
            gate.wait()
            device.post(path, bodies[client])

        with ThreadPoolExecutor(len(bodies)) as pool:
            done = [pool.submit(run, client) for client in range(len(bodies))]
            gate.wait()
            before = time.perf_counter()
            for each in done:
                each.result()
            return time.perf_counter() - before


class AnkiCollection:
    """New cards in a collection on disk, scheduled by FSRS, without a daily limit."""

    def __init__(self, folder: Path, cards: int, rating: Callable[[], int]) -> None:
        self._rating = rating
        self._collection = collection = anki.collection.Collection(str(folder / "collection.anki2"))
        collection.set_config("fsrs", val=True)
        deck = collection.decks.id("Words")
        assert deck is not None
        limits = collection.decks.config_dict_for_deck_id(deck)
        limits["new"]["perDay"] = limits["rev"]["perDay"] = 9999
        collection.decks.update_config(limits)
        model = collection.models.by_name("Basic")
        assert model is not None
        for number in range(cards):
            note = collection.new_note(model)
            note["Front"], note["Back"] = f"word {number}", "its meaning"
            collection.add_note(note, deck)
        collection.decks.set_current(deck)

    def answer(self, count: int) -> dict[str, float]:
        """Answer the queue's next cards as Anki's own screen does; return what one costs."""
        scheduler = self._collection.sched
        assert isinstance(scheduler, Scheduler)
        cpu, before = time.process_time(), time.perf_counter()
        for _ in range(count):
            (queued,) = scheduler.get_queued_cards(fetch_limit=1).cards
            card = Card(self._collection, backend_card=queued.card)
            card.start_timer()
            answer = scheduler.build_answer(
                card=card, states=queued.states, rating=_RATINGS[self._rating() - 1]
            )
            scheduler.answer_card(answer)
        seconds = time.perf_counter() - before
        return {
            "anki_per_s": count / seconds,
            "anki_cpu_ms": (time.process_time() - cpu) / count * 1000,
        }

    def close(self) -> None:
        """Close the collection."""
        self._collection.close()
