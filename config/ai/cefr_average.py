"""What the classifier and the lexical model say together, level by level."""

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]  # a row a text, a probability a level
FLOOR = 1e-6  # no model is so sure that the other one cannot be heard


def average(
    classifier: npt.ArrayLike, lexical: npt.ArrayLike, prior: npt.ArrayLike, weight: float
) -> Matrix:
    """Return the classifier's distributions, shifted by what is special in the lexical model's.

    The logarithms are added: the classifier's, and ``weight`` times how far the lexical model's lie
    above ``prior``, its own average answer. How frequent a level is the classifier has said
    already; said twice, rare levels would never be the likeliest. (A logarithmic opinion pool of
    likelihood ratios: Genest & Zidek, Combining probability distributions, 1986.)
    """
    ours, plain, usual = (
        np.log(np.maximum(np.asarray(each, dtype=np.float64), FLOOR))
        for each in (classifier, lexical, prior)
    )
    scores = ours + weight * (plain - usual)
    powers: Matrix = np.exp(scores - scores.max(axis=-1, keepdims=True))
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers
