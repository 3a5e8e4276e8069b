"""Following a conversation over real sockets: nothing lost, nothing doubled, nobody else's."""

import json
import random
import threading
import time
from typing import Any
from uuid import UUID, uuid4

import pytest
from channels.layers import get_channel_layer
from django.db import connection
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.commands.devices import revoke_device
from accounts.models import User
from accounts.queries.learners import learner_of
from chat.commands.replies import Ending, add_chunk, begin_reply, end_reply
from chat.live import consumer, doors, events, following
from config.api.limiter import Limit
from config.settings import variables
from tests.chat.live import (
    SECONDS,
    LiveServer,
    begun,
    say,
    send,
    skip_to,
    sse,
    take,
    token_of,
    until_end,
    work,
)
from tests.client import ApiClient
from tests.llm_server import Behaviour

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "A verb means to do."
CUTS = 50 if variables.text("PROOF") else 8


def _write(asked: dict[str, Any], texts: list[str]) -> None:
    """Write a reply as the worker does."""
    reply = begin_reply(reply_id=UUID(asked["id"]), writer=uuid4(), now=timezone.now())
    assert reply
    for text in texts:
        add_chunk(reply=reply, text=text, now=timezone.now())
    end_reply(reply=reply, ending=Ending(answered_by="model"), now=timezone.now())


def _write_and_leave(asked: dict[str, Any], texts: list[str]) -> None:
    try:
        _write(asked, texts)
    finally:
        connection.close()


def _text(told: list[dict[str, Any]]) -> str:
    return "".join(each["text"] for each in told if each["type"] == "chunk")


def test_a_message_said_and_answered_over_one_socket_is_seen_in_two_tabs(
    api: ApiClient, alice: User, model: Behaviour, live: LiveServer
) -> None:
    conversation, token = begun(api), token_of(alice)
    with live.socket(token) as one, live.socket(token) as other:
        for tab in (one, other):
            send(tab, type="follow", conversation=conversation, after=0)
            take(tab, "following")
        said = {"conversation": conversation, "id": uuid4(), "text": "What is a verb?"}
        for is_new in (True, False):
            send(one, type="say", **said)
            assert skip_to(one, "said")["is_new"] is is_new
        work()
        until_end(one)
        seen = [until_end(other)]
        send(one, type="follow", conversation=conversation, after=0)
        seen.append(until_end(one))
    for told in seen:
        assert [each["number"] for each in told] == list(range(1, len(told) + 1))
        assert _text(told) == SAID == told[-1]["message"]["text"]
        assert told[0]["message"]["text"] == "What is a verb?"


def test_server_sent_events_go_on_after_the_last_id(
    api: ApiClient, alice: User, live: LiveServer
) -> None:
    conversation, token = begun(api), token_of(alice)
    _write(say(api, conversation), ["A", " verb", "\n\n", "data: means"])
    with live.events(token, conversation, 0) as response:
        assert response.headers["content-type"] == "text/event-stream"
        first = []
        for _name, told in sse(response):
            first.append(told)
            if told["number"] == 4:
                break
    with live.events(token, conversation, None, **{"Last-Event-ID": "4"}) as response:
        for name, told in sse(response):
            first.append(told)
            if name == "end":
                break
    assert [each["number"] for each in first] == list(range(1, 8))
    assert _text(first) == "A verb\n\ndata: means" == first[-1]["message"]["text"]


def test_cut_and_resumed_at_random_nothing_is_lost_or_doubled(
    api: ApiClient, alice: User, live: LiveServer
) -> None:
    draws, conversation, token = random.Random(11), begun(api), token_of(alice)
    asked = say(api, conversation)
    words = [f"word{number} " for number in range(60)]
    writing = threading.Thread(target=_write_and_leave, args=(asked, words))
    numbers, text, cuts = list[int](), "", 0
    writing.start()
    while True:
        with live.socket(token) as socket:
            after = numbers[-1] if numbers else 0
            send(socket, type="follow", conversation=conversation, after=after)
            stop_at, kind = after + draws.randint(1, 8), ""
            while not (kind == "end" or (cuts < CUTS and numbers and numbers[-1] >= stop_at)):
                told = take(socket, "message", "chunk", "end")
                numbers.append(told["number"])
                text, kind = text + told.get("text", ""), told["type"]
            cuts += 1
            if kind == "end":
                break
    writing.join()
    assert numbers == list(range(1, len(words) + 4))
    assert text == "".join(words)
    assert cuts > 5


def test_notes_that_are_lost_are_made_up_for(
    api: ApiClient, alice: User, live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.2)
    conversation, token = begun(api), token_of(alice)
    with live.socket(token) as socket:
        send(socket, type="follow", conversation=conversation, after=0)
        take(socket, "following")
        lost = iter([True, False] * 100)
        layer = type(get_channel_layer())
        tell = layer.__getattr__

        def deaf(self: Any, name: str) -> Any:
            async def drop(*_: Any) -> None:
                """Lose the note."""

            return drop if name == "group_send" and next(lost) else tell(self, name)

        monkeypatch.setattr(layer, "__getattr__", deaf)
        _write(say(api, conversation), ["one ", "two ", "three ", "four"])
        told = until_end(socket)
    assert [each["number"] for each in told] == list(range(1, 8))
    assert _text(told) == "one two three four"


