"""The two reads as django-ninja does them: bearer authentication, schemas, orjson.

The same SQL, cache and FSRS as the product's, written as one writes it there: by the ORM. Like the
product, they know a revoked account by loading the user; a look at revoked tokens and the rate
limiter would stand in ``Bearer.authenticate``.
"""

from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer

from accounts.models import User
from accounts.queries.learners import learner_of
from accounts.tokens import check
from benchmarks.http_read import shapes
from config.api.rendering import dump
from review import stat_cache
from review.models import LearnerClock
from review.queries import due as due_queries
from review.queries import statistics as statistics_queries
from review.queries.sums import shown


class Orjson(BaseRenderer):
    """As django-ninja's documentation shows it, with the product's spelling of instants."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return the body."""
        return dump(data)


class Bearer(HttpBearer):
    """The product's token, checked by the same function."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return the learner; None answers 401."""
        found = check(token)
        return found[0] if found else None


class LearnerRequest(HttpRequest):
    """A request that Bearer has let in."""

    auth: User


api = NinjaAPI(auth=Bearer(), renderer=Orjson())


@api.get("/reviews/due/", response=shapes.due(Schema))
def due(
    request: LearnerRequest,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> Any:
    """Return the cards due now."""
    now = timezone.now()
    rows = list(due_queries.due_rows(user_id=request.auth.pk, now=now)[:limit])
    cards = [due_queries.due_card(row, now) for row in rows]
    return {"due_count": rows[0]["due_count"] if rows else 0, "cards": cards}


@api.get("/statistics/dashboard/", response=shapes.dashboard(Schema))
def dashboard(request: LearnerRequest) -> Any:
    """Return where the learner stands."""
    learner, now = learner_of(request.auth), timezone.now()
    today = statistics_queries.today_of(learner, now)
    clock = LearnerClock.objects.filter(user_id=learner.id).first()
    figures = stat_cache.read(learner.id, seq=clock.facts_seq if clock else 0, day=today.day)
    if figures is None:
        figures = statistics_queries.exact_figures(learner, today)
    ends_at = today.ends_at - timedelta(microseconds=1)
    counts = statistics_queries.card_counts(
        user_id=learner.id, now=now, starts_at=today.starts_at, ends_at=ends_at
    )
    (row,) = counts  # every learner of the benchmark has cards
    return {
        "today": today.day,
        **row,
        "cards": row,
        "reviewed_today": shown(figures.today),
        "last_30_days": shown(figures.month),
        "streak_days": figures.streak_days,
    }


urlpatterns = [path("api/v1/", api.urls)]
