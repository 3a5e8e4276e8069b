"""Texts that are read aloud: really spoken, kept once, handed to their learner alone."""

import io
import wave
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.queries.learners import Learner
from config.jobs.models import Job
from config.speech import commands, engine, storage, tasks
from config.speech.commands import Wanted, forget_speech, order_speech
from config.speech.models import Speech
from config.speech.texts import Speed, Voice, sayable, voice_for
from tests.client import ApiClient
from tests.review.cards import card

pytestmark = pytest.mark.django_db


def _spoken(speech_id: Any) -> Job:
    """Do what the worker does."""
    speech = Speech.objects.select_related("job").get(public_id=speech_id)
    assert speech.job
    tasks.speak(job_id=str(speech.job.public_id), speech_id=str(speech_id))
    speech.job.refresh_from_db()
    return speech.job


def _seconds(data: bytes) -> float:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert any(file.readframes(file.getnframes()))  # there is something to hear
        return float(file.getnframes() / file.getframerate())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  The old\n bridge ", "The old bridge"),
        ("사과", "사과"),
        ("Well done 🎉👍!", "Well done !"),
        ("a\x00b\u202ec\ud800", "a b c"),
        ("🎉👍", ""),
        ("?! ...", ""),
        ("", ""),
    ],
)
def test_what_is_said_of_a_text(text: str, said: str) -> None:
    assert sayable(text) == said


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("bridge", Voice.AMERICAN),
        ("다리를 건너다", Voice.KOREAN),
        ("다리 (bridge)", Voice.AMERICAN),
        ("42", Voice.AMERICAN),
        ("мост", None),
        ("橋", None),
    ],
)
def test_letters_choose_the_voice(text: str, voice: Voice | None) -> None:
    assert voice_for(text) == voice


def test_a_text_is_ordered_spoken_and_handed_out(api: ApiClient) -> None:
    asked = api.post("/speech/", {"text": "The old bridge is safe now."})
    assert asked.status_code == 202, asked.content
    body = asked.json()
    assert (body["is_spoken"], body["audio"]) == (False, None)
    assert api.get(f"/speech/{body['id']}/audio/").json()["code"] == "not_spoken_yet"
    job = _spoken(body["id"])
    assert (job.state, job.result) == ("succeeded", {"speech": body["id"]})
    assert api.get(f"/jobs/{body['job']}/").json()["kind"] == "config.speech.speak"
    again = api.post("/speech/", {"text": " The old bridge is\tsafe now. "})
    assert again.status_code == 200
    assert again.json() == body | {
        "is_spoken": True, "job": None, "audio": f"/api/v1/speech/{body['id']}/audio/",
    }  # fmt: skip
    sound = api.get(f"/speech/{body['id']}/audio/")
    assert (sound.status_code, sound["Content-Type"]) == (200, "audio/wav")
    assert sound["Cache-Control"].startswith("private")
    assert sound["X-Content-Type-Options"] == "nosniff"
    assert 1 < _seconds(sound.content) < 4


def test_voice_and_speed_make_another_sound(api: ApiClient) -> None:
    wishes: list[dict[str, str]] = [{}, {"speed": "slow"}, {"voice": "en-gb"}, {"voice": "ko"}]
    sounds = []
    for wish in wishes:
        asked = api.post("/speech/", {"text": "Good morning 여러분", **wish}).json()
        _spoken(asked["id"])
        sounds.append(api.get(f"/speech/{asked['id']}/audio/").content)
    assert len({*sounds}) == len(wishes)
    assert _seconds(sounds[1]) > _seconds(sounds[0])


def test_a_card_says_its_front(api: ApiClient, bobs_api: ApiClient, learner: Learner) -> None:
    content = card(learner, "whisper", timezone.now())
    asked = api.post("/speech/", {"content": str(content.public_id)})
    assert asked.status_code == 202
    assert Speech.objects.get().text == "whisper"
    foreign = bobs_api.post("/speech/", {"content": str(content.public_id)})
    assert (foreign.status_code, foreign.json()["code"]) == (404, "content_not_found")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"text": ""}, 400),
        ({"text": " \n "}, 400),
        ({"text": "a\u0000b"}, 400),
        ({"text": ["a"]}, 400),
        ([], 400),
        (["text"], 400),
        (5, 400),
        ({"text": "a", "content": str(uuid4())}, 400),
        ({"content": "7"}, 400),
        ({"content": str(uuid4())}, 404),
        ({"text": "a", "voice": "../../etc/passwd"}, 400),
        ({"text": "a", "speed": 9}, 400),
        ({"text": "x" * 100_000}, 400),
        ({"text": "word " * 200}, 422),
        ({"text": "🎉👍"}, 422),
        ({"text": "\u200b\u202e\u2066"}, 422),
        ({"text": "мост"}, 422),
    ],
)
def test_bad_input_is_refused(api: ApiClient, body: Any, status: int) -> None:
    answer = api.post("/speech/", body)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not Speech.objects.exists()


def test_markup_is_said_and_not_obeyed(alice: User) -> None:
    pause = '<speak><break time="50s"/><audio src="file:///etc/passwd"/>hi</speak>'
    assert _seconds(engine.wav(pause, Voice.AMERICAN, Speed.NORMAL)) < 20
    assert engine.wav("[[h@l@U]]", Voice.AMERICAN, Speed.NORMAL) != engine.wav(
        "hello", Voice.AMERICAN, Speed.NORMAL
    )


