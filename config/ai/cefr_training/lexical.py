"""Fitting the lexical model."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from config.ai.cefr_lexical import Regression, features
from config.ai.cefr_training.figures import Matrix
from config.ai.cefr_training.rows import Row

STEPS = 1500
LEARNING_RATE = 0.5
DECAY = 1e-4
RARITY = 0.75  # 0: every row counts the same; 1: every level does


def row_weights(targets: Matrix, rarity: float = RARITY) -> Matrix:
    """Return each row's weight, mean 1: rare levels count more."""
    counts = targets.sum(axis=0)
    present = np.maximum(counts, 1e-9)
    level_weights = np.where(counts > 0, (counts.sum() / present) ** rarity, 0.0)
    weights: Matrix = targets @ level_weights
    weights /= weights.mean()
    return weights


def fit(rows: Sequence[Row]) -> Regression:
    """Return the regression of these rows: full-batch gradient descent with momentum.

    The loss is convex: the same rows give the same weights, without a seed.
    """
    raw = np.array([features(row.text) for row in rows])
    mean, scale = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-3)
    inputs = np.hstack([(raw - mean) / scale, np.ones((len(raw), 1))])
    targets = np.array([row.target for row in rows])
    importance = row_weights(targets)[:, None] / len(rows)
    weights = np.zeros((inputs.shape[1], targets.shape[1]))
    speed = np.zeros_like(weights)
    for _ in range(STEPS):
        gradient = inputs.T @ ((_softmax(inputs @ weights) - targets) * importance)
        speed = 0.9 * speed - LEARNING_RATE * (gradient + DECAY * weights)
        weights = weights + speed
    return Regression(
        _rounded(mean),
        _rounded(scale),
        tuple(map(_rounded, weights[:-1].T)),
        _rounded(weights[-1]),
        _rounded(_softmax(inputs @ weights).mean(axis=0)),
    )


def predict(model: Regression, rows: Sequence[Row]) -> Matrix:
    """Return the probability of each level for each row."""
    return np.array([model.distribution(features(row.text)) for row in rows])


def save(model: Regression, path: Path) -> None:
    """Write the regression as JSON."""
    fields = {name: getattr(model, name) for name in ("mean", "scale", "weights", "bias", "prior")}
    path.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")


def _softmax(scores: Matrix) -> Matrix:
    powers: Matrix = np.exp(scores - scores.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def _rounded(values: Matrix) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)
