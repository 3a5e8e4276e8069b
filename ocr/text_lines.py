"""Reading order, pure: boxes found on a page become lines in the order a person reads them.

An XY-cut: a block is cut at a gap that runs down all of it (columns), else into bands at the boxes
that bridge such a gap (a title over two columns), else read row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

Point = tuple[float, float]
Polygon = tuple[Point, ...]

_SHRINK = 0.15  # of the median height, from each side: boxes found touch their neighbours
_GAP = 0.8  # of the median height: the narrowest gap between columns
_ROWS_MIN = 3  # each side of a column gap
_TABLE_WIDTH = 9.0  # median heights: a narrower side may be a column of a table
_TABLE_FILL = 0.7  # of its width: running text fills its lines, words of a list do not
_TABLE_SHARED = 0.6  # of its rows stand on the other side's baselines
_PARAGRAPH_PITCH = 1.25  # times the usual distance of two rows
_LIST_GAP = 2.0  # median heights between the boxes of one row: a list with two columns
_ENDS = '.!?:\u201d"'


LANGUAGE_UNAVAILABLE = "language_unavailable"  # in a script that nothing installed here reads


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; ``polygon`` in pixels, clockwise from top left; ``confidence`` 0-1.

    ``row`` and ``paragraph`` count from 0 over the page: lines of one row stand side by side.
    ``problem`` is empty, or why not all of the line could be read.
    """

    text: str
    confidence: float
    polygon: Polygon
    row: int = 0
    paragraph: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Box:
    """An upright rectangle and the line that stands in it.

    ``start`` and ``end`` are the middles of its left and right side: on a photo lines are not quite
    parallel, so two boxes are compared where they face each other.
    """

    left: float
    top: float
    right: float
    bottom: float
    start: float
    end: float
    line: Line

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


Row = list[_Box]


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Return the lines as a person reads them, with ``row`` and ``paragraph`` set."""
    if not lines:
        return []
    boxes = _upright_boxes(lines)
    height = median(box.height for box in boxes)
    ordered: list[Line] = []
    row_number = paragraph = -1
    for block in _blocks(boxes, height):
        starts = _paragraph_starts(block, height)
        for row, is_start in zip(block, starts, strict=True):
            row_number += 1
            paragraph += is_start
            ordered += [replace(box.line, row=row_number, paragraph=paragraph) for box in row]
    return ordered


def sure_enough(lines: Sequence[Line], threshold: float) -> list[Line]:
    """Return the lines of at least that confidence, and those whose problem has to be told."""
    return [line for line in lines if line.confidence >= threshold or line.problem]


def full_text(lines: Sequence[Line]) -> str:
    """Return the text of ordered lines: paragraphs apart, words broken at a line's end joined."""
    paragraphs: dict[int, str] = {}
    for line in lines:
        before = paragraphs.get(line.paragraph, "")
        paragraphs[line.paragraph] = join(before, line.text)
    return "\n\n".join(paragraphs.values())


def join(before: str, after: str) -> str:
    """Put two pieces of one paragraph together; a hyphen before a small letter was a break."""
    if is_broken(before, after):
        return before[:-1] + after
    return f"{before} {after}".strip()


def is_broken(before: str, after: str) -> bool:
    """Tell whether a word that ends ``before`` goes on in ``after``."""
    return (
        len(before) > 1 and before[-1] in "-\u2010" and before[-2].isalpha() and after[:1].islower()
    )


def _upright_boxes(lines: Sequence[Line]) -> list[_Box]:
    """Return each line's rectangle after the whole page is turned by its median slope."""
    slope = _slope(lines)
    boxes = []
    for line in lines:
        xs = [x + slope * y for x, y in line.polygon]
        ys = [y - slope * x for x, y in line.polygon]
        start, end = (ys[0] + ys[-1]) / 2, (ys[1] + ys[2]) / 2
        boxes.append(_Box(min(xs), min(ys), max(xs), max(ys), start, end, line))
    return boxes


def _slope(lines: Sequence[Line]) -> float:
    """Return the lines' median rise per pixel; long lines say it, short ones only jitter."""
    spans = [(line.polygon[1][0] - line.polygon[0][0], line) for line in lines]
    widest = max(width for width, _ in spans)
    slopes = [
        (line.polygon[1][1] - line.polygon[0][1]) / width
        for width, line in spans
        if width > 0 and width > widest / 2
    ]
    return median(slopes) if slopes else 0.0


def _blocks(boxes: list[_Box], height: float) -> list[list[Row]]:
    """Return the page's blocks in order, each as rows from top to bottom."""
    cut = _column_cut(boxes, height)
    if cut is not None:
        left = [box for box in boxes if box.right - _SHRINK * height <= cut]
        right = [box for box in boxes if box.right - _SHRINK * height > cut]
        return _blocks(left, height) + _blocks(right, height)
    bridging = _bridging(boxes, height)
    if not bridging:
        return [_rows(boxes)]
    return [block for band in _bands(boxes, bridging) for block in _blocks(band, height)]


