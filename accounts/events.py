"""What has happened to accounts, as others are told. Standard library only."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequested:
    """A learner wants to be erased; until ``due_at`` they may think better of it."""

    version: ClassVar[int] = 1
    learner_id: UUID
    due_at: datetime
    occurred_at: datetime
