"""ETag and If-Match: who says what they have read does not overwrite what they have not."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.rendering import dump
from config.errors import ReseeError

Row = TypeVar("Row")
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of what you have read: 412 when it has changed since",
)


class Changed(ReseeError):
    """What the client wants to edit is no longer as it has read it."""

    code = "changed"
    status = 412
    title = "Precondition failed"


def etag(shown: Any) -> str:
    """Return the tag of what an answer shows."""
    return f'"{sha256(dump(shown)).hexdigest()[:32]}"'


def tagged(shown: Any, status: int = 200) -> Response:
    """Return an answer that bears its tag."""
    return Response(shown, status, headers={"ETag": etag(shown)})


def if_match(request: Request, show: Callable[[Row], Any]) -> Callable[[Row], None]:
    """Return a check for a command to run on the row it has locked; Changed when it fails.

    Without If-Match everything passes; ``show`` makes of the row what a GET answers.
    """
    wanted = request.headers.get("If-Match")

    def check(row: Row) -> None:
        if wanted is None or wanted.strip() == "*":
            return
        if etag(show(row)) not in [tag.strip() for tag in wanted.split(",")]:
            raise Changed("This has changed since you read it: read it again.")

    return check
