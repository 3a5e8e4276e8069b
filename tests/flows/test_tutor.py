"""A whole conversation with the tutor over a WebSocket, cut in the middle of a reply."""

import json
import socket as sockets
from typing import Any
from uuid import uuid4

import pytest
from websockets.sync.client import ClientConnection

from tests.chat.live import SECONDS, Told, send, skip_to, sse, take
from tests.flows.product import Product, token_of

pytestmark = pytest.mark.django_db(transaction=True)
LINES = 12
REPLY = tuple(f"This is line {number} of a book. " for number in range(LINES))
WRONG, RIGHT = "He go to school yesterday.", "He went to school yesterday."


def test_a_conversation_goes_on_where_the_connection_was_cut(product: Product) -> None:
    product.model.words, product.model.seconds = REPLY, 1.5
    with product.learner("talker") as api:
        token, said = token_of(api), {"id": uuid4(), "text": "Tell me of a book, please."}
        conversation = api.conversations_begin({})["id"]
        with product.live.socket(token) as socket:
            _follow(socket, conversation, after=0)
            send(socket, type="say", conversation=conversation, **said)
            told = _take_until(socket, 3)
            socket.socket.shutdown(sockets.SHUT_RDWR)  # nobody is told that it ends
        assert "end" not in {each["type"] for each in told}
        with product.live.socket(token) as socket:
            _follow(socket, conversation, after=told[-1]["number"])
            send(socket, type="say", conversation=conversation, **said)  # it is taken once
            rest, again = _rest_of(socket)
        with product.live.events(token, conversation, 0) as response:
            assert _seen(_until_end(response)) == _seen(told + rest)
        kept = api.messages_list(conversation)
    reply, told = rest[-1]["message"], told + rest
    assert again["is_new"] is False
    assert [each["number"] for each in told] == list(range(1, len(told) + 1))
    text = "".join(each["text"] for each in told if each["type"] == "chunk")
    assert text == reply["text"] == "".join(REPLY)
    assert reply["answered_by"] == "model"
    assert {each["text"] for each in kept} == {said["text"], text}
    assert len(kept) == 2


def test_a_correction_becomes_a_card(product: Product) -> None:
    product.model.say = lambda _: RIGHT
    with product.learner("writer") as api:
        conversation = api.conversations_begin({})["id"]
        with product.live.socket(token_of(api)) as socket:
            _follow(socket, conversation, after=0)
            said = {"id": uuid4(), "text": WRONG, "intent": "correction"}
            send(socket, type="say", conversation=conversation, **said)
            reply = skip_to(socket, "end")["message"]
        made = api.messages_card(conversation, reply["id"], {})
        card = api.contents_read(made["content"])
    assert reply["extras"]["correction"]["corrected"] == RIGHT
    assert card["front"] == "He ___ to school yesterday. (go)"


def _follow(socket: ClientConnection, conversation: str, *, after: int) -> None:
    send(socket, type="follow", conversation=conversation, after=after)
    take(socket, "following")


def _take_until(socket: ClientConnection, chunks: int) -> list[Told]:
    """Return what comes up to so many pieces of the reply."""
    found: list[Told] = []
    while sum(each["type"] == "chunk" for each in found) < chunks:
        told = take(socket, "message", "chunk", "end", "said")
        found += [told] if "number" in told else []
    return found


def _rest_of(socket: ClientConnection) -> tuple[list[Told], Told]:
    """Return what comes up to the end, and what is said to the message sent again."""
    found: list[Told] = []
    said: Told = {}
    while not (said and found and found[-1]["type"] == "end"):
        told: Told = json.loads(socket.recv(timeout=SECONDS))
        if told["type"] == "said":
            said = told
        elif "number" in told:
            found.append(told)
    return found, said


def _seen(told: list[Told]) -> list[tuple[int, str, str]]:
    """Return what stays as it is: a reply's own state is told as it stands by then."""
    return [(each["number"], each["type"], each.get("text", "")) for each in told]


def _until_end(response: Any) -> list[Told]:
    found = []
    for name, told in sse(response):
        found.append(told)
        if name == "end":
            break
    return found
