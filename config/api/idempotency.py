"""Idempotency-Key: a POST that is sent again is answered again, and done once.

What a request did and its answer are stored by one transaction, which holds an advisory lock of the
key from its first line. So a process that dies leaves neither, and nothing has to be cleaned up.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

import orjson
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api.models import IdempotentAnswer
from config.api.problems import MEDIA_TYPE, exception_handler
from config.api.rendering import dump
from config.errors import Conflict, Invalid
from config.retention import kept

if TYPE_CHECKING:
    from django.utils.datastructures import MultiValueDict

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = kept("idempotency")
KEY_MAX = 255
_CREDENTIALS = 401, 403, 429  # say nothing of the request itself

Method = Callable[..., Response]


class KeyInUse(Conflict):
    """The first request with this key is being answered just now."""

    code = "idempotency_key_in_use"


class KeyReused(Invalid):
    """The key came with another request before."""

    code = "idempotency_key_reused"


class KeyNotAcceptable(Invalid):
    """A key is 1 to 255 visible ASCII characters."""

    code = "idempotency_key_invalid"
    status = 400


def idempotent(method: Method) -> Method:
    """Make a view's method heed Idempotency-Key; without the header it runs as it stands.

    Answers of 24 hours are kept, refusals included; a fault of ours is not, and may be tried again.
    """

    @wraps(method)
    def answer(view: APIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return method(view, request, *args, **kwargs)
        if not (0 < len(key) <= KEY_MAX and key.isascii() and key.isprintable()):
            raise KeyNotAcceptable("Idempotency-Key takes 1 to 255 visible ASCII characters.")
        return _once(request, key, lambda: method(view, request, *args, **kwargs))

    answer.is_idempotent = True  # type: ignore[attr-defined]  # read by the schema
    return answer


def is_idempotent(method: object) -> bool:
    """Tell whether a view's method heeds Idempotency-Key."""
    return getattr(method, "is_idempotent", False)


def prune(*, now: datetime) -> None:
    """Forget answers that are too old to be given again."""
    IdempotentAnswer.objects.filter(created_at__lt=now - KEPT).delete()


def _once(request: Request, key: str, run: Callable[[], Response]) -> Response:
    sha256, user_id = _request_sha256(request), int(request.user.pk or 0)
    with transaction.atomic():
        if not _lock(user_id, key):
            raise KeyInUse("A request with this Idempotency-Key is being answered just now.")
        stored = IdempotentAnswer.objects.filter(user_id=user_id, key=key).first()
        now = timezone.now()
        if stored and stored.created_at > now - KEPT:
            return _again(stored, sha256)
        response = _run(run)
        if response.status_code not in _CREDENTIALS:
            values = {
                "request_sha256": sha256,
                "status": response.status_code,
                "location": response.headers.get("Location", ""),
                "body": dump(response.data).decode(),
                "created_at": now,
            }
            IdempotentAnswer.objects.update_or_create(values, user_id=user_id, key=key)
        return response


def _run(run: Callable[[], Response]) -> Response:
    """Return the answer, or the refusal; what is our fault is raised and so not stored."""
    try:
        with transaction.atomic():
            return run()
    except Exception as error:
        refusal = exception_handler(error, None)
        if refusal is None or refusal.status_code >= 500:
            raise
        return refusal


def _again(stored: IdempotentAnswer, sha256: str) -> Response:
    if stored.request_sha256 != sha256:
        raise KeyReused("This Idempotency-Key came with another request before.")
    headers = {REPLAYED: "true"} | ({"Location": stored.location} if stored.location else {})
    kind = MEDIA_TYPE if stored.status >= 400 else None
    return Response(orjson.loads(stored.body), stored.status, headers=headers, content_type=kind)


def _lock(user_id: int, key: str) -> bool:
    """Take the key for this transaction; False when another holds it."""
    digest = hashlib.sha256(f"idempotency {user_id} {key}".encode()).digest()
    number = int.from_bytes(digest[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _request_sha256(request: Request) -> str:
    """Return a hash of what is asked: address and body, of a form its fields and files."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if not request.content_type.startswith("multipart/"):
        found.update(request.body)
        return found.hexdigest()
    form = cast("MultiValueDict[str, Any]", request.data)
    for name in sorted(form):
        for value in form.getlist(name):
            found.update(f"\n{name}=".encode())
            for chunk in value.chunks() if hasattr(value, "chunks") else [str(value).encode()]:
                found.update(chunk)
            if hasattr(value, "seek"):
                value.seek(0)
    return found.hexdigest()
