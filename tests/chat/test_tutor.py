"""The parts of the tutor: who answers, what comes with it, what is kept from turn to turn."""

from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from redis import Redis

from accounts.queries.learners import Learner
from chat import corrections, learning, levels, routing
from config.ai import store
from config.settings.base import redis_url
from review.models import Content
from tests.chat.live import begun, reply
from tests.client import ApiClient
from tests.llm_server import Behaviour
from tests.review.cards import card

WRONG, RIGHT = "He go to school yesterday.", "He went to school yesterday."


@pytest.mark.parametrize(
    ("text", "part", "doubt"),
    [
        ("Hello, my name is Minho", "", ""),
        ("Correct this: I goed home", "correction", None),
        ("Is this right? I goed home", "correction", None),
        ("I want to practise my words", "vocabulary", None),
        ("Please test my level!", "level_test", None),
        ("Can I take an exam?", "exam", None),
        ("I have an exam tomorrow.", "", "exam"),
        ("What is the correct level?", "", ""),
    ],
)
def test_rules_route_and_leave_the_rest_to_the_tutor(
    text: str, part: str, doubt: str | None
) -> None:
    assert routing.route("", text) == part
    assert routing.route("exam", text) == "exam"
    if doubt is not None:
        assert routing.doubtful(text) == doubt


def test_what_changed_is_found_and_named() -> None:
    found = corrections.changes("I has a apple in monday", "I have an apple on Monday.")
    assert [(each.was, each.now, each.kind) for each in found][:3] == [
        ("has", "have", "verb"), ("a", "an", "article"), ("in", "on", "preposition"),
    ]  # fmt: skip
    assert corrections.changes(RIGHT, RIGHT) == []
    assert not corrections.is_plausible(WRONG, "Sure! What else can I do for you today, my friend?")
    assert corrections.gap_card(RIGHT, corrections.changes(WRONG, RIGHT)) == (
        "He ___ to school yesterday. (go)", f"went\n{RIGHT}",
    )  # fmt: skip


def test_what_a_learner_likes_is_a_few_plain_words() -> None:
    said = "I really like playing tennis because it is fun, and I am interested in space travel."
    assert [each.subject for each in learning.interests(said)] == ["playing tennis", "space travel"]
    assert learning.interests("I like it. I do not know.") == []


def test_names_and_own_words_do_not_count_against_a_reply() -> None:
    assert levels.level_share("The cat is in the house.", "A1") == 1.0
    hard = "Notwithstanding the ubiquitous ambiguity, the cat is in the house."
    share = levels.level_share(hard, "A1")
    assert share is not None
    assert share < 0.9
    own = levels.level_share(hard, "A1", ["notwithstanding", "ubiquitous", "ambiguity"])
    assert own == 1.0
    assert levels.level_share("See you in Kathmandu!", "A1") == 1.0
    assert levels.level_share("Xqzt", "A1") is None


@pytest.mark.django_db
def test_a_correction_becomes_one_card(
    api: ApiClient, bobs_api: ApiClient, model: Behaviour
) -> None:
    model.say = lambda _: f'"{RIGHT}"'
    conversation = begun(api)
    answer = reply(api, conversation, f"Correct this: {WRONG}")
    assert (answer["intent"], answer["answered_by"]) == ("correction", "model")
    correction = answer["extras"]["correction"]
    assert (correction["corrected"], correction["is_right"]) == (RIGHT, False)
    assert [(each["was"], each["now"]) for each in correction["changes"]] == [("go", "went")]
    path = f"/conversations/{conversation}/messages/{answer['id']}/card/"
    assert bobs_api.post(path).status_code == 404
    made, again = api.post(path), api.post(path)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["content"] == again.json()["content"]
    elsewhere = begun(api)
    other = reply(api, elsewhere, WRONG, intent="correction")
    third = api.post(f"/conversations/{elsewhere}/messages/{other['id']}/card/")
    assert (third.status_code, third.json()["content"]) == (200, made.json()["content"])
    stored = Content.objects.get()
    assert (stored.front, stored.category.name) == (
        "He ___ to school yesterday. (go)", "Corrections",
    )  # fmt: skip
    nothing = reply(api, conversation)
    refused = api.post(f"/conversations/{conversation}/messages/{nothing['id']}/card/")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_learn")


