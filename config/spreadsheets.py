"""Cells of tables that people open in a spreadsheet, which runs what looks like a formula."""

from typing import TypeVar

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")
Value = TypeVar("Value")


def cell(value: Value) -> Value | str:
    """Return what to write: a text that would begin a formula gets an apostrophe before it.

    Spreadsheets show such a text without the apostrophe. Numbers and the like stay what they are.
    """
    if not isinstance(value, str):
        return value
    begins = value.startswith(_BEGINNINGS) or value.lstrip(" ").startswith(_BEGINNINGS)
    return f"'{value}" if begins else value
