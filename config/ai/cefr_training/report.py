"""What the runs add up to: the weight of the average, and the figures apart and together."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from config.ai.cefr_average import average
from config.ai.cefr_training.figures import Figures, Matrix, figures
from config.ai.cefr_training.rows import Row
from config.ai.cefr_training.runs import Study

GRID = tuple(step / 10 for step in range(11))
Table = dict[str, dict[str, Any]]


def together(study: Study, left_out: str | None, classifier: Matrix, weight: float) -> Matrix:
    """Return what both models say of the rows a run is measured on."""
    prior = study.regression(left_out).prior
    return average(classifier, study.lexical(left_out), prior, weight)


def chosen_weight(study: Study, runs: Sequence[Matrix]) -> float:
    """Return how much the lexical model is to be heard: the best on the dev split.

    Best is macro-F1 plus QWK, averaged over the runs on all rows.
    """

    def merit(weight: float) -> float:
        said = [figures(study.dev, together(study, None, run, weight)) for run in runs]
        return fmean(each.macro_f1 + each.qwk for each in said)

    return max(GRID, key=merit)


def table(study: Study, seeds: Sequence[int], weight: float) -> Table:
    """Return the figures of finished runs by test (``dev``, or the source left out) and model.

    Each is the mean over the seeds, the ``seeds`` and their ``..._raw`` figures beside it.
    Where texts have several right levels the nearest counts; ``strict_...``: the upper one.
    """
    return {
        f"without_{left_out}" if left_out else "dev": _models(study, left_out, seeds, weight)
        for left_out in (None, *study.sources)
    }


def _models(
    study: Study, left_out: str | None, seeds: Sequence[int], weight: float
) -> dict[str, Any]:
    rows, lexical = study.asked(left_out), study.lexical(left_out)
    done = study.finished(left_out, seeds)
    runs = [study.transformer(left_out, seed) for seed in done]
    said = {
        "lexical": [lexical],
        "transformer": runs,
        "average": [together(study, left_out, run, weight) for run in runs],
    }
    found: dict[str, Any] = {name: summary(rows, each) for name, each in said.items()}
    return found | {"seeds": done}


def summary(rows: Sequence[Row], runs: Sequence[Matrix]) -> dict[str, Any]:
    """Return the mean of each figure over some runs, and beside it the raw values."""
    plain = _means([figures(rows, run) for run in runs])
    strict = _means([figures(rows, run, strict=True) for run in runs])
    return {**plain, **{f"strict_{name}": value for name, value in strict.items()}}


def _means(found: Sequence[Figures]) -> Mapping[str, Any]:
    columns = {name: [asdict(each)[name] for each in found] for name in asdict(found[0])}
    means = {name: round(fmean(values), 4) for name, values in columns.items()}
    raw = {f"{name}_raw": [round(value, 4) for value in values] for name, values in columns.items()}
    return means | raw
