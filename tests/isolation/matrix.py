"""The matrix: every route of the URLconf x every actor x every method."""

import logging
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.settings import variables
from tests.isolation.rows import For, Row, row_of
from tests.isolation.world import World

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_HEALTH = "readyz"  # 503 where parts are away, as here
_ACCOUNT = "accounts.User"
_STRANGERS = {404, 405, 415}  # what another's row answers: as one that is not there
_NOBODY = {401, 405}


@dataclass
class Findings:
    """What the matrix came to; everything but the counts has to stay empty."""

    routes: int = 0
    calls: int = 0
    without_row: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)


def routes() -> list[str]:
    """Return every address of the product, as the URLconf spells it."""
    return sorted(set(_walk(get_resolver(), "")))


def chosen() -> list[str]:
    """Return all of them in the full run; else all of the API's and a sample of the admin's."""
    found = routes()
    admin = [route for route in found if route.startswith("admin/")]
    return found if variables.text("PROOF") else sorted({*found} - {*admin} | {*admin[::6]})


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _walk(entry, route)


def methods(row: Row) -> tuple[str, ...]:
    """Return the methods to ask: of the admin, which has most routes, all only in the full run."""
    return METHODS if variables.text("PROOF") or row.audience is not For.STAFF else ("GET", "POST")


def run(only: Collection[str] | None = None) -> Findings:
    """Ask the chosen routes, or ``only`` some; what one route did is undone before the next."""
    found = Findings()
    with _silence(), transaction.atomic():
        world = World()
        before = world.state()
        for route in chosen() if only is None else only:
            found.routes += 1
            row = row_of(route)
            if row is None:
                found.without_row.append(route)
                continue
            with transaction.atomic():
                _ask(world, route, row, before, found)
                transaction.set_rollback(True)
        transaction.set_rollback(True)
    return found


def _ask(world: World, route: str, row: Row, before: dict[str, str], found: Findings) -> None:
    """Let all others try, look whether that did anything, and then see that the owner gets in."""
    for actor in ("anonymous", "other", "teacher", "staff"):
        if actor == "staff" and row.audience is For.STAFF:  # support may disable an account
            _compare(world, route, {_ACCOUNT: before[_ACCOUNT]}, found)
            before = {name: rows for name, rows in before.items() if name != _ACCOUNT}
        for method, response in _tried(world, actor, route, row, found):
            if _leaks(world, actor, row, response):
                found.leaks.append(f"{actor} {method} {route}: {response.status_code}")
    _compare(world, route, before, found)
    if row.audience is not For.STAFF and (mixed := world.mixed()):
        found.leaks.append(f"{route}: a reference across learners in {mixed}")
    answers = [response.status_code for _, response in _tried(world, "owner", route, row, found)]
    is_own = (
        row.audience not in {For.STAFF, For.SIGN_IN} and route != _HEALTH and not row.takes_file
    )
    if is_own and min(answers) >= 400:
        found.unreached.append(route)


def _compare(world: World, route: str, before: dict[str, str], found: Findings) -> None:
    after = world.state(before)
    if changed := [name for name in before if after[name] != before[name]]:
        found.leaks.append(f"{route}: changed {changed}")


@contextmanager
def _silence() -> Iterator[None]:
    """Log nothing of thousands of refusals."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _tried(
    world: World, actor: str, route: str, row: Row, found: Findings
) -> Iterator[tuple[str, Any]]:
    """Yield what each method answers an actor; a fault of ours is found here."""
    client = world.client(actor)
    for method in methods(row):
        response = _send(world, client, method, route, row)
        found.calls += 1
        if response.status_code >= 500 and route != _HEALTH:
            found.faults.append(f"{actor} {method} {route}: {response.status_code}")
        yield method, response
        for close in response._resource_closers:  # nobody may have read it to its end
            close()


def _send(world: World, client: Client, method: str, route: str, row: Row) -> Any:
    query = f"?{urlencode(query)}" if (query := row.query(world)) else ""
    send = getattr(client, method.lower())
    if method in {"GET", "HEAD"}:
        return send(_address(world, route) + query)
    body = orjson.dumps(row.body(world))
    return send(_address(world, route) + query, body, content_type="application/json")


def _address(world: World, route: str) -> str:
    """Return the route's address, of the owner's rows."""

    def value(match: re.Match[str]) -> str:
        return str(world.ids.get(match["name"], world.owner.pk))

    path = re.sub(r"<(?:\w+:)?(?P<name>\w+)>", value, route.replace("^", "").replace("$", ""))
    path = re.sub(r"\(\?P\d+\(?", "", re.sub(r"\(\?P<app_label>[^)]*\)", "review", path))
    return "/" + re.sub(r"\(\?P.*", "nowhere", path)


def content_of(response: Any) -> bytes:
    """Return the whole body; what is streamed is closed with it."""
    body: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return body


def _leaks(world: World, actor: str, row: Row, response: Any) -> bool:
    """Tell whether somebody who is not the owner saw or did what is the owner's."""
    status = response.status_code
    body = content_of(response)
    if row.audience is For.STAFF and actor == "staff":
        return False  # staff look at things in the admin; that nothing changed is seen elsewhere
    if world.mark.encode() in body:
        return True
    if actor == "anonymous" and row.audience in {For.LEARNER, For.OWNER}:
        return status not in _NOBODY
    if row.audience is For.STAFF:
        return status == 200 and b'name="username"' not in body and bool(body)
    return row.audience is For.OWNER and status not in _STRANGERS
