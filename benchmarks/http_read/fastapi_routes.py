"""The two reads as FastAPI with asyncpg does them: pydantic models, a pool, no other middleware.

The statements are the product's own, noted at start; the dashboard asks PostgreSQL for the exact
figures each time. What FSRS says of a card is asked of the product's pure functions. Like the
product, it knows a revoked account by loading the user; a look at revoked tokens and the rate
limiter would stand in ``Reads.enter``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, cast
from uuid import UUID

import asyncpg  # type: ignore[import-untyped]
import jwt
import orjson
from django.conf import settings
from django.core.cache import cache
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from accounts.models import User
from accounts.queries.learners import Learner, learner
from benchmarks.http_read import shapes
from benchmarks.http_read.statements import Statement, noted
from review.parameters import chosen, parameters
from review.queries import statistics as statistics_queries
from review.queries.contents import stage_name
from review.queries.due import due_cards, intervals
from review.queries.statistics import Today, today_of
from review.queries.sums import shown
from review.read_models import SUMS
from review.scheduling import MemoryState, preview, retrievability
from review.states import STATE_FIELDS

LIMIT = 20


@dataclass(frozen=True, slots=True)
class Statements:
    """What the product asks, by what it asks for."""

    learner: Statement
    due: Statement
    figures: Statement
    counts: Statement


def known_values(user_id: int, now: datetime, today: Today) -> dict[str, Any]:
    """Return what a statement's parameters can be."""
    return {
        "user_id": user_id,
        "now": now,
        **today.window,
        "starts_at": today.starts_at,
        "ends_at": today.ends_at - timedelta(microseconds=1),
    }


def product_statements() -> Statements:
    """Run the product's two reads, uncached, for the last learner and note what they ask."""
    user_id = User.objects.latest("pk").pk
    me, now = learner(user_id), datetime.now(UTC)
    values = known_values(user_id, now, today_of(me, now))
    due_cards(me, now=now, limit=LIMIT)  # reads the parameters, which stay in memory
    cache.delete(f"stats:{{{user_id}}}")
    by_token = {"public_id": me.public_id}
    users = User.objects.filter(public_id=me.public_id, is_active=True)
    (found,) = noted(users.first, by_token)
    (due,) = noted(lambda: due_cards(me, now=now, limit=LIMIT), values)
    _, figures, counts = noted(lambda: statistics_queries.dashboard(me, now=now), values)
    names = (*due.names, "limit")
    limited = due.sql.replace(f"LIMIT {LIMIT}", f"LIMIT ${len(names)}::bigint")
    return Statements(found, replace(due, sql=limited, names=names), figures, counts)


class Reads:
    """One request's connection, learner and moment."""

    def __init__(self, connection: Any, statements: Statements) -> None:
        self.connection = connection
        self.statements = statements
        self.now = datetime.now(UTC)

    async def enter(self, token: str) -> None:
        """Load the learner whom a valid access token names; HTTPException 401."""
        try:
            claims = jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"])
        except jwt.PyJWTError:
            raise HTTPException(401) from None
        if claims.get("token_use") != "access":
            raise HTTPException(401)
        rows = await self.rows(self.statements.learner, {"public_id": UUID(claims["sub"])})
        if not rows:
            raise HTTPException(401)
        (row,) = rows
        self.learner = Learner(**{field.name: row[field.name] for field in fields(Learner)})

    async def rows(self, statement: Statement, values: dict[str, Any]) -> list[Any]:
        """Return what the statement finds."""
        found = await self.connection.fetch(statement.sql, *statement.arguments(values))
        return cast("list[Any]", found)

    async def due(self, limit: int) -> dict[str, Any]:
        """Return the cards due now."""
        values = {"user_id": self.learner.id, "now": self.now, "limit": limit}
        found = await self.rows(self.statements.due, values)
        due_count = found[0]["due_count"] if found else 0
        return {"due_count": due_count, "cards": [self._card(row) for row in found]}

    def _card(self, row: Any) -> dict[str, Any]:
        state = MemoryState(**{name: row[name] for name in STATE_FIELDS})
        of_category = row["content__category__applied_parameters_id"]
        rules = parameters(chosen(of_category, row["learner_choice"]))
        due_at = preview(state, self.now, rules, seed=str(row["content__public_id"]))
        return {
            "id": row["content__public_id"],
            "category": row["content__category__public_id"],
            "front": row["content__front"],
            "back": row["content__back"],
            "gloss": row["content__gloss"],
            "example": row["content__example"],
            "tags": row["content__tags"],
            "source": row["content__source"],
            "stage": stage_name(state.stage),
            "due_at": state.due_at,
            "reps": state.reps,
            "lapses": state.lapses,
            "retrievability": retrievability(state, self.now, rules),
            "next_intervals": intervals(due_at, self.now),
        }

    async def dashboard(self) -> dict[str, Any]:
        """Return where the learner stands."""
        today = today_of(self.learner, self.now)
        values = known_values(self.learner.id, self.now, today)
        (figures,) = await self.rows(self.statements.figures, values)
        (counts,) = await self.rows(self.statements.counts, values)
        cards = dict(counts)
        del cards["user_id"]
        due = {name: cards.pop(name) for name in ("due_now", "due_today", "overdue")}
        return {
            "today": today.day,
            **due,
            "cards": cards,
            "reviewed_today": shown({name: figures[f"today_{name}"] for name in SUMS}),
            "last_30_days": shown({name: figures[f"month_{name}"] for name in SUMS}),
            "streak_days": figures["streak_days"],
        }


async def _prepared(connection: Any) -> None:
    await connection.set_type_codec("jsonb", encoder=str, decoder=orjson.loads, schema="pg_catalog")


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    database = settings.DATABASES["default"]
    async with asyncpg.create_pool(
        host=database["HOST"],
        user=database["USER"],
        database=database["NAME"],
        min_size=1,
        max_size=8,
        init=_prepared,
    ) as pool:
        app.state.pool = pool
        yield


async def _reads(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]
) -> AsyncIterator[Reads]:
    async with request.app.state.pool.acquire() as connection:
        reads = Reads(connection, request.app.state.statements)
        await reads.enter(credentials.credentials)
        yield reads


def application() -> FastAPI:
    """Return the application; it asks the product for its statements now."""
    app = FastAPI(lifespan=_lifespan)
    app.state.statements = product_statements()

    @app.get("/api/v1/reviews/due/", response_model=shapes.due(BaseModel))
    async def due(
        reads: Annotated[Reads, Depends(_reads)],
        limit: Annotated[int, Query(ge=1, le=200)] = LIMIT,
    ) -> Any:
        return await reads.due(limit)

    @app.get("/api/v1/statistics/dashboard/", response_model=shapes.dashboard(BaseModel))
    async def dashboard(reads: Annotated[Reads, Depends(_reads)]) -> Any:
        return await reads.dashboard()

    return app
