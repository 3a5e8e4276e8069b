"""The live process in a thread of the tests, and clients that listen to it."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from websockets.sync.client import ClientConnection, connect

from accounts.models import User
from chat import tasks
from chat.live.routes import application
from chat.models import Message
from config.jobs.models import Job
from tests.client import ApiClient, log_in
from tests.ocr_server import free_port

SECONDS = 30.0
Told = dict[str, Any]


class LiveServer:
    """Where it listens."""

    def __init__(self, port: int) -> None:
        self.port = port

    @contextmanager
    def socket(self, token: str = "", **options: Any) -> Iterator[ClientConnection]:
        """Open a WebSocket, and sign in if there is a token."""
        address = f"ws://127.0.0.1:{self.port}/live/v1/"
        options |= {"proxy": None, "open_timeout": SECONDS, "max_queue": None}
        with connect(address, **options) as socket:
            if token:
                send(socket, type="sign_in", token=token)
                assert take(socket, "signed_in")["expires_at"] > time.time()
            yield socket

    @contextmanager
    def events(
        self, token: str, conversation: str, after: int | None = None, **headers: str
    ) -> Iterator[httpx.Response]:
        """Ask for server-sent events."""
        url = f"http://127.0.0.1:{self.port}/live/v1/conversations/{conversation}/events/"
        own = {"Authorization": f"Bearer {token}"} | headers
        asked = {} if after is None else {"after": str(after)}
        with (
            httpx.Client(trust_env=False, timeout=SECONDS) as client,
            client.stream("GET", url, params=asked, headers=own) as response,
        ):
            yield response


@contextmanager
def live_server() -> Iterator[LiveServer]:
    """Serve until the context ends."""
    port = free_port()
    config = uvicorn.Config(
        application(), port=port, ws="websockets-sansio", lifespan="off", log_config=None,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="live")
    thread.start()
    deadline = time.monotonic() + SECONDS
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield LiveServer(port)
    finally:
        server.should_exit = True
        thread.join(SECONDS)


def token_of(user: User) -> str:
    """Return an access token of a new device."""
    return log_in(user)[1].access


def send(socket: ClientConnection, **body: Any) -> None:
    """Send one frame of JSON."""
    socket.send(json.dumps(body, default=str))


def take(socket: ClientConnection, *kinds: str) -> Told:
    """Return the next frame of one of the kinds; heartbeats and places may come between."""
    while True:
        told: Told = json.loads(socket.recv(timeout=SECONDS))
        if told["type"] in kinds:
            return told
        assert told["type"] in {"heartbeat", "place", "following"}, told


def skip_to(socket: ClientConnection, kind: str) -> Told:
    """Return the next frame of a kind, whatever comes before it."""
    while True:
        told: Told = json.loads(socket.recv(timeout=SECONDS))
        if told["type"] == kind:
            return told


def until_end(socket: ClientConnection) -> list[Told]:
    """Return the numbered frames up to the end of a reply."""
    found = []
    while True:
        found.append(take(socket, "message", "chunk", "end", "said"))
        if found[-1]["type"] == "end":
            return [each for each in found if "number" in each]


def sse(response: httpx.Response) -> Iterator[tuple[str, Told]]:
    """Yield each event's name and data."""
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def begun(api: ApiClient) -> str:
    """Return a new conversation's id."""
    return str(api.post("/conversations/").json()["id"])


def say(api: ApiClient, conversation: str, text: str = "Hello!", **more: Any) -> Any:
    """Say something over HTTP and return the reply as it stands."""
    body = {"text": text, "id": str(uuid4()), **more}
    answer = api.post(f"/conversations/{conversation}/messages/", body)
    assert answer.status_code == 202, answer.content
    return answer.json()


def work() -> None:
    """Do what is queued for the tutor, as its worker would."""
    for job in Job.objects.filter(state=Job.State.QUEUED, task="chat.tasks.write_reply"):
        tasks.write_reply(job_id=str(job.public_id), **job.arguments)


def reply(api: ApiClient, conversation: str, text: str = "Hello!", **more: Any) -> Told:
    """Say something, let it be answered, and return the reply."""
    asked = say(api, conversation, text, **more)
    work()
    found: list[Told] = api.get(f"/conversations/{conversation}/messages/?limit=1").json()
    assert found[0]["id"] == asked["id"]
    return found[0]


def texts_of(conversation: str) -> list[str]:
    """Return what was said, in order."""
    rows = Message.objects.filter(conversation__public_id=conversation).order_by("position")
    return list(rows.values_list("text", flat=True))
