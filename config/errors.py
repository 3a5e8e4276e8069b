"""What an app raises when it cannot do what it was asked.

Every exception names its case by its class and carries a stable ``code`` for programs and an
HTTP ``status``; ``config.api.problems`` turns it into ``application/problem+json``.
Standard library only.
"""

from typing import ClassVar


class ReseeError(Exception):
    """Base of the errors a caller can do something about; ``detail`` is a sentence for a person."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Error"

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        """``field`` names the input field at fault, if there is one."""
        super().__init__(detail)
        self.detail = detail
        self.field = field


class NotFound(ReseeError):
    """The row does not exist, or is another learner's: the two are not told apart."""

    code = "not_found"
    status = 404
    title = "Not found"


class Conflict(ReseeError):
    """The request contradicts what is stored already."""

    code = "conflict"
    status = 409
    title = "Conflict"


class Invalid(ReseeError):
    """The input is understood and not acceptable."""

    code = "invalid"
    status = 422
    title = "Invalid input"


class Refused(ReseeError):
    """The request is sound, and not served now or not to this caller."""

    code = "refused"
    status = 403
    title = "Refused"


class Unavailable(ReseeError):
    """A part the request needs does not answer now; come back in ``retry_after_seconds``."""

    code = "unavailable"
    status = 503
    title = "Temporarily unavailable"

    def __init__(self, detail: str, *, retry_after_seconds: int = 10) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class Exhausted(Unavailable):
    """The caller has taken what it may for now; ``detail`` says what, and when there is more."""

    code = "exhausted"
    status = 429
    title = "Limit reached"