def test_another_learners_conversation_is_as_absent_as_none(
    api: ApiClient, alice: User, bob: User, live: LiveServer
) -> None:
    conversation, token = begun(api), token_of(bob)
    asked = say(api, conversation, "a secret of alice's")
    for each in (conversation, str(uuid4())):
        with live.socket(token) as socket:
            send(socket, type="follow", conversation=each, after=0)
            said = {"conversation": each, "id": uuid4(), "text": "hi"}
            send(socket, type="say", **said)
            send(socket, type="cancel", conversation=each, message=asked["id"])
            for _ in range(3):
                told = json.loads(socket.recv(timeout=SECONDS))
                assert (told["type"], told["problem"]["status"]) == ("problem", 404)
        with live.events(token, each, 0) as response:
            assert response.status_code == 404
            assert response.read().find(b"secret") < 0
    with live.events("not a token", conversation, 0) as response:
        assert response.status_code == 401


def _closed(socket: Any) -> int:
    try:
        while True:
            socket.recv(timeout=SECONDS)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 0


@pytest.mark.asvs("4.4.3", "a WebSocket's first message is an access token, as every request's")
def test_who_does_not_sign_in_is_shown_out(
    alice: User, live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for frame in ('{"type": "follow"}', "no json", '{"type": "sign_in", "token": "x"}'):
        with live.socket() as socket:
            socket.send(frame)
            assert _closed(socket) == consumer.NOT_SIGNED_IN
    monkeypatch.setattr(consumer, "SIGN_IN_SECONDS", 0.1)
    with live.socket() as socket:
        assert _closed(socket) == consumer.NOT_SIGNED_IN
    headers = {"Authorization": f"Bearer {token_of(alice)}"}
    with live.socket(additional_headers=headers) as socket:
        assert take(socket, "signed_in")


@pytest.mark.asvs("4.4.4", "the token is that of a log-in, and ends with it: sockets are closed")
def test_a_revoked_token_closes_what_it_has_opened(
    api: ApiClient, alice: User, live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (consumer, events):
        monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(consumer, "SIGN_IN_SECONDS", 0.2)
    conversation, token = begun(api), token_of(alice)
    device = alice.devices.order_by("-pk")[0]
    with live.socket(token) as socket, live.events(token, conversation) as response:
        assert take(socket, "heartbeat")
        revoke_device(learner=learner_of(alice), device_id=device.public_id, now=timezone.now())
        assert _closed(socket) == consumer.SIGNED_OUT
        assert [name for name, _ in sse(response)] == ["signed_out"]


@pytest.mark.asvs("4.4.2", "an Origin that is neither the host's nor named in CORS_ORIGINS: 403")
def test_pages_of_other_sites_are_not_let_in(
    api: ApiClient, alice: User, live: LiveServer, settings: Any
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    conversation, token = begun(api), token_of(alice)
    own = f"http://127.0.0.1:{live.port}"
    for origin in (own, "https://app.example.org"):
        with live.socket(token, origin=origin):
            pass
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
    ):
        with pytest.raises(InvalidStatus) as refused, live.socket(additional_headers=headers):
            pass
        assert refused.value.response.status_code in {400, 403}
        with live.events(token, conversation, 0, **headers) as response:
            assert response.status_code == 403
    with live.events(token, conversation, 0, Origin="https://app.example.org") as response:
        assert response.headers["access-control-allow-origin"] == "https://app.example.org"


@pytest.mark.asvs("4.4.1", "in production a WebSocket that came without TLS is denied")
def test_without_tls_nobody_is_let_in(alice: User, live: LiveServer, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    with pytest.raises(InvalidStatus), live.socket():
        pass
    with live.socket(additional_headers={"X-Forwarded-Proto": "https"}):
        pass


def test_connections_frames_and_sizes_are_limited(
    alice: User, live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = token_of(alice)
    monkeypatch.setattr(doors, "PER_LEARNER_MAX", 1)
    with live.socket(token) as socket:
        with live.socket() as second:
            send(second, type="sign_in", token=token)
            assert _closed(second) == consumer.TOO_MANY
        send(socket, type="dance")
        assert take(socket, "problem")["problem"]["status"] == 400
        long = {"conversation": uuid4(), "id": uuid4(), "text": "x" * 5000}
        send(socket, type="say", **long)
        assert take(socket, "problem")["problem"]["errors"][0]["field"] == "text"
        monkeypatch.setattr(consumer, "FRAMES", Limit("frames-few", 1, 60))
        for _ in range(2):
            send(socket, type="dance")
        assert _closed(socket) == consumer.TOO_FAST
    deadline = time.monotonic() + SECONDS
    while doors.open_count() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert doors.open_count() == 0
