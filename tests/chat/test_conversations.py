"""Conversations over HTTP: a message is stored once, its reply is written once and in the open."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.queries.learners import learner_of
from chat import tasks
from chat.commands import upkeep
from chat.commands.messages import ReplyInProgress, Said
from chat.commands.messages import say as say_it
from chat.commands.replies import NotOurs, add_chunk, begin_reply
from chat.models import Conversation, Event, Message
from config.jobs.models import Job
from tests.chat.live import begun, reply, say, texts_of, work
from tests.client import ApiClient
from tests.llm_server import WORDS, Behaviour

pytestmark = pytest.mark.django_db
SAID = "A verb means to do."


def test_a_reply_is_written_in_numbered_chunks(api: ApiClient, model: Behaviour) -> None:
    conversation = begun(api)
    asked = say(api, conversation, "What is a verb?")
    assert (asked["state"], asked["text"], asked["role"]) == ("waiting", "", "tutor")
    work()
    own, answer = api.get(f"/conversations/{conversation}/messages/").json()
    assert (own["role"], own["text"], own["state"]) == ("learner", "What is a verb?", "done")
    assert (answer["id"], answer["state"], answer["text"]) == (asked["id"], "done", SAID)
    assert (answer["answered_by"], answer["is_cached"], answer["code"]) == ("model", False, "")
    events = Event.objects.order_by("number")
    assert [each.number for each in events] == list(range(1, len(events) + 1))
    assert [each.kind for each in events if each.kind != "chunk"] == ["message", "message", "end"]
    assert "".join(each.text for each in events) == SAID
    assert api.get(f"/conversations/{conversation}/").json()["event_count"] == len(events)
    assert model.seen[0]["messages"][-1] == {"role": "user", "content": "What is a verb?"}


def test_the_same_message_is_stored_once_and_answered_once(
    api: ApiClient, model: Behaviour
) -> None:
    conversation, public_id = begun(api), str(uuid4())
    path, body = f"/conversations/{conversation}/messages/", {"text": "Hello!", "id": public_id}
    first, again = api.post(path, body), api.post(path, body)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    work()
    assert api.post(path, body).json()["text"] == SAID
    taken = api.post(path, body | {"text": "Bye!"})
    assert (taken.status_code, taken.json()["code"]) == (409, "public_id_taken")
    elsewhere = api.post(f"/conversations/{begun(api)}/messages/", body)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "public_id_taken")
    assert len(model.seen) == 1
    assert texts_of(conversation) == ["Hello!", SAID]


def test_one_reply_at_a_time_and_a_cancelled_one_makes_room(
    api: ApiClient, model: Behaviour
) -> None:
    conversation = begun(api)
    asked = say(api, conversation)
    path = f"/conversations/{conversation}/messages/"
    refused = api.post(path, {"text": "And now?"})
    assert (refused.status_code, refused.json()["code"]) == (409, "reply_in_progress")
    for _ in range(2):
        cancelled = api.post(f"{path}{asked['id']}/cancel/")
        assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    work()
    assert model.seen == []
    assert say(api, conversation, "And now?")["state"] == "waiting"


def test_a_reply_that_is_cancelled_while_it_is_written_keeps_what_came(
    api: ApiClient, model: Behaviour
) -> None:
    conversation = begun(api)
    asked = say(api, conversation)
    written = begin_reply(reply_id=UUID(asked["id"]), writer=uuid4(), now=timezone.now())
    assert written
    add_chunk(reply=written, text="A verb", now=timezone.now())
    path = f"/conversations/{conversation}/messages/{asked['id']}/cancel/"
    assert api.post(path).json()["text"] == "A verb"
    with pytest.raises(NotOurs):
        add_chunk(reply=written, text=" means", now=timezone.now())
    assert Event.objects.filter(kind="chunk").count() == 1


@pytest.mark.parametrize("chunks", [0, 2])
def test_what_a_killed_worker_left_is_taken_over_or_ends_as_it_is(
    chunks: int, api: ApiClient, model: Behaviour
) -> None:
    conversation = begun(api)
    asked = say(api, conversation)
    written = begin_reply(reply_id=UUID(asked["id"]), writer=uuid4(), now=timezone.now())
    assert written
    for text in ["A", " noun"][:chunks]:
        add_chunk(reply=written, text=text, now=timezone.now())
    work()  # the job was given back, and comes again
    answer = api.get(f"/conversations/{conversation}/messages/?limit=1").json()[0]
    assert (answer["state"], answer["text"]) == (("cut", "A noun") if chunks else ("done", SAID))
    with pytest.raises(NotOurs):
        add_chunk(reply=written, text="too late", now=timezone.now())


def test_without_a_model_the_learner_is_told_plainly(api: ApiClient, settings: Any) -> None:
    settings.LLM_BASE_URL = ""
    answer = reply(api, begun(api))
    assert (answer["state"], answer["answered_by"], answer["is_cached"]) == (
        "done", "template", True,
    )  # fmt: skip
    assert answer["code"] == "unavailable"
    assert "Your message is kept." in answer["text"]


def test_a_learner_who_asks_too_much_is_told_what_and_when(
    api: ApiClient, model: Behaviour, settings: Any
) -> None:
    settings.LLM_CALLS_PER_MINUTE = 1
    conversation = begun(api)
    assert reply(api, conversation)["code"] == ""
    answer = reply(api, conversation, "Again!")
    assert (answer["answered_by"], answer["code"]) == ("template", "exhausted")
    assert "very often" in answer["text"]
    assert len(model.seen) == 1


def test_an_answer_that_breaks_off_is_kept_and_marked(api: ApiClient, model: Behaviour) -> None:
    model.fault = lambda _: "cut"
    answer = reply(api, begun(api))
    half = "".join(WORDS[: len(WORDS) // 2])
    assert (answer["state"], answer["text"], answer["code"]) == ("cut", half, "cut_short")


def test_a_fault_of_ours_ends_the_reply_and_tells_nothing_of_itself(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_pen: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("chat.tutor.answer", fail)
    answer = reply(api, begun(api))
    assert (answer["state"], answer["code"]) == ("done", "error")
    assert "secret" not in answer["text"]


def test_the_last_ten_messages_take_two_queries(api: ApiClient, model: Behaviour) -> None:
    conversation = begun(api)
    for number in range(6):
        reply(api, conversation, f"Message {number}")
    path = f"/conversations/{conversation}/messages/"
    api.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = api.get(path).json()
    assert len(asked) <= 2
    assert [each["position"] for each in found] == list(range(3, 13))
    before = api.get(path + "?limit=2&before=3").json()
    assert [each["text"] for each in before] == ["Message 0", SAID]


def test_a_deleted_conversation_is_gone_with_all_in_it(api: ApiClient, model: Behaviour) -> None:
    conversation = begun(api)
    reply(api, conversation)
    assert api.patch(f"/conversations/{conversation}/", {"title": "Verbs"}).json()["title"] == (
        "Verbs"
    )
    assert api.delete(f"/conversations/{conversation}/").status_code == 204
    assert not Conversation.objects.exists()
    assert not Message.objects.exists()
    assert not Event.objects.exists()
    assert api.get(f"/conversations/{conversation}/").status_code == 404


def test_a_reply_to_a_deleted_conversation_is_not_written(api: ApiClient, model: Behaviour) -> None:
    conversation = begun(api)
    say(api, conversation)
    api.delete(f"/conversations/{conversation}/")
    work()
    assert model.seen == []
    assert Job.objects.get(task="chat.tasks.write_reply").state == Job.State.SUCCEEDED


def test_lost_replies_end_and_old_chunks_go(api: ApiClient, model: Behaviour) -> None:
    conversation = begun(api)
    reply(api, conversation)
    say(api, conversation, "And?")
    assert upkeep.end_lost_replies(now=timezone.now()) == 0
    assert upkeep.end_lost_replies(now=timezone.now() + timedelta(minutes=11)) == 1
    assert api.get(f"/conversations/{conversation}/messages/?limit=1").json()[0]["code"] == "lost"
    tasks.prune_chunks()
    assert Event.objects.filter(kind="chunk").exists()
    assert upkeep.prune_chunks(now=timezone.now() + timedelta(days=2)) > 0
    assert set(Event.objects.values_list("kind", flat=True)) == {"message", "end"}
    assert texts_of(conversation)[1] == SAID


@pytest.mark.django_db(transaction=True)
def test_of_messages_at_the_same_moment_one_is_taken(alice: User) -> None:
    learner = learner_of(alice)
    conversation = Conversation.objects.create(
        user=alice, created_at=timezone.now(), said_at=timezone.now()
    )
    barrier, taken, refused = Barrier(4), list[bool](), list[str]()

    def speak(public_id: UUID) -> None:
        barrier.wait()
        try:
            said = Said(public_id, "Hello!")
            at = {"conversation_id": conversation.public_id, "said": said, "now": timezone.now()}
            taken.append(say_it(learner=learner, **at)[1])  # type: ignore[arg-type]
        except ReplyInProgress:
            refused.append("in progress")
        finally:
            connection.close()

    same, other = uuid4(), uuid4()
    threads = [Thread(target=speak, args=(each,)) for each in (same, same, other, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, True]
    assert len(refused) == 2
    assert Message.objects.count() == 2
