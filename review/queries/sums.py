"""Sums of reviews, as every statistic shows them."""

from collections.abc import Mapping
from typing import Any

from review.ratings import Rating, Result, is_pass, result_of, success_rate

NOTHING: Mapping[str, int] = {}


def shown(sums: Mapping[str, int]) -> dict[str, Any]:
    """Return reviews by result, the success rate (0-1, None without reviews) and the time taken.

    ``sums`` holds the columns of a read model; an empty one is no review.
    """
    results = dict.fromkeys(Result, 0)
    for rating in Rating:
        results[result_of(rating)] += _count(sums, rating)
    passes = sum(_count(sums, rating) for rating in Rating if is_pass(rating))
    review_count = sums.get("review_count", 0)
    return {
        "review_count": review_count,
        **{result.value: count for result, count in results.items()},
        "success_rate": success_rate(passes, review_count),
        "taken_ms": sums.get("taken_ms", 0),
    }


def _count(sums: Mapping[str, int], rating: Rating) -> int:
    return sums.get(f"{rating.name.lower()}_count", 0)
