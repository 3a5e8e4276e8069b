"""Texts are read aloud: ordered, spoken by a worker, kept while they are asked for."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from config.api.limiter import Limit, admit
from config.errors import Exhausted, Invalid, NotFound
from config.jobs import dispatch
from config.jobs.leases import Clock, Lease, finish
from config.jobs.models import Job
from config.jobs.work import CannotBeDone, TryAgainLater, do_unit
from config.retention import kept
from config.speech import engine, metrics, storage
from config.speech.models import Speech
from config.speech.texts import LENGTH_MAX, Speed, Voice, sayable, voice_for

TASK = "config.speech.tasks.speak"
_DAY = 24 * 3600
_BATCH = 100
_WORKING = (Job.State.QUEUED, Job.State.RUNNING)
Purpose = Speech.Purpose


class NothingToSay(Invalid):
    """The text holds no letter and no digit, or is of a script that no voice reads."""

    code = "nothing_to_say"


class TextTooLong(Invalid):
    """More than is read aloud at once."""

    code = "text_too_long"


class SpeechLimit(Exhausted):
    """The learner has had as much read aloud as a day holds."""

    code = "speech_limit"


class NotSpokenYet(NotFound):
    """The sound is not there: not yet, or not any more."""

    code = "not_spoken_yet"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to say, by whom and how fast; without a voice the text's letters choose it."""

    text: str
    voice: Voice | None = None
    speed: Speed = Speed.NORMAL


def order_speech(
    *, user_id: int, wanted: Wanted, now: datetime, purpose: Purpose = Purpose.OWN
) -> Speech:
    """Have a text read aloud; ``is_spoken`` tells whether it is already, else its job is at it.

    A sound that went lost is made anew. NothingToSay, TextTooLong, SpeechAway, QueueFull and, for
    what the learner asks for, SpeechLimit.
    """
    return order_all(user_id=user_id, wanted=[wanted], now=now, purpose=purpose)[0]


def order_all(
    *, user_id: int, wanted: Sequence[Wanted], now: datetime, purpose: Purpose
) -> list[Speech]:
    """Have texts read aloud, all or none; return them in any order. Raises as ``order_speech``."""
    asked = {row.sha256: row for row in (_row(user_id, each, purpose, now) for each in wanted)}
    mine = Speech.objects.filter(user_id=user_id, purpose=purpose, sha256__in=asked)
    there = {row.sha256 for row in mine.select_related("job") if _is_at_hand(row)}
    lacking = [row for sha256, row in asked.items() if sha256 not in there]
    if lacking:
        _admit(user_id, purpose, sum(len(row.text) for row in lacking))
    with storage.held(*(row.sha256 for row in lacking)):  # against whoever discards them
        Speech.objects.bulk_create(lacking, ignore_conflicts=True)
        locked = mine.select_for_update(of=("self",)).select_related("job").order_by("pk")
        rows = list(locked)
        for row in rows:
            row.asked_at = now
            if row.sha256 not in there and not is_worked_on(row):  # another may be quicker
                arguments = {"speech_id": str(row.public_id)}
                row.job = dispatch.accept(task=TASK, arguments=arguments, user_id=user_id)
        Speech.objects.bulk_update(rows, ["job", "asked_at"])
    return rows


def ordered(*, user_id: int, wanted: Wanted, purpose: Purpose, now: datetime) -> Speech | None:
    """Return what was ordered in these words; changes nothing. NothingToSay, TextTooLong."""
    sha256 = _row(user_id, wanted, purpose, now).sha256
    rows = Speech.objects.filter(user_id=user_id, purpose=purpose, sha256=sha256)
    return rows.select_related("job").first()


def is_spoken(speech: Speech) -> bool:
    """Tell whether the learner's sound is there; while its job goes on, it is not."""
    return not is_worked_on(speech) and storage.is_kept(speech.sha256)


