"""Cells of tables that people open in a spreadsheet, which runs what looks like a formula."""

from typing import TypeVar

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
Value = TypeVar("Value")


def cell(value: Value) -> Value | str:
    """Return what to write: a text that would begin a formula gets an apostrophe before it.

    Spreadsheets show such a text without the apostrophe. Numbers and the like stay what they are.
    """
    return f"'{value}" if isinstance(value, str) and _begins_formula(value) else value


def text_of(cell: str) -> str:
    """Return the text that was written as this cell."""
    return cell[1:] if cell.startswith("'") and _begins_formula(cell[1:]) else cell


def _begins_formula(text: str) -> bool:
    return text.startswith(_BEGINNINGS) or text.lstrip(" ").startswith(_BEGINNINGS)
