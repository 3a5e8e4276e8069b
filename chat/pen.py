"""What a reply is written with: pieces of a model's answer become stored chunks."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime

from chat import metrics
from chat.commands.replies import add_chunk, tell_place
from chat.models import Message
from config.ai.calls import Piece, Source

PAUSE_SECONDS = 0.03  # pieces that come faster are stored together
Clock = Callable[[], datetime]


class Pen:
    """Writes one reply. Every method raises NotOurs when the reply is no longer ours."""

    def __init__(self, reply: Message, clock: Clock) -> None:
        self.reply = reply
        self.source = Source.MODEL
        self.text = ""
        self._clock = clock
        self._waiting = ""
        self._place = 0
        self._stored_at = 0.0

    def write(self, text: str, source: Source = Source.MODEL) -> None:
        """Add to the reply, at once or with what comes next."""
        self.source, self.text = source, self.text + text
        self._waiting += text
        if time.monotonic() - self._stored_at >= PAUSE_SECONDS:
            self.lift()

    def lift(self) -> None:
        """Store what still waits."""
        if not self._waiting:
            return
        if not self._stored_at:
            since = self._clock() - self.reply.created_at
            metrics.FIRST_CHUNK_SECONDS.observe(since.total_seconds())
        add_chunk(reply=self.reply, text=self._waiting, now=self._clock())
        self._waiting, self._stored_at = "", time.monotonic()

    def follow(self, pieces: Iterator[Piece]) -> None:
        """Write a model's answer as it comes; tells the place in its queue meanwhile."""
        with closing(pieces) as coming:  # type: ignore[type-var]
            for piece in coming:
                if piece.place or self._place:
                    self._place = piece.place
                    tell_place(reply=self.reply, place=piece.place)
                if piece.text:
                    self.write(piece.text, piece.source)
        self.lift()
