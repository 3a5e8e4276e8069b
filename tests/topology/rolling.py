"""Learners at work through nginx while every process is restarted, and what came of it."""

import json
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from config.demo.client import PREFIX
from tests.chaos.load import Reviewer, Uploader, Worker
from tests.topology.stage import Stage, Visitor, wait_for

CARDS = 10
QUIET_SECONDS = 3.0  # of work before and after


class Talker(Worker):
    """Says something, and follows the replies on a WebSocket that it opens again when it breaks."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=url + PREFIX, headers=headers, trust_env=False) as http:
            self.conversation = http.post("/conversations/").raise_for_status().json()["id"]
        self._socket_url, self._headers = url.replace("http", "ws") + "/live/v1/", headers
        self.numbers: list[int] = []
        self.connections = self.replies = 0
        self._follower = threading.Thread(target=self._follow, daemon=True)
        self._follower.start()

    def do(self, number: int) -> None:
        """Say one thing."""
        said = uuid4()
        path = f"/conversations/{self.conversation}/messages/"
        self.insist(path, json={"text": f"What is verb {number}?", "id": str(said)})
        self.acknowledged.append(said)
        wait_for(lambda: self.replies >= len(self.acknowledged))  # it answers one at a time
        self._ended.wait(0.5)

    def _follow(self) -> None:
        while not self._ended.is_set():
            with suppress(OSError, WebSocketException, TimeoutError):
                self._listen()
            self._ended.wait(0.1)

    def _listen(self) -> None:
        options: dict[str, Any] = {"proxy": None, "additional_headers": self._headers}
        with connect(self._socket_url, open_timeout=20, **options) as socket:
            self.connections += 1
            after = self.numbers[-1] if self.numbers else 0
            follow = {"type": "follow", "conversation": self.conversation, "after": after}
            socket.send(json.dumps(follow))
            while True:
                told = json.loads(socket.recv(timeout=30))
                if told["type"] in {"message", "chunk", "end"}:
                    self.numbers.append(told["number"])
                    self.replies += told["type"] == "end"


def figures(stage: Stage, visitors: list[Visitor], *, rolls: int = 1) -> dict[str, Any]:
    """Let the visitors work while everything is restarted; return what was lost, doubled, failed.

    The last two visitors send pages and talk, the others answer cards.
    """
    *reviewing, uploading, talking = visitors
    talker = Talker(stage.url, talking.token)
    uploader = Uploader(stage.url, uploading.token)
    reviewers = [
        Reviewer(stage.url, each.token, _cards(stage.url, each.token)) for each in reviewing
    ]
    workers: list[Worker] = [*reviewers, uploader, talker]
    for worker in workers:
        worker.start()
    began = time.monotonic()
    time.sleep(QUIET_SECONDS)
    took = [stage.roll() for _ in range(rolls)]
    time.sleep(QUIET_SECONDS)
    seconds = time.monotonic() - began
    for worker in workers:
        worker.stop()
    for worker in workers:
        worker.join(60)
    answers = sum((worker.answers for worker in workers), Counter[str]())
    sent = sum(answers.values())
    return {
        "seconds": round(seconds, 1),
        "restarted": sum(len(each) for each in took),
        "restart_seconds": round(sum(sum(each.values()) for each in took), 1),
        "requests": sent,
        "requests_failed": sent - sum(answers[code] for code in ("200", "201", "202")),
        "answers_told": dict(answers),
        "reviews": sum(len(each.acknowledged) for each in reviewers),
        "pages": len(uploader.acknowledged),
        "messages": len(talker.acknowledged),
        "socket_connections": talker.connections,
    } | _verdict(stage, reviewers, uploader, talker)


def _verdict(
    stage: Stage, reviewers: list[Reviewer], uploader: Uploader, talker: Talker
) -> dict[str, int]:
    """Return how much of what was acknowledged is missing or there twice, once all has ended."""
    unended = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running')"
    wait_for(lambda: stage.sql(unended) == [(0,)], seconds=300)
    lost = doubled = 0
    for table, ids in (
        ("review_reviewhistory", [each for one in reviewers for each in one.acknowledged]),
        ("ocr_scan", uploader.acknowledged),
        ("chat_message", talker.acknowledged),
    ):
        rows = stage.sql(
            f"SELECT public_id, count(*) FROM {table} WHERE public_id = ANY(%s) GROUP BY 1",  # noqa: S608
            ids,
        )
        lost += len(set(ids) - {row[0] for row in rows})
        doubled += sum(count - 1 for _, count in rows)
    failed = stage.sql("SELECT count(*) FROM jobs_job WHERE state = 'failed'")[0][0]
    numbers = talker.numbers
    return {
        "lost": lost,
        "doubled": doubled,
        "jobs_failed": failed,
        "frames": len(numbers),
        "frames_lost": numbers[-1] - numbers[0] + 1 - len(set(numbers)) if numbers else 0,
        "frames_doubled": len(numbers) - len(set(numbers)),
    }


def _cards(url: str, token: str) -> list[UUID]:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url + PREFIX, headers=headers, trust_env=False, timeout=30) as http:
        category = http.post("/categories/", json={"name": "Words"}).raise_for_status().json()
        found = []
        for number in range(CARDS):
            body = {"category": category["id"], "front": f"word {number}", "back": "its meaning"}
            found.append(UUID(http.post("/contents/", json=body).raise_for_status().json()["id"]))
    return found