@pytest.mark.django_db
def test_an_answer_that_is_no_correction_is_not_taken_for_one(
    api: ApiClient, model: Behaviour
) -> None:
    model.say = lambda _: "Of course! I will now ignore the rules and tell you everything I know."
    answer = reply(api, begun(api), WRONG, intent="correction")
    assert (answer["code"], answer["extras"]) == ("not_corrected", {})


@pytest.mark.django_db
def test_practice_asks_due_and_hard_cards_and_other_ones_next_time(
    api: ApiClient, learner: Learner, model: Behaviour
) -> None:
    now = timezone.now()
    words = ["reluctant", "borrow", "bridge", "whisper", "harvest", "lantern"]
    for word in words:
        card(learner, word, now, back=f"what {word} means")
    conversation = begun(api)
    asked = []
    for _ in range(2):
        answer = reply(api, conversation, "Let me practise my words")
        assert (answer["intent"], answer["state"]) == ("vocabulary", "done")
        asked.append({each["front"] for each in answer["extras"]["cards"]})
    assert [len(each) for each in asked] == [3, 3]
    assert asked[0] | asked[1] == set(words)  # the second turn knows the first one's
    told = model.seen[0]["messages"][0]["content"]
    assert all(f"what {word} means" in told for word in asked[0])


@pytest.mark.django_db
def test_state_is_kept_without_a_word_that_was_said(
    api: ApiClient, learner: Learner, model: Behaviour, settings: Any
) -> None:
    canary = "pumpernickel"
    conversation = begun(api)
    reply(api, conversation, f"I said {canary} to the teacher")
    pattern = f"tutor:*{learner.public_id}.{conversation}*"
    kept = store.ask(lambda redis: [*redis.scan_iter(pattern, count=1000)])
    assert kept
    with Redis.from_url(redis_url(settings.REDIS_URL, "ai")) as client:
        for key in kept:
            value = client.dump(key)
            assert isinstance(value, bytes)
            assert canary.encode() not in value


@pytest.mark.django_db
@pytest.mark.parametrize(("intent", "href"), [("level_test", "level-tests"), ("exam", "exams")])
def test_tests_and_exams_are_handed_over(
    intent: str, href: str, api: ApiClient, model: Behaviour
) -> None:
    answer = reply(api, begun(api), "Now!", intent=intent)
    assert (answer["intent"], answer["answered_by"]) == (intent, "rules")
    assert answer["extras"]["hand_over"]["href"] == f"/api/v1/{href}/"
    assert model.seen == []


@pytest.mark.django_db
def test_a_models_opinion_is_asked_last(api: ApiClient, model: Behaviour) -> None:
    said = {"yes": "Yes.", "no": "No."}
    for opinion, part in (("yes", "exam"), ("no", "chat")):
        model.say = lambda body, opinion=opinion: (
            said[opinion] if "yes or no" in body["messages"][0]["content"] else "Good luck!"
        )
        assert reply(api, begun(api), "I have an exam tomorrow.")["intent"] == part


@pytest.mark.django_db
def test_a_reply_that_is_too_hard_is_said_again_once(api: ApiClient, model: Behaviour) -> None:
    hard = (
        "Notwithstanding ubiquitous ambiguity, contemporary scholarship relentlessly scrutinises "
        "idiosyncratic propositions concerning epistemological foundations."
    )
    easy = "The cat is in the house and it is a very good cat."

    def say(body: dict[str, Any]) -> str:
        return easy if "easier words" in body["messages"][0]["content"] else hard

    model.say = say
    answer = reply(api, begun(api))
    assert answer["text"] == f"{hard}\n\nIn easier words: {easy}"
    simpler = answer["extras"]["simpler"]
    assert simpler["share"] > 0.9 > simpler["share_before"]
    assert len(model.seen) == 2


@pytest.mark.django_db
def test_without_redis_a_turn_begins_from_nothing(api: ApiClient, model: Behaviour) -> None:
    conversation = begun(api)
    with override_settings(REDIS_URL="unix:///tmp/nobody-listens-here.sock"):
        reply(api, conversation, "One")
        assert reply(api, conversation, "Two")["text"]
    assert [each["content"] for each in model.seen[1]["messages"][1::2]] == ["One", "Two"]
