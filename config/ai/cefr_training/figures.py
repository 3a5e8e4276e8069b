"""How good predicted levels are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from config.ai.cefr import LEVELS
from config.ai.cefr_training.rows import Row

Matrix = npt.NDArray[np.float64]  # a row a text, a probability a level


@dataclass(frozen=True, slots=True)
class Figures:
    """Macro-averaged F1, share at most one level off, quadratically weighted kappa."""

    macro_f1: float
    adjacent: float
    qwk: float


def figures(rows: Sequence[Row], predictions: Matrix, *, strict: bool = False) -> Figures:
    """Return the figures of the likeliest levels.

    Where a text has several right levels, the one nearest to the prediction counts as its truth;
    ``strict``: the upper one, whatever was predicted.
    """
    predicted = predictions.argmax(axis=1)
    pairs = zip(rows, predicted, strict=True)
    truth = np.array([row.high if strict else row.truth(int(level)) for row, level in pairs])
    table = np.zeros((len(LEVELS), len(LEVELS)))
    np.add.at(table, (truth, predicted), 1)
    return Figures(_macro_f1(table), _adjacent(table), _qwk(table))


def _macro_f1(table: Matrix) -> float:
    """Average over the levels that are there: predicted, or right."""
    both = table.sum(axis=0) + table.sum(axis=1)
    return float((2 * table.diagonal()[both > 0] / both[both > 0]).mean())


def _adjacent(table: Matrix) -> float:
    return float(table[_distance(table) <= 1].sum() / table.sum())


def _qwk(table: Matrix) -> float:
    weights = _distance(table) ** 2
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    expected = float((weights * chance).sum())
    return 1.0 - float((weights * table).sum()) / expected if expected else 1.0


def _distance(table: Matrix) -> Matrix:
    levels = np.arange(len(table))
    return np.abs(levels[:, None] - levels[None, :]).astype(np.float64)