def test_what_takes_too_long_fails_with_a_reason(api: ApiClient) -> None:
    asked = api.post("/speech/", {"text": "7 " * 249, "speed": "slow"}).json()
    job = _spoken(asked["id"])
    assert (job.state, job.error_code) == ("failed", "speech_too_long")
    assert api.get(f"/speech/{asked['id']}/audio/").status_code == 404


def test_a_sound_is_its_learners_own_and_kept_once(
    api: ApiClient, bobs_api: ApiClient, anonymous: Client, bob: User
) -> None:
    first = api.post("/speech/", {"text": "My secret is safe."}).json()
    _spoken(first["id"])
    path = f"/speech/{first['id']}/audio/"
    assert bobs_api.get(path).json()["code"] == "speech_not_found"
    assert anonymous.get("/api/v1" + path).status_code == 401
    second = bobs_api.post("/speech/", {"text": "My secret is safe."})
    assert second.status_code == 202  # nothing tells that somebody has had it
    _spoken(second.json()["id"])
    mine, theirs = Speech.objects.order_by("pk")
    assert mine.sha256 == theirs.sha256
    forget_speech(user_id=mine.user_id)
    assert [each.user_id for each in Speech.objects.all()] == [bob.pk]
    assert bobs_api.get(f"/speech/{second.json()['id']}/audio/").status_code == 200
    forget_speech(user_id=bob.pk)
    assert not storage.is_kept(mine.sha256)


def test_the_worker_stores_nothing_of_a_learner_who_left(alice: User) -> None:
    speech = order_speech(user_id=alice.pk, wanted=Wanted("Farewell."), now=timezone.now())
    assert speech.job
    forget_speech(user_id=alice.pk)
    arguments = {"job_id": str(speech.job.public_id), "speech_id": str(speech.public_id)}
    tasks.speak(**arguments)
    speech.job.refresh_from_db()
    assert (speech.job.state, speech.job.error_code) == ("failed", "speech_not_found")
    assert not storage.is_kept(speech.sha256)


def test_a_sound_that_went_lost_is_made_anew(api: ApiClient) -> None:
    first = api.post("/speech/", {"text": "lost"}).json()
    _spoken(first["id"])
    storage.discard(Speech.objects.get().sha256)
    again = api.post("/speech/", {"text": "lost"})
    assert again.status_code == 202
    assert again.json()["job"] != first["job"]
    _spoken(first["id"])
    assert api.get(f"/speech/{first['id']}/audio/").status_code == 200


def test_a_day_holds_so_many_characters(api: ApiClient, settings: Any) -> None:
    settings.SPEECH_CHARS_PER_DAY = 10
    assert api.post("/speech/", {"text": "12345678"}).status_code == 202
    assert api.post("/speech/", {"text": "12345678"}).status_code == 202  # the same: not charged
    refused = api.post("/speech/", {"text": "one more"})
    assert (refused.status_code, refused.json()["code"]) == (429, "speech_limit")
    assert int(refused["Retry-After"]) > 0


def test_where_nothing_speaks_it_says_so(api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESEE_SPEECH", "off")
    answer = api.post("/speech/", {"text": "hello"})
    assert (answer.status_code, answer.json()["code"]) == (503, "speech_away")
    assert engine.health() == "nothing speaks"


def test_a_program_that_dies_is_tried_again(
    alice: User, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    crashing = tmp_path / "crash.py"
    crashing.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(engine, "_PROGRAM", crashing)
    speech = order_speech(user_id=alice.pk, wanted=Wanted("Boom."), now=timezone.now())
    job = _spoken(speech.public_id)
    assert (job.state, job.error_code) == ("queued", "speech_away")


def test_what_was_asked_for_again_stays(alice: User) -> None:
    now = timezone.now()
    wanted = Wanted("Stay.")
    order_speech(user_id=alice.pk, wanted=wanted, now=now - timedelta(days=40))
    order_speech(user_id=alice.pk, wanted=wanted, now=now - timedelta(days=20))
    commands.prune(now=now)
    assert Speech.objects.count() == 1


def test_a_learner_is_forgotten_whole(alice: User, bob: User) -> None:
    now, texts = timezone.now(), [Wanted(f"{word} it.") for word in ("Forget", "Leave", "Drop")]
    for user in (alice, bob):
        rows = commands.order_all(
            user_id=user.pk, wanted=texts, now=now, purpose=Speech.Purpose.OWN
        )
    for row in rows:
        storage.keep(b"sound", storage.name_of(row.sha256))
    forget_speech(user_id=bob.pk)
    assert Speech.objects.filter(user=alice).count() == Speech.objects.count() == 3
    assert all(storage.is_kept(row.sha256) for row in rows)
    forget_speech(user_id=alice.pk)
    assert not any(storage.is_kept(row.sha256) for row in rows)


def test_words_of_one_sound_have_the_same_letters() -> None:
    sounds = engine.sounds(["there", "their", "two", "too", "bridge"], Voice.AMERICAN)
    assert sounds["there"] == sounds["their"]
    assert sounds["two"] == sounds["too"]
    assert len({*sounds.values()}) == 3
