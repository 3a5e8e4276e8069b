"""Reactions to what other apps tell."""

from accounts.commands.profile import note_level
from accounts.emails import spoken
from accounts.events import ErasureRequested
from accounts.models import User
from accounts.rewards import earning
from accounts.tasks import send_later
from config.outbox.subscribe import subscribe
from exams.events import LevelMeasured
from review.events import ReviewRecorded, ReviewUndone


@subscribe(LevelMeasured)
def show_level(event: LevelMeasured) -> None:
    """The learner's own page shows the level."""
    note_level(public_id=event.learner_id, level=event.level, measured_at=event.occurred_at)


@subscribe(LevelMeasured)
def reward_level(event: LevelMeasured) -> None:
    """A measured level is an achievement."""
    earning.reward_level(
        learner_id=event.learner_id, level=event.level, occurred_at=event.occurred_at
    )


@subscribe(ReviewRecorded)
def reward_review(event: ReviewRecorded) -> None:
    """A review earns XP, and what it completes."""
    earning.reward_review(
        learner_id=event.learner_id,
        review_id=event.review_id,
        rating=event.rating,
        local_day=event.local_day,
        occurred_at=event.occurred_at,
    )


@subscribe(ReviewUndone)
def take_reward_back(event: ReviewUndone) -> None:
    """An undone review earns nothing; a reset had not either."""
    if event.rating is not None:
        earning.take_back(
            learner_id=event.learner_id,
            review_id=event.review_id,
            rating=event.rating,
            local_day=event.local_day,
            occurred_at=event.occurred_at,
        )


@subscribe(ErasureRequested)
def tell_of_erasure(event: ErasureRequested) -> None:
    """Whoever asked for it, the account's address is told, and how it is stopped."""
    user = User.objects.filter(public_id=event.learner_id).first()
    if user is not None:
        facts = {"email": user.email, "due_at": f"{event.due_at:%Y-%m-%d %H:%M} UTC"}
        send_later("account/erasure", language=spoken(user.native_language), facts=facts)
