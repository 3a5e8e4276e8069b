"""Whose an access token is, for connections that outlive a request."""

from dataclasses import dataclass

from accounts import tokens
from accounts.queries.learners import Learner, learner_of


@dataclass(frozen=True, slots=True)
class Bearer:
    """The learner behind a good access token, and when its time ends (seconds since 1970)."""

    learner: Learner
    expires_at: int


def bearer_of(text: str) -> Bearer | None:
    """Return whose the token is; None when it is not valid, was revoked or has expired."""
    found = tokens.check(text)
    if found is None:
        return None
    user, claims = found
    return Bearer(learner_of(user), int(claims["exp"]))