def _column_cut(boxes: list[_Box], height: float) -> float | None:
    """Return the x of the widest gap that parts two columns, if there is one."""
    for start, end in sorted(_gaps(boxes, height), key=lambda gap: gap[0] - gap[1]):
        cut = (start + end) / 2
        left = [box for box in boxes if box.right - _SHRINK * height <= cut]
        right = [box for box in boxes if box.right - _SHRINK * height > cut]
        if _are_columns(left, right, height):
            return cut
    return None


def _gaps(boxes: list[_Box], height: float) -> list[tuple[float, float]]:
    """Return the x ranges of at least a gap's width that no box enters."""
    shrink = _SHRINK * height
    gaps: list[tuple[float, float]] = []
    reach: float | None = None
    for box in sorted(boxes, key=lambda box: box.left):
        if reach is not None and box.left + shrink - reach >= _GAP * height:
            gaps.append((reach, box.left + shrink))
        reach = max(box.right - shrink, reach if reach is not None else box.right - shrink)
    return gaps


def _are_columns(left: list[_Box], right: list[_Box], height: float) -> bool:
    """Tell columns of running text from the columns of a table, which is read row by row."""
    if min(len(_rows(side)) for side in (left, right)) < _ROWS_MIN:
        return False
    narrow = min((left, right), key=_width)
    if _width(narrow) >= _TABLE_WIDTH * height and min(map(_fill, (left, right))) >= _TABLE_FILL:
        return True
    other = right if narrow is left else left
    shared = sum(any(_same_row(box, mate) for mate in other) for box in narrow)
    return shared < _TABLE_SHARED * len(narrow)


def _fill(boxes: list[_Box]) -> float:
    """Return what part of the column's width the boxes of a usual row cover."""
    covered = [sum(box.right - box.left for box in row) for row in _rows(boxes)]
    return median(covered) / _width(boxes)


def _bridging(boxes: list[_Box], height: float) -> list[_Box]:
    """Return the fewest boxes without which the rest falls into columns, if any do."""
    wide = sorted(boxes, key=lambda box: box.left - box.right)
    best: list[_Box] = []
    for edge in sorted({box.left for box in boxes}):
        crossing = [box for box in wide if box.left < edge - height and box.right > edge + height]
        if not crossing or len(crossing) > len(boxes) // 3 or (best and len(crossing) >= len(best)):
            continue
        rest = [box for box in boxes if box not in crossing]
        if any(_column_cut(band, height) is not None for band in _bands(boxes, crossing)) or (
            _column_cut(rest, height) is not None and len(crossing) == 1
        ):
            best = crossing
    return best


def _bands(boxes: list[_Box], bridging: list[_Box]) -> list[list[_Box]]:
    """Cut the block from top to bottom: what lies between two bridging boxes, and each of them."""
    bands: list[list[_Box]] = []
    rest = [box for box in boxes if box not in bridging]
    for bridge in sorted(bridging, key=lambda box: box.middle):
        above = [box for box in rest if box.middle < bridge.middle]
        rest = [box for box in rest if box.middle >= bridge.middle]
        bands += [above, [bridge]]
    return [band for band in [*bands, rest] if band]


def _rows(boxes: list[_Box]) -> list[Row]:
    """Group boxes that stand side by side; rows from the top, boxes from the left."""
    rows: list[Row] = []
    for box in sorted(boxes, key=lambda box: box.left):
        mates = [row for row in rows if row[-1].right < box.right and _same_row(row[-1], box)]
        if mates:
            min(mates, key=lambda row: abs(row[-1].end - box.start)).append(box)
        else:
            rows.append([box])
    return sorted(rows, key=lambda row: row[0].start)


def _same_row(one: _Box, other: _Box) -> bool:
    left, right = (one, other) if one.left <= other.left else (other, one)
    return abs(left.end - right.start) < 0.5 * min(one.height, other.height)


def _width(boxes: list[_Box]) -> float:
    return max(box.right for box in boxes) - min(box.left for box in boxes)


def _paragraph_starts(rows: list[Row], height: float) -> list[bool]:
    """Tell of each row of a block whether a paragraph begins with it."""
    pitches = [below[0].start - above[0].start for above, below in pairwise(rows)]
    usual = median(pitches) if pitches else 0.0
    left = min(row[0].left for row in rows)
    right = max(row[-1].right for row in rows)
    starts = [True]
    for (above, below), pitch in zip(pairwise(rows), pitches, strict=True):
        is_indented = below[0].left - left > 0.8 * height > 2 * (above[0].left - left)
        is_apart = pitch > _PARAGRAPH_PITCH * usual
        has_ended = above[-1].line.text[-1:] in _ENDS and above[-1].right < right - 4 * height
        is_list = _is_list_row(above, height) or _is_list_row(below, height)
        starts.append(
            is_apart or has_ended or is_indented or is_list or _differ_in_size(above, below)
        )
    return starts


def _is_list_row(row: Row, height: float) -> bool:
    return any(after.left - before.right > _LIST_GAP * height for before, after in pairwise(row))


def _differ_in_size(above: Row, below: Row) -> bool:
    small, large = sorted(median(box.height for box in row) for row in (above, below))
    return large > 1.35 * small
