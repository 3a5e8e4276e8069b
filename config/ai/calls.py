"""What is asked of a model, and what comes back. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

if TYPE_CHECKING:
    from pydantic import BaseModel

Message = tuple[Literal["system", "user", "assistant"], str]


class Fallback(StrEnum):
    """Which kept answer may stand in while no provider answers; after it the task's template."""

    NONE = "none"
    SAME = "same"  # the last good answer to the same prompt
    SIMILAR = "similar"  # or to a similar prompt about the same word: explanations, examples


class Source(StrEnum):
    """Where an answer comes from."""

    MODEL = "model"
    SAME = "same"
    SIMILAR = "similar"
    TEMPLATE = "template"
    RULES = "rules"  # none was asked for


@dataclass(frozen=True, slots=True)
class Task:
    """One thing the product asks of models; defined once, beside its prompt.

    ``version`` counts up when the prompt changes. ``is_shared``: the prompt holds nothing of any
    learner, so that one's kept answer may serve another. ``template`` stands in at last, with the
    word asked about for ``{about}``. Times are seconds: of one try (until its first token, and
    between tokens) and of all together.
    """

    name: str
    version: int = 1
    is_shared: bool = False
    fallback: Fallback = Fallback.NONE
    template: str = ""
    max_output_tokens: int = 80
    temperature: float = 0.2
    try_seconds: float = 20.0
    total_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Call:
    """One question; ``learner`` pays for it, ``about`` is the word it is about, if there is one."""

    task: Task
    messages: Sequence[Message]
    learner: UUID | None = None
    about: str = ""
    shape: "type[BaseModel] | None" = None

    @property
    def input_chars(self) -> int:
        """Return how long the question is."""
        return sum(len(text) for _, text in self.messages)


@dataclass(frozen=True, slots=True)
class Usage:
    """What one answer took, as the provider counts."""

    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer; ``value`` is it as the asked-for shape."""

    text: str
    source: Source = Source.MODEL
    value: Any = None
    model: str = ""
    usage: Usage = field(default_factory=Usage)

    @property
    def is_cached(self) -> bool:
        """Tell whether it was not made for this question: the client is told."""
        return self.source is not Source.MODEL


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an answer as it arrives; ``place`` above 0 only tells the place in the queue."""

    text: str
    source: Source = Source.MODEL
    place: int = 0

    @property
    def is_cached(self) -> bool:
        """Tell whether it was not made for this question: the client is told."""
        return self.source is not Source.MODEL
