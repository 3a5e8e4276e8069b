"""What the runs add up to: the weight of the average, and the figures apart and together."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

import numpy as np

from config.ai.cefr_training.figures import Figures, Matrix, figures
from config.ai.cefr_training.rows import Row
from config.ai.cefr_training.runs import Study

BOOTSTRAP = 200
GRID = tuple(step / 10 for step in range(11))
Table = dict[str, dict[str, Any]]


def together(classifier: Matrix, lexical: Matrix, weight: float) -> Matrix:
    """Return the weighted average; ``weight`` is the classifier's."""
    return weight * classifier + (1 - weight) * lexical


def chosen_weight(rows: Sequence[Row], lexical: Matrix, runs: Sequence[Matrix]) -> float:
    """Return the classifier's weight: the least that is as good as the best, as far as is known.

    Good is macro-F1 plus QWK, averaged over the runs; as good is what lies within one standard
    error (bootstrap over the rows) of the best. The lexical model has far fewer weights and holds
    better on texts of another kind, so that it gets the benefit of the doubt.
    """
    merits = {weight: _merit(rows, lexical, runs, weight) for weight in GRID}
    best = max(GRID, key=merits.__getitem__)
    source = np.random.default_rng(0)
    again = []
    for _ in range(BOOTSTRAP):
        drawn = source.integers(len(rows), size=len(rows))
        part = [run[drawn] for run in runs]
        again.append(_merit([rows[at] for at in drawn], lexical[drawn], part, best))
    least = merits[best] - float(np.std(again))
    return min(weight for weight in GRID if merits[weight] >= least)


def _merit(rows: Sequence[Row], lexical: Matrix, runs: Sequence[Matrix], weight: float) -> float:
    found = [figures(rows, together(run, lexical, weight)) for run in runs]
    return fmean(each.macro_f1 + each.qwk for each in found)


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
        "average": [together(run, lexical, weight) for run in runs],
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
