"""Reactions to what other apps tell."""

from accounts.commands.profile import note_level
from config.outbox.subscribe import subscribe
from exams.events import LevelMeasured


@subscribe(LevelMeasured)
def show_level(event: LevelMeasured) -> None:
    """The learner's own page shows the level."""
    note_level(public_id=event.learner_id, level=event.level, measured_at=event.occurred_at)
