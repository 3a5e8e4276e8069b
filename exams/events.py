"""What has happened in level tests and exams, as others are told. Standard library only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMeasured:
    """A level test ended with a result: A1-C2, its probability, the ability's standard error."""

    version: ClassVar[int] = 1
    learner_id: UUID
    level_test_id: UUID
    level: str
    probability: float
    standard_error: float
    occurred_at: datetime
