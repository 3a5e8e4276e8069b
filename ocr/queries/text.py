"""The text of a scan, page by page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.queries.learners import Learner
from ocr.access import scan_of

# what Markdown would take for marks of its own: escaped where they stand in a page's text
_MARKS = re.compile(r"([\\`*_\[\]<>|~])")
_LINE_MARKS = re.compile(r"^(\s*)([#+-]|\d+[.)])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's lines in reading order, its paragraphs apart."""

    number: int
    text: str


def text_of(learner: Learner, scan_id: UUID) -> list[PageText]:
    """Return the text of the pages that are read; ScanNotFound."""
    pages = scan_of(learner, scan_id).pages.filter(error_code="").order_by("number")
    return [PageText(*page) for page in pages.values_list("number", "full_text")]


def as_text(pages: Sequence[PageText]) -> str:
    """Return plain text, pages apart by a form feed."""
    return "\n\f".join(page.text for page in pages) + "\n"


def as_markdown(pages: Sequence[PageText]) -> str:
    """Return Markdown: a heading for each page, the text itself without marks."""
    return "\n\n".join(f"## Page {page.number}\n\n{_escaped(page.text)}" for page in pages) + "\n"


def _escaped(text: str) -> str:
    def quoted(found: re.Match[str]) -> str:
        mark = found[2]
        return found[1] + (f"{mark[:-1]}\\{mark[-1]}" if mark[0].isdecimal() else f"\\{mark}")

    return _LINE_MARKS.sub(quoted, _MARKS.sub(r"\\\1", text))
