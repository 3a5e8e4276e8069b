"""Pictures of a file's pages: what the model server reads, and what a person looks at."""

import io
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from ocr import pages
from ocr.options import ReadingOptions
from ocr.text_lines import Line, Polygon, in_reading_order

_GREEN, _AMBER = (0, 140, 60), (200, 110, 0)


def stored_text(data: bytes, number: int) -> tuple[tuple[int, int], list[Line]] | None:
    """Return the size of a PDF's page in pixels and its own text in reading order; None without.

    Raises as ``pages.decode``.
    """
    lines = pages.text_lines(data, page=number)
    if not lines:
        return None
    height, width = pages.decode(data, page=number).shape[:2]
    return (width, height), in_reading_order(lines)


def for_reading(data: bytes, number: int, *, media_type: str) -> bytes:
    """Return an image as it was sent, or a picture of a PDF's page or of a later one of a TIFF.

    Raises as ``pages.decode``.
    """
    if media_type != pages.PDF and number == 1:
        return data
    whole = picture(data, number, ReadingOptions(), quarter_turns=0)
    return encoded(whole, "JPEG", quality=95)


def picture(
    data: bytes, number: int, options: ReadingOptions, *, quarter_turns: int
) -> Image.Image:
    """Return the part of a page that was read, ``quarter_turns`` clockwise of how it was sent."""
    pixels = pages.decode(data, page=number, quarter_turns=options.quarter_turns, crop=options.part)
    pixels = np.rot90(pixels, options.quarter_turns - quarter_turns)
    return Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1]))


def encoded(image: Image.Image, kind: str, *, side_max: int | None = None, **options: int) -> bytes:
    """Return the picture as a file without any metadata, at most ``side_max`` pixels a side."""
    if side_max is not None and max(image.size) > side_max:
        image = ImageOps.contain(image, (side_max, side_max))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def overlaid(image: Image.Image, lines: Iterable[tuple[Polygon, bool]]) -> Image.Image:
    """Return the picture with each line outlined; one with a problem in another colour."""
    drawn = image.convert("RGB")
    pen = ImageDraw.Draw(drawn, "RGBA")
    width = max(2, max(drawn.size) // 700)
    for number, (polygon, has_problem) in enumerate(lines, start=1):
        points: Sequence[tuple[float, float]] = [(x, y) for x, y in polygon]
        colour = _AMBER if has_problem else _GREEN
        pen.polygon(points, outline=colour, fill=(*colour, 28), width=width)
        pen.text((points[0][0] + 2, points[0][1] - 11), str(number), fill=colour)
    return drawn
