"""What becomes of a learner's cards and reviews with the account."""

from collections.abc import Sequence
from typing import Any

import filetype

from config.errors import Invalid
from config.operations.personal_data import Fate, Person, on_erase, on_forget, register
from review import projections, stat_cache
from review.media_files import ROOT, sha256_of


def say() -> None:
    """Register each model; for ``AppConfig.ready``."""
    register(
        Fate.RESTORED,
        "review.Category", "review.Content", "review.LearnerClock", "review.AnkiNotetype",
        "review.Plan", "review.Optimisation",
    )  # fmt: skip
    of_plan = ["placed_at", "placed_for", "planned_at"]  # planned anew
    register(Fate.RESTORED, "review.ReviewSchedule", omitted=of_plan)
    register(Fate.RESTORED, "review.SchedulingParameters", shared="")
    register(Fate.RESTORED, "review.Plan", "review.Optimisation")
    register(Fate.RESTORED, "review.ReviewHistory", "review.ReviewAdjustment", omitted=["xid"])
    register(Fate.RESTORED, "review.Import", omitted=["file", "cursor"])
    register(Fate.RESTORED, "review.Medium", place=_place)
    register(
        Fate.ERASED,
        "review.DayCategory", "review.UserDay", "review.CategoryTotal", "review.HourClass",
        "review.RecentDay", "review.SchedulingParametersChange", "review.CategoryChange",
        "review.ContentChange", "review.Export",
    )  # fmt: skip
    register(Fate.TOLD, "review.GroupCategory", others=["group__teacher_id"])
    register(Fate.NOBODYS, "review.ReadModelWatermark")
    on_erase(projections.hold)
    on_forget("statistics", _forget)


def _forget(people: Sequence[Person]) -> None:
    for person in people:
        stat_cache.forget(person.key)
    projections.refresh()


def _place(_: str, row: dict[str, Any], data: bytes) -> str:
    """Return the name of a medium that comes back; Invalid when it is not the file it says."""
    kind, sha256 = filetype.guess(data), sha256_of(data)
    if kind is None or kind.mime != row["media_type"] or sha256 != row["sha256"]:
        raise Invalid("A picture or sound is not the file its row says.", field="file")
    return f"{ROOT}/{sha256[:2]}/{sha256}.{kind.extension}"
