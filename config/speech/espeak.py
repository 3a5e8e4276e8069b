"""The program that speaks: espeak-ng, in a process that lives for one request.

    python -I config/speech/espeak.py < REQUEST > ANSWER

The library has one state for the whole process and may crash on a text: nobody loads it but this
program. REQUEST is JSON with a voice. With a ``text`` and ``words_a_minute`` the answer is a WAV:
16 bit, mono, 22,050 frames a second. With ``words`` it is a JSON object of their phonemes. A text
is never taken for SSML or for phonemes.
"""

import ctypes
import io
import json
import resource
import sys
import wave
from typing import Any

import espeakng_loader

SECONDS_MAX = 60
TOO_LONG = 3  # how the program ends when the text takes longer

_SYNCHRONOUS, _DONT_EXIT = 2, 0x8000
_UTF8 = 1  # with neither the flag of SSML nor that of phonemes
_RATE, _FROM_CHARACTER = 1, 1
_IPA = 0x02
_CPU_SECONDS, _ADDRESS_SPACE = 20, 512 * 1024**2
_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Engine:
    """The library with one voice; OSError when it, its data or the voice is not there."""

    def __init__(self, voice: str) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        folder = espeakng_loader.get_data_path().encode()
        self.frames_a_second = int(
            self._library.espeak_Initialize(_SYNCHRONOUS, 0, folder, _DONT_EXIT)
        )
        if self.frames_a_second <= 0:
            raise OSError("espeak-ng finds no data")
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise OSError(f"espeak-ng has no voice {voice}")
        self._samples = bytearray()
        self._hear = _Callback(self._take)  # kept, for the library calls it later
        self._library.espeak_SetSynthCallback(self._hear)

    @property
    def is_too_long(self) -> bool:
        """Whether there was more to say than is taken."""
        return len(self._samples) > SECONDS_MAX * self.frames_a_second * 2

    def spoken(self, text: str, words_a_minute: int) -> bytes:
        """Return a text as samples."""
        self._library.espeak_SetParameter(_RATE, words_a_minute, 0)
        data = text.encode() + b"\0"
        size = ctypes.c_size_t(len(data))
        self._library.espeak_Synth(data, size, 0, _FROM_CHARACTER, 0, _UTF8, None, None)
        return bytes(self._samples)

    def phonemes(self, word: str) -> str:
        """Return how a word sounds, in IPA."""
        translate = self._library.espeak_TextToPhonemes
        translate.restype = ctypes.c_char_p
        rest = ctypes.c_char_p(word.encode())
        found: list[bytes] = []
        while rest.value:
            found.append(translate(ctypes.byref(rest), _UTF8, _IPA) or b"")
        return b" ".join(found).decode()

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count:
            self._samples += ctypes.string_at(samples, count * 2)
        return int(self.is_too_long)


def main() -> int:
    """Answer the request on stdin."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    request = json.load(sys.stdin.buffer)
    engine = Engine(request["voice"])
    if "words" in request:
        found = {word: engine.phonemes(word) for word in request["words"]}
        sys.stdout.write(json.dumps(found))
        return 0
    samples = engine.spoken(request["text"], request["words_a_minute"])
    if engine.is_too_long:
        return TOO_LONG
    sys.stdout.buffer.write(_as_wav(samples, engine.frames_a_second))
    return 0


def _as_wav(samples: bytes, frames_a_second: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(frames_a_second)
        written.writeframes(samples)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
