"""The four answers, and the one place that says what they mean."""

from enum import IntEnum, StrEnum


class Rating(IntEnum):
    """How well the learner recalled the card."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


class Result(StrEnum):
    """What a rating says about the memory."""

    FORGOT = "forgot"
    PARTIAL = "partial"
    REMEMBERED = "remembered"


def result_of(rating: Rating) -> Result:
    """Return the result: AGAIN forgot, HARD partial, GOOD and EASY remembered."""
    match rating:
        case Rating.AGAIN:
            return Result.FORGOT
        case Rating.HARD:
            return Result.PARTIAL
        case _:
            return Result.REMEMBERED


def is_pass(rating: Rating) -> bool:
    """Return whether the card was recalled: everything but AGAIN, HARD included."""
    return rating is not Rating.AGAIN


def success_rate(pass_count: int, review_count: int) -> float | None:
    """Return passes / reviews (0-1), the one definition for every view; None without reviews."""
    return pass_count / review_count if review_count else None
