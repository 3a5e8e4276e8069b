"""Learners at work over HTTP: each repeats what was not acknowledged until it is."""

import io
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from typing import Any
from uuid import UUID, uuid4

import httpx
from PIL import Image, ImageDraw

from config.demo.client import PREFIX

PAUSE_SECONDS = 0.15
SCAN_PAUSE_SECONDS = 3.0
REPEAT_SECONDS = 0.25
TIMEOUT_SECONDS = 8.0
WORDS = ("reluctant", "emerge", "stubborn", "seedling", "accumulate", "hesitate")


class Worker(ABC, threading.Thread):
    """One learner; ``acknowledged`` are the ids that the product has said yes to."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(daemon=True)
        self._http = httpx.Client(
            base_url=url + PREFIX,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )
        self._ended = threading.Event()
        self.acknowledged: list[UUID] = []
        self.last_began = 0.0  # monotonic: when the newest acknowledged request was first sent
        self.answers: Counter[str] = Counter()

    def stop(self) -> None:
        """End after the request that is on its way has been acknowledged."""
        self._ended.set()

    def run(self) -> None:
        """Work until ``stop``."""
        number = 0
        while not self._ended.is_set():
            number += 1
            self.do(number)
        self._http.close()

    @abstractmethod
    def do(self, number: int) -> None:
        """Do one thing, as often as it takes."""

    def insist(self, path: str, **what: Any) -> httpx.Response:
        """POST until it is acknowledged; whoever repeats says so with the same id."""
        while True:
            began = time.monotonic()
            try:
                answer = self._http.post(path, **what)
            except httpx.TransportError as error:
                self.answers[type(error).__name__] += 1
            else:
                self.answers[str(answer.status_code)] += 1
                if answer.is_success:
                    self.last_began = began
                    return answer
            time.sleep(REPEAT_SECONDS)


class Reviewer(Worker):
    """Answers cards, each answer under an id of its own."""

    def __init__(self, url: str, token: str, cards: list[UUID]) -> None:
        super().__init__(url, token)
        self._cards = cards

    def do(self, number: int) -> None:
        """Answer one card."""
        answer = uuid4()
        card = self._cards[number % len(self._cards)]
        body = {"content": str(card), "rating": 1 + number % 4, "taken_ms": 900, "id": str(answer)}
        self.insist("/reviews/", json=body)
        self.acknowledged.append(answer)
        self._ended.wait(PAUSE_SECONDS)


class Uploader(Worker):
    """Sends pages, each unlike the others."""

    def do(self, number: int) -> None:
        """Send one page."""
        file = ("page.png", page(f"{WORDS[number % len(WORDS)]} {number}"), "image/png")
        headers = {"Idempotency-Key": str(uuid4())}
        answer = self.insist("/scans/", files={"file": file}, headers=headers)
        self.acknowledged.append(UUID(answer.json()["id"]))
        self._ended.wait(SCAN_PAUSE_SECONDS)


def page(text: str) -> bytes:
    """Return a small picture of a line of text."""
    image = Image.new("RGB", (360, 80), "white")
    ImageDraw.Draw(image).text((12, 20), text, fill="black", font_size=32)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
