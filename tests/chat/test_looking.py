"""After a message was said: graded once, analysed each hundredth time; and many at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.queries.learners import Learner
from chat import tasks
from chat.commands import batches, looking
from chat.models import Analysis, BatchItem, Conversation, Message
from tests.chat.live import begun, say
from tests.chat.test_memory import _levels_at_once
from tests.client import ApiClient
from tests.llm_server import Behaviour

__all__ = ["_levels_at_once"]
pytestmark = pytest.mark.django_db


def test_a_message_is_graded_once(api: ApiClient, learner: Learner) -> None:
    say(api, begun(api), "The cat is in the house.")
    message = Message.objects.get(role="learner")
    for _ in range(2):
        tasks.look_at_message(user_id=learner.id, message_id=str(message.public_id))
    message.refresh_from_db()
    assert message.level == "A1"
    assert message.looked_at
    assert looking.look_at_unseen(now=timezone.now() + timedelta(hours=1)) == 0


def test_what_is_not_english_has_no_level_and_is_not_asked_again(
    api: ApiClient, learner: Learner
) -> None:
    say(api, begun(api), "안녕하세요, 만나서 반갑습니다.")
    assert looking.look_at_unseen(now=timezone.now()) == 0
    assert looking.look_at_unseen(now=timezone.now() + timedelta(minutes=3)) == 1
    message = Message.objects.get(role="learner")
    looking.look_at_message(user_id=learner.id, message_id=message.public_id, now=timezone.now())
    message.refresh_from_db()
    assert (message.level, bool(message.looked_at)) == ("", True)


def test_the_hundredth_message_orders_an_analysis(
    api: ApiClient, alice: User, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    conversation = Conversation.objects.create(user=alice, created_at=now, said_at=now)
    Message.objects.bulk_create(
        Message(
            user=alice, conversation=conversation, position=number, role="learner", state="done",
            text="The cat is in the house.", level="A1" if number < 50 else "B1",
            created_at=now - timedelta(days=100 - number), looked_at=None if number == 100 else now,
        )
        for number in range(1, 101)
    )  # fmt: skip
    ordered = list[dict[str, Any]]()
    monkeypatch.setattr(looking, "_send", lambda _, **given: ordered.append(given))
    last = Message.objects.get(position=100)
    looking.look_at_message(user_id=alice.pk, message_id=last.public_id, now=now)
    assert ordered == [{"user_id": alice.pk, "message_count": 100}]
    for _ in range(2):
        tasks.analyse(**ordered[0])
    assert Analysis.objects.count() == 1
    (shown,) = api.get("/chat/analyses/").json()["results"]
    weeks = shown["report"]["weeks"]
    assert (weeks[0]["mean"], weeks[-2]["mean"]) == (0.0, 2.0)
    assert "cat" not in str(shown["report"])
    plot = api.get(f"/chat/analyses/{shown['id']}/trend.svg")
    assert plot["content-type"] == "image/svg+xml"
    assert plot.content.count(b"<circle") == len(weeks)


def test_many_questions_are_answered_each_by_itself_with_progress(
    api: ApiClient, bobs_api: ApiClient, model: Behaviour
) -> None:
    model.say = lambda body: f"You said: {body['messages'][-1]['content']}"
    made = api.post("/chat/batch/", {"texts": ["One?", "Two?", "Three?"]})
    assert (made.status_code, made.json()["percent"]) == (202, 0)
    path = f"/chat/batch/{made.json()['id']}/"
    keys = list(BatchItem.objects.order_by("position").values_list("pk", flat=True))
    for key in (keys[0], keys[0], keys[1]):
        tasks.answer_item(item_id=key)
    assert len(model.seen) == 2  # the second delivery did nothing
    shown = api.get(path).json()
    assert (shown["done_count"], shown["percent"]) == (2, 66)
    assert [each["answer"] for each in shown["items"]] == ["You said: One?", "You said: Two?", ""]
    assert batches.send_stale(now=timezone.now()) == 0
    assert batches.send_stale(now=timezone.now() + timedelta(minutes=4)) == 1
    assert bobs_api.get(path).status_code == 404
    assert api.post("/chat/batch/", {"texts": []}).status_code == 400
    for _ in range(2):
        assert api.post("/chat/batch/", {"texts": ["x"]}).status_code == 202
    assert api.post("/chat/batch/", {"texts": ["x"]}).json()["code"] == "too_many_batches"
