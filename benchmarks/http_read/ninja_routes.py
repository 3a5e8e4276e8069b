"""The two reads as django-ninja does them: bearer authentication, schemas, orjson.

They call the product's queries, so that the same SQL, cache and FSRS run below. Like the product,
they know a revoked account by loading the user; a look at revoked tokens and the rate limiter would
stand in ``Bearer.authenticate``.
"""

from typing import Annotated, Any
from uuid import UUID

from allauth.headless.tokens.strategies.jwt.internal import decode_token
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema
from ninja.renderers import BaseRenderer
from ninja.security import HttpBearer

from accounts.models import User
from accounts.queries.learners import learner_of
from benchmarks.http_read import shapes
from config.api.rendering import dump
from review.queries import due as due_queries
from review.queries import statistics as statistics_queries


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
        claims = decode_token(token, "access")
        if claims is None:
            return None
        return User.objects.filter(pk=claims["sub"], is_active=True).first()


class LearnerRequest(HttpRequest):
    """A request that Bearer has let in."""

    auth: User


api = NinjaAPI(auth=Bearer(), renderer=Orjson())


@api.get("/reviews/due/", response=shapes.due(Schema))
def due(
    request: LearnerRequest,
    category: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> Any:
    """Return the cards due now."""
    learner = learner_of(request.auth)
    found = due_queries.due_cards(learner, now=timezone.now(), limit=limit, category_id=category)
    return {"due_count": found.due_count, "cards": found.cards}


@api.get("/statistics/dashboard/", response=shapes.dashboard(Schema))
def dashboard(request: LearnerRequest) -> Any:
    """Return where the learner stands."""
    return statistics_queries.dashboard(learner_of(request.auth), now=timezone.now())


urlpatterns = [path("api/v1/", api.urls)]
