"""Listening: a word is heard, and typed or chosen; nothing but the sound tells which."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.queries.learners import Learner
from accounts.roles import Role
from config.identifiers import new_public_id
from config.speech import storage, tasks
from config.speech.commands import forget_speech
from config.speech.models import Speech
from exams.drafts import Around, Card, card_of, listening
from exams.generation import is_near_duplicate
from exams.models import Question
from exams.queries.exam_items import item_of
from exams.queries.exam_material import around
from exams.validation import Item, Kind, faults
from tests import make
from tests.client import ApiClient
from tests.exams.papers import WORDS, begun, cards, made, reply, send, taken

SOUNDS = {"sun": "s\u028cn", "son": "s\u028cn", "fun": "f\u028cn", "run": "\u0279\u028cn",
          "sum": "s\u028cm", "elephant": "\u025bl\u026af\u0259nt"}  # fmt: skip
GOOD = Item(
    kind=Kind.LISTENING, words=("sun",), meanings=("it shines by day",), heard="sun", level="A1",
    options=("fun", "sun", "run", "sum"), key=(1,), sounds=("f", "s", "r", "m"),
)  # fmt: skip
TYPED = Item(
    kind=Kind.LISTENING, words=("sun",), meanings=("it shines by day",), heard="sun", level="A1",
    hint="it shines by day", accepted=("sun",),
)  # fmt: skip
SENTENCE = Item(
    kind=Kind.LISTENING, words=("sun",), meanings=("it shines by day",), level="A1",
    stem="We like the ___ very much.", heard="We like the sun very much.", accepted=("sun",),
)  # fmt: skip
PLANTED = [
    (replace(GOOD, heard=""), "heard_not_sayable"),
    (replace(GOOD, heard="moon"), "heard_not_asked"),
    (replace(GOOD, heard="\u043c\u043e\u0441\u0442"), "heard_not_sayable"),
    (replace(GOOD, sounds=()), "sounds_alike"),
    (replace(GOOD, sounds=("f", "s", "r", "")), "sounds_alike"),
    (replace(GOOD, sounds=("f", "s", "r", "s")), "sounds_alike"),
    (replace(GOOD, hint="the sun"), "key_in_stem"),
    (replace(GOOD, key=(0,)), "key_wrong"),
    (replace(GOOD, options=("fun", "sun", "suns", "sum")), "two_keys"),
    (replace(TYPED, accepted=("fun",)), "key_wrong"),
    (replace(TYPED, accepted=()), "option_count"),
    (replace(TYPED, hint="the sun"), "key_in_stem"),
    (replace(SENTENCE, heard="We like the moon very much."), "heard_not_asked"),
    (replace(SENTENCE, heard="We like the sun very much, sun."), "heard_not_asked"),
    (replace(SENTENCE, heard="word " * 120 + "sun."), "heard_not_sayable"),
    (replace(SENTENCE, stem="We like the sun very much."), "key_in_stem"),
    (replace(SENTENCE, accepted=(), options=GOOD.options, key=(1,), sounds=GOOD.sounds),
     "heard_not_asked"),
    (replace(TYPED, kind=Kind.TYPING, stem="it shines by day"), "heard_unwanted"),
]  # fmt: skip


def _card(word: str, meaning: str, example: str = "") -> Card:
    return card_of(id=new_public_id(), front=word, back=meaning, gloss="", example=example)


def _speak_all() -> None:
    """Do what the worker does."""
    for speech in Speech.objects.select_related("job"):
        assert speech.job
        tasks.speak(job_id=str(speech.job.public_id), speech_id=str(speech.public_id))


@pytest.mark.parametrize("item", [GOOD, TYPED, SENTENCE], ids=["chosen", "typed", "sentence"])
def test_good_questions_raise_no_alarm(item: Item) -> None:
    assert faults(item, {}) == []


@pytest.mark.parametrize(("item", "fault"), PLANTED, ids=range(len(PLANTED)))
def test_planted_faults_are_found(item: Item, fault: str) -> None:
    assert fault in faults(item, {})


def test_words_of_one_sound_do_not_stand_side_by_side() -> None:
    deck = [_card(word, f"meaning {n}") for n, word in enumerate(SOUNDS)]
    near = Around(deck, sounds=SOUNDS)
    for seed in range(20):
        item = listening(deck[0], near, Random(seed))
        assert item
        assert faults(item, near.deck) == []
        assert {*item.options} == {"sun", "fun", "run", "sum"}  # the nearest, never "son"


def test_without_words_beside_it_the_meaning_tells_which_is_heard() -> None:
    card = _card("sun", "it shines by day")
    item = listening(card, Around([card], sounds={"sun": "s"}), Random(1))
    assert item
    assert (item.accepted, item.hint, item.heard) == (("sun",), "it shines by day", "sun")
    assert faults(item, {}) == []


@pytest.mark.parametrize("word", ["\u043c\u043e\u0441\u0442", "sun \U0001f31e"])
def test_what_no_voice_reads_is_not_asked(word: str) -> None:
    card = _card(word, "meaning")
    assert listening(card, Around([card], sounds=SOUNDS), Random(1)) is None


def test_where_nothing_speaks_it_is_not_asked() -> None:
    card = _card("sun", "it shines by day", "We like the sun very much.")
    assert listening(card, Around([card]), Random(1)) is None


def test_words_that_rhyme_are_no_duplicates() -> None:
    other = replace(TYPED, words=("fun",), heard="fun", accepted=("fun",))
    assert not is_near_duplicate(TYPED, [other])
    assert is_near_duplicate(TYPED, [TYPED])


@pytest.mark.django_db
def test_an_exam_is_heard_and_answered(api: ApiClient, learner: Learner) -> None:
    cards(learner)
    exam = made(api, size=8, kinds=["listening"])
    assert exam["count_by_kind"] == {"listening": 8}
    near = around(learner, with_sounds=True)
    for question in Question.objects.all():
        assert faults(item_of(question), near.deck) == []
    attempt = begun(api, exam)
    audio = attempt["question"]["audio"].removeprefix("/api/v1")
    waiting = api.get(audio)
    assert (waiting.status_code, waiting.json()["code"]) == (503, "sound_not_ready")
    assert int(waiting["Retry-After"]) == 1
    _speak_all()
    sound = api.get(audio)
    assert (sound.status_code, sound["Content-Type"]) == (200, "audio/wav")
    assert sound.content[:4] == b"RIFF"
    result = taken(api, attempt)
    assert {each["verdict"] for each in result["answers"]} == {"right"}
    assert api.get(audio).status_code == 200  # to listen again, to what was answered


@pytest.mark.django_db
def test_nothing_but_the_sound_tells_the_key(
    api: ApiClient, bobs_api: ApiClient, alice: User, learner: Learner
) -> None:
    cards(learner)
    exam = made(api, size=8, kinds=["listening"])
    attempt = begun(api, exam)
    _speak_all()
    while attempt["state"] == "open":
        asked = attempt["question"]
        row = Question.objects.get(public_id=asked["id"])
        hidden = {key: value for key, value in asked.items() if key != "options"}
        assert row.words[0] not in json.dumps(hidden)
        address = asked["audio"].removeprefix("/api/v1")
        answer = api.get(address)
        told = json.dumps({**answer.headers, "address": address})
        assert row.words[0] not in told
        assert Speech.objects.get(text=row.heard).sha256 not in told
        assert api.post("/speech/", {"text": row.heard}).status_code == 202  # as if never spoken
        assert bobs_api.get(address).status_code == 404
        attempt = send(api, attempt).json()
        Speech.objects.filter(purpose="own").delete()


@pytest.mark.django_db
def test_what_is_not_asked_yet_is_not_heard(api: ApiClient, learner: Learner) -> None:
    cards(learner, 4)
    exam = made(api, size=4, kinds=["listening"])
    attempt = begun(api, exam)
    _speak_all()
    later = Question.objects.exclude(public_id=attempt["question"]["id"]).first()
    assert later
    address = reverse("question-audio", args=[attempt["id"], later.public_id])
    refused = api.get(address.removeprefix("/api/v1"))
    assert (refused.status_code, refused.json()["code"]) == (404, "question_not_found")


@pytest.mark.django_db
def test_a_sound_that_went_lost_is_spoken_anew(api: ApiClient, learner: Learner) -> None:
    cards(learner, 1)
    exam = made(api, size=1, kinds=["listening"])
    _speak_all()
    forget_speech(user_id=learner.id)  # as after a month
    attempt = begun(api, exam)
    audio = attempt["question"]["audio"].removeprefix("/api/v1")
    assert api.get(audio).status_code == 503
    _speak_all()
    storage.discard(Speech.objects.get().sha256)
    assert api.get(audio).json()["code"] == "not_spoken_yet"
    finished = api.post(f"/attempts/{attempt['id']}/finish/")
    assert finished.status_code == 200
    audio = begun(api, exam)["question"]["audio"].removeprefix("/api/v1")
    _speak_all()
    assert api.get(audio).status_code == 200


@pytest.mark.django_db
def test_answers_are_graded_as_typed_and_chosen_ones(api: ApiClient, learner: Learner) -> None:
    cards(learner)
    attempt = begun(api, made(api, size=8, kinds=["listening"]))
    result = taken(api, attempt, right=False)
    assert {each["verdict"] for each in result["answers"]} == {"wrong"}
    assert {each["front"] for each in result["proposed_reviews"]} == {*WORDS}


@pytest.mark.django_db
def test_where_nothing_speaks_exams_are_made_without(
    api: ApiClient, learner: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards(learner)
    monkeypatch.setenv("RESEE_SPEECH", "off")
    exam = made(api, size=8, kinds=["listening", "typing"])
    assert sum(exam["count_by_kind"].values()) == 8
    assert "listening" not in exam["count_by_kind"]
    assert not Speech.objects.exists()


@pytest.mark.django_db
def test_a_misspelt_word_is_a_slip(api: ApiClient, learner: Learner) -> None:
    cards(learner, 1)
    attempt = begun(api, made(api, size=1, kinds=["listening"]))
    Question.objects.update(options=[], key=[], sounds=[], stem="", hint="a way", heard="bridge",
                            accepted=["bridge"])  # fmt: skip
    attempt = api.get(f"/attempts/{attempt['id']}/").json()
    assert attempt["question"]["answer_with"] == "text"
    sent: Any = send(api, attempt, **reply(attempt["question"]) | {"text": "brigde"})
    assert sent.status_code == 201
    (answer,) = api.get(f"/attempts/{attempt['id']}/").json()["answers"]
    assert (answer["verdict"], answer["right_text"]) == ("typo", "bridge")


@pytest.mark.django_db
def test_the_preview_shows_that_something_is_heard(
    api: ApiClient, learner: Learner, client: Any
) -> None:
    cards(learner, 1)
    made(api, size=1, kinds=["listening"])
    Question.objects.update(options=[], key=[], sounds=[], stem="", hint="", accepted=["bridge"])
    client.force_login(make.user("a@example.com", role=Role.ADMIN.value, is_staff=True))
    exam_key = Question.objects.get().exam_id
    page = client.get(reverse("admin:exams_exam_change", args=[exam_key])).content.decode()
    assert "<em>listening, a sound</em>" in page
    assert "bridge" not in page
