"""Ink that a recogniser passed over: how a script that it does not know is noticed.

A recogniser gives no sign of characters it never learnt: "abandon 버리다" becomes "abandon" with a
high score. But it goes over the line in steps, and where it saw nothing there was ink.
"""

from itertools import groupby

import numpy as np

from ocr.pages import Pixels

LOST_HEIGHTS = 0.5  # of the line's height; English lines stay below it
_CONTRAST_MIN = 40  # grey levels between paper and ink: less is paper with a shadow
_INK_ROWS_MIN = 0.1  # of the line's height: less in a column of pixels is a speck or a rule

Classes = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Columns = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def lost_ink(line: Pixels, classes: Classes) -> float:
    """Return the width of the widest piece of lost ink in heights of the line.

    ``line`` is its picture (height x width x 3); ``classes`` is what the recogniser saw at each of
    its steps from left to right, 0 where it saw nothing.
    """
    height, width = line.shape[:2]
    ink = _columns_with_ink(line)
    widest, at = 0.0, 0
    for is_blank, steps in groupby(classes == 0):
        start, at = at, at + len(list(steps))
        if is_blank:
            piece = ink[start * width // len(classes) : at * width // len(classes)]
            widest = max(widest, _untouched(piece) / height)
    return widest


def _untouched(piece: Columns) -> int:
    """Count the columns with ink, less those that reach to an edge: a letter seen beside it."""
    gaps = np.flatnonzero(~piece)
    return int(piece[gaps[0] : gaps[-1]].sum()) if gaps.size else 0


def _columns_with_ink(line: Pixels) -> Columns:
    grey = line.mean(axis=2)
    paper, ink = np.percentile(grey, (75, 2))
    if abs(paper - ink) < _CONTRAST_MIN:
        return np.zeros(grey.shape[1], dtype=bool)
    is_ink = np.abs(grey - paper) > abs(paper - ink) / 2
    has_ink: Columns = is_ink.sum(axis=0) > _INK_ROWS_MIN * grey.shape[0]
    return has_ink
