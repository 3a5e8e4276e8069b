"""Pages of a PDF: pictures of them, and the text that is stored in the file itself.

pdfium is one at a time in a process; a file is opened anew for each question.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import numpy as np
import pypdfium2

from config.errors import Invalid
from ocr.text_lines import Line

PAGES_MAX = 50
CHARACTERS_MIN = 10  # fewer are a stamp or a page number on a scanned page
_POINTS = 72  # an inch
_DOTS = 200  # an inch, for the recogniser
_SIDE_MAX = 2000  # pixels: pdfium refuses to draw a page of 14,400 points at full size
_JUNK_MAX = 0.2  # of the characters: a font without a table of characters gives nonsense
_HYPHENS = {0x2: "-", 0xFFFE: "-", 0xAD: "-"}  # what pdfium says for a hyphen at a line's end
_one_at_a_time = threading.Lock()

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


class DamagedPdf(Invalid):
    """The file begins as a PDF and cannot be read as one."""

    code: ClassVar[str] = "damaged_pdf"


class EncryptedPdf(Invalid):
    """The file opens with a password only."""

    code: ClassVar[str] = "encrypted_pdf"


class TooManyPages(Invalid):
    """More pages than are read of one file."""

    code: ClassVar[str] = "too_many_pages"


class NoSuchPage(Invalid):
    """The file has fewer pages."""

    code: ClassVar[str] = "no_such_page"


def page_count(data: bytes) -> int:
    """Return how many pages the file has, 1 to PAGES_MAX; raise one of the classes above."""
    with _opened(data) as document:
        count = len(document)
    if count > PAGES_MAX:
        detail = f"The PDF has {count} pages: send at most {PAGES_MAX} at a time."
        raise TooManyPages(detail, field="file")
    if count == 0:
        raise _damaged()
    return count


def render(data: bytes, number: int) -> Pixels:
    """Return page ``number`` (from 1), at most 2,000 pixels wide and high; raise as above."""
    with _page(data, number) as page:
        bitmap = _bitmap(page)
        try:
            pixels = np.array(bitmap.to_numpy())
        finally:
            bitmap.close()
    return pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)


def text_lines(data: bytes, number: int) -> list[Line]:
    """Return the lines stored for page ``number``, unordered, where ``render`` shows them.

    Empty when the page has to be read from its picture. Raises as above.
    """
    with _page(data, number) as page:
        text_page = page.get_textpage()
        try:
            text = text_page.get_text_range()
            if not _is_text(text):
                return []
            bitmap = _bitmap(page)
            try:
                convert = bitmap.get_posconv(page)
                return [_line(text_page, box, convert) for box in _line_boxes(text_page)]
            finally:
                bitmap.close()
        finally:
            text_page.close()


def _is_text(text: str) -> bool:
    seen = [char for char in text if not char.isspace()]
    junk = sum(not char.isprintable() and ord(char) not in _HYPHENS for char in seen)
    junk += seen.count("\ufffd")
    return len(seen) >= CHARACTERS_MIN and junk <= _JUNK_MAX * len(seen)


Box = tuple[float, float, float, float]  # left, bottom, right, top in points


def _line_boxes(text_page: Any) -> list[Box]:
    """Join pieces that follow each other on one line: a piece ends where the font changes."""
    boxes: list[Box] = []
    for index in range(text_page.count_rects()):
        left, bottom, right, top = text_page.get_rect(index)
        if boxes:
            before = boxes[-1]
            height = max(min(top - bottom, before[3] - before[1]), 1)
            shared = min(top, before[3]) - max(bottom, before[1])
            if shared > 0.5 * height and -height < left - before[2] < height:
                boxes[-1] = (
                    min(left, before[0]),
                    min(bottom, before[1]),
                    max(right, before[2]),
                    max(top, before[3]),
                )
                continue
        boxes.append((left, bottom, right, top))
    return boxes


def _line(text_page: Any, box: Box, convert: Any) -> Line:
    left, bottom, right, top = box
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    text = " ".join(text_page.get_text_bounded(*box).translate(_HYPHENS).split())
    points = [convert.to_bitmap(x, y) for x, y in corners]
    return Line(text, 1.0, tuple((float(x), float(y)) for x, y in points))


def _bitmap(page: Any) -> Any:
    width, height = page.get_size()
    if min(width, height) < 1:
        raise _damaged()
    return page.render(scale=min(_DOTS / _POINTS, _SIDE_MAX / max(width, height)))


@contextmanager
def _page(data: bytes, number: int) -> Iterator[Any]:
    with _opened(data) as document:
        if not 1 <= number <= len(document):
            raise NoSuchPage(f"The PDF has no page {number}.", field="page")
        page = document[number - 1]
        try:
            yield page
        finally:
            page.close()


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    with _one_at_a_time:
        document = None
        try:
            document = pypdfium2.PdfDocument(data)
            yield document
        except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
            # pdfium may repeat what it said of an earlier file; /Encrypt is never compressed
            if "password" in str(error).lower() and b"/Encrypt" in data:
                detail = "The PDF is locked with a password: send it without one."
                raise EncryptedPdf(detail, field="file") from error
            raise _damaged() from error
        finally:
            if document is not None:
                document.close()


def _damaged() -> DamagedPdf:
    return DamagedPdf("The PDF is damaged and cannot be read.", field="file")
