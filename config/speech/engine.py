"""The engine that speaks, and how it is asked: a process for each request."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from config.errors import Unavailable
from config.settings import variables
from config.speech.texts import WORDS_A_MINUTE, Speed, Voice

_PROGRAM = Path(__file__).with_name("espeak.py")
_TOO_LONG = 3  # as the program ends
_SECONDS, _SECONDS_FOR_SOUNDS = 30, 5  # a request waits for the second
_AWAY = "Nothing can be read aloud at the moment."
_STRESS = str.maketrans("", "", "\u02c8\u02cc\u02d0 ")  # which does not tell two words apart


class SpeechAway(Unavailable):
    """Nothing speaks here, or not now."""

    code = "speech_away"


class TooLongToSay(Exception):
    """It takes longer than is kept."""


def is_available() -> bool:
    """Tell whether there is an engine, and it is wanted. Asks no process."""
    return variables.text("RESEE_SPEECH") != "off" and bool(release())


@cache
def release() -> str:
    """Return the engine's name and version, nothing when it is not installed."""
    try:
        return f"espeakng-loader {version('espeakng-loader')}"
    except PackageNotFoundError:
        return ""


def health() -> str:
    """Return what speaks. That nothing does makes nothing unready: all else works."""
    return release() if is_available() else "nothing speaks"


def hash_of(text: str, voice: Voice, speed: Speed) -> str:
    """Return the SHA-256 by which a sound is known: of what is said, by whom and how fast."""
    rate = WORDS_A_MINUTE[speed]
    return sha256(json.dumps([release(), voice, rate, text]).encode()).hexdigest()


def wav(text: str, voice: Voice, speed: Speed) -> bytes:
    """Return a text that is spoken, as a WAV; SpeechAway, TooLongToSay."""
    return _asked({"voice": voice, "text": text, "words_a_minute": WORDS_A_MINUTE[speed]})


def sounds(words: Sequence[str], voice: Voice) -> dict[str, str]:
    """Return how each word sounds: those of one sound have the same letters. SpeechAway."""
    try:
        answer = _asked({"voice": voice, "words": list(words)}, seconds=_SECONDS_FOR_SOUNDS)
    except TooLongToSay as error:
        raise SpeechAway(_AWAY) from error
    found: dict[str, str] = json.loads(answer)
    return {word: sound.translate(_STRESS) for word, sound in found.items()}


def _asked(request: dict[str, Any], *, seconds: int = _SECONDS) -> bytes:
    if not is_available():
        raise SpeechAway("Nothing is read aloud here.", retry_after_seconds=3600)
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SpeechAway(_AWAY) from error
    if done.returncode in {_TOO_LONG, -signal.SIGXCPU, -signal.SIGKILL}:
        raise TooLongToSay
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise SpeechAway(_AWAY) from OSError(done.returncode, *said)
    return done.stdout
