"""The two answers as pydantic models: with ninja's Schema as base, or with pydantic's own."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, create_model


def due(base: type[BaseModel]) -> type[BaseModel]:
    """Return the model of the due list: 20 cards, each with four intervals."""
    interval = create_model("Interval", __base__=base, due_at=datetime, seconds=int)
    ratings: dict[str, Any] = dict.fromkeys(("again", "hard", "good", "easy"), interval)
    card = create_model(
        "Card",
        __base__=base,
        id=UUID,
        category=UUID,
        front=str,
        back=str,
        gloss=str,
        example=str,
        tags=list[str],
        source=dict[str, Any],
        stage=str,
        due_at=datetime,
        reps=int,
        lapses=int,
        retrievability=float | None,
        next_intervals=create_model("Intervals", __base__=base, **ratings),
    )
    return create_model("Due", __base__=base, due_count=int, cards=list[card])  # type: ignore[valid-type]


def dashboard(base: type[BaseModel]) -> type[BaseModel]:
    """Return the model of the dashboard."""
    results: dict[str, Any] = dict.fromkeys(("forgot", "partial", "remembered", "taken_ms"), int)
    sums = create_model(
        "Sums", __base__=base, review_count=int, success_rate=float | None, **results
    )
    stages = ("new", "learning", "review", "relearning", "suspended")
    by_stage: dict[str, Any] = dict.fromkeys(stages, int)
    return create_model(
        "Dashboard",
        __base__=base,
        today=date,
        due_now=int,
        due_today=int,
        overdue=int,
        cards=create_model("CardsByStage", __base__=base, **by_stage),
        reviewed_today=sums,
        last_30_days=sums,
        streak_days=int,
    )