def sound_of(speech: Speech) -> bytes:
    """Return the sound, a WAV; NotSpokenYet, though another learner's may be there."""
    with suppress(FileNotFoundError):
        if not is_worked_on(speech):
            return storage.load(storage.name_of(speech.sha256))
    raise NotSpokenYet("This is not spoken yet, or was not asked for in a long time.")


def speak(*, job_id: UUID, speech_id: UUID, clock: Clock) -> None:
    """Speak one text, unless its sound is there."""

    def work(lease: Lease) -> None:
        speech = Speech.objects.filter(public_id=speech_id).first()
        if speech is None:
            raise CannotBeDone("speech_not_found", "Its text is not there any more.")
        data = b"" if storage.is_kept(speech.sha256) else _spoken(speech)
        with storage.held(speech.sha256):
            finish(lease=lease, now=clock(), result={"speech": str(speech_id)})
            if data and Speech.objects.filter(pk=speech.pk).exists():
                storage.keep(data, storage.name_of(speech.sha256))

    do_unit(job_id=job_id, work=work, clock=clock)


def prune(*, now: datetime) -> None:
    """Forget what nobody asked for in a long time."""
    _forget(Speech.objects.filter(asked_at__lt=now - kept("speech")))


def forget_speech(*, user_id: int) -> None:
    """Delete all that a learner had read aloud; a sound stays while another learner has it too."""
    _forget(Speech.objects.filter(user_id=user_id))


def _forget(rows: QuerySet[Speech]) -> None:
    """Delete rows, and the sounds that no row is left of; all of them, batch by batch."""
    while batch := dict(rows.values_list("pk", "sha256")[:_BATCH]):
        with storage.held(*{*batch.values()}):
            rows.filter(pk__in=batch).delete()  # asked for again by now, it stays
            left = Speech.objects.filter(sha256__in=batch.values())
            for sha256 in {*batch.values()} - {*left.values_list("sha256", flat=True)}:
                storage.discard(sha256)


def _row(user_id: int, wanted: Wanted, purpose: Purpose, now: datetime) -> Speech:
    said = sayable(wanted.text)
    if not said:
        raise NothingToSay("There is nothing in it that can be said.", field="text")
    if len(said) > LENGTH_MAX:
        raise TextTooLong(f"At most {LENGTH_MAX} characters are read aloud.", field="text")
    voice = wanted.voice or voice_for(said)
    if voice is None:
        raise NothingToSay("No voice here reads this script.", field="text")
    row = Speech(user_id=user_id, purpose=purpose, text=said, created_at=now, asked_at=now)
    row.voice, row.speed = voice.value, wanted.speed.value
    row.sha256 = engine.hash_of(said, voice, wanted.speed)
    return row


def _is_at_hand(speech: Speech) -> bool:
    return is_worked_on(speech) or is_spoken(speech)


def _admit(user_id: int, purpose: Purpose, characters: int) -> None:
    if not engine.is_available():
        raise engine.SpeechAway("Nothing is read aloud here.", retry_after_seconds=_DAY)
    dispatch.admit(task=TASK)
    if purpose is Purpose.OWN:
        _charge(user_id, characters)


def is_worked_on(speech: Speech) -> bool:
    """Tell whether its job goes on."""
    return speech.job is not None and speech.job.state in _WORKING


def _charge(user_id: int, characters: int) -> None:
    most = settings.SPEECH_CHARS_PER_DAY
    bucket = (Limit("speech", most, _DAY), str(user_id))
    verdict = admit([bucket], cost=characters) if most else None
    if verdict and not verdict.is_admitted:
        raise SpeechLimit(
            f"{most} characters a day are read aloud.",
            retry_after_seconds=max(verdict.reset_seconds, 1),
        )


def _spoken(speech: Speech) -> bytes:
    try:
        with metrics.SPEECH_SECONDS.time():
            return engine.wav(speech.text, Voice(speech.voice), Speed(speech.speed))
    except engine.TooLongToSay:
        raise CannotBeDone("speech_too_long", "It takes longer than a minute.") from None
    except engine.SpeechAway as error:
        raise TryAgainLater(error.code, error.detail) from error
