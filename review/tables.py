"""Tables that learners bring along: encoding and separator found out, Anki's headers heeded. Pure.

Comma, tab, semicolon or pipe; Quizlet's text, in which a tab parts term and definition; Anki's
notes in plain text; lines of JSON as our own API writes them.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from charset_normalizer import from_bytes

from config.errors import Invalid
from config.spreadsheets import cell, text_of

ROWS_MAX = 10_000
BYTES_MAX = 10 * 1024 * 1024
COLUMNS_MAX = 50
SEPARATORS = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " ", "colon": ":"}
FIELDS = ("front", "back", "gloss", "example", "tags", "category")
_NAMES = {
    "front": ("front", "term", "word", "question", "text", "단어"),
    "back": ("back", "definition", "meaning", "answer", "뜻"),
    "gloss": ("gloss", "translation", "번역"),
    "example": ("example", "sentence", "예문"),
    "tags": ("tags", "tag", "태그"),
    "category": ("category", "deck", "folder", "카테고리"),
}
_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
}  # fmt: skip
_SAMPLE_BYTES, _SAMPLE_LINES = 200_000, 50
_DEFAULTS = {"tags": "tags", "category": "deck"}


class NotATable(Invalid):
    """No rows could be made out in the file."""

    code = "not_a_table"


class TableTooLarge(Invalid):
    """More bytes, rows or columns than one import takes."""

    code = "table_too_large"


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the number of its line, and its cells."""

    line: int
    cells: Sequence[str]


@dataclass(slots=True)
class Table:
    """A table as it was made out; ``mapping`` says which column is what, from 0."""

    encoding: str
    separator: str
    columns: list[str]
    rows: list[Row]
    mapping: dict[str, int]
    is_html: bool = False
    defaults: dict[str, str] = field(default_factory=dict)


def read_table(data: bytes, *, encoding: str = "", separator: str = "") -> Table:
    """Return the table; ``encoding`` and ``separator`` are found out where they are not given."""
    if len(data) > BYTES_MAX:
        raise TableTooLarge(f"A table has {BYTES_MAX >> 20} MB at most.", field="file")
    text, encoding = _decoded(data, encoding)
    if text.lstrip().startswith("{"):
        return _of_json_lines(text, encoding)
    headers, body, skipped = _anki_headers(text)
    separator = separator or _separator(headers.get("separator", "")) or _guessed(body)
    rows = list(_rows(body, separator, skipped))
    if not rows:
        raise NotATable("There are no rows in this file.", field="file")
    columns = headers.get("columns", "").split(separator) if "columns" in headers else []
    mapping = _mapping_of_headers(headers)
    if not columns and not headers:
        named = _named(rows[0].cells)
        if "front" in named and len(named) > 1:
            columns, rows = list(rows[0].cells), rows[1:]
    width = max(len(row.cells) for row in rows) if rows else len(columns)
    taken = set(mapping.values())
    mapping = _named(columns) | mapping
    if "front" not in mapping:
        free = [index for index in range(width) if index not in taken]
        mapping |= dict(zip(("front", "back"), free, strict=False))
    defaults = {name: headers[key] for name, key in _DEFAULTS.items() if key in headers}
    is_html = headers.get("html", "").lower() == "true"
    return Table(encoding, separator, columns, rows, mapping, is_html, defaults)


def written(rows: Iterable[Mapping[str, str]], *, separator: str) -> Iterator[str]:
    """Yield the lines of a table with a header; no cell is a formula to a spreadsheet."""
    yield _line(FIELDS, separator)
    for row in rows:
        yield _line([cell(row[name]) for name in FIELDS], separator)


def _line(cells: Sequence[str], separator: str) -> str:
    to = io.StringIO()
    csv.writer(to, delimiter=separator, lineterminator="\r\n").writerow(cells)
    return to.getvalue()


def _decoded(data: bytes, encoding: str) -> tuple[str, str]:
    try:
        encoding = encoding or _encoding(data)
        text = data.decode(encoding)
    except (LookupError, UnicodeError) as error:
        detail = f"The file is not in the encoding {encoding or 'of any language'}."
        raise NotATable(detail, field="encoding") from error
    return text.replace("\x00", "").removeprefix("\ufeff"), encoding


def _encoding(data: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return encoding
    try:
        data.decode()
    except UnicodeDecodeError:
        best = from_bytes(data[:_SAMPLE_BYTES]).best()
        return best.encoding if best else "cp1252"
    return "utf-8"


def _anki_headers(text: str) -> tuple[dict[str, str], str, int]:
    """Return the ``#key:value`` lines at the top, what follows, and how many lines they are."""
    headers: dict[str, str] = {}
    lines = text.splitlines(keepends=True)
    count = 0
    for line in lines:
        key, colon, value = line[1:].strip("\r\n").partition(":")
        if not line.startswith("#") or not colon:
            break
        headers[key.strip().lower()] = value if key == "columns" else value.strip()
        count += 1
    return headers, "".join(lines[count:]), count


def _separator(name: str) -> str:
    return SEPARATORS.get(name.lower(), name if len(name) == 1 else "")


def _guessed(body: str) -> str:
    """Return the separator that parts most lines, and all of them alike; a tab before others."""
    lines = [line for line in body.splitlines() if line.strip()][:_SAMPLE_LINES]
    if any("\t" in line for line in lines):
        return "\t"
    best, most = ",", 0.0
    for separator in (",", ";", "|"):
        counts = [len(cells) for cells in csv.reader(lines, delimiter=separator)]
        usual = max(set(counts), key=counts.count, default=1)
        score = counts.count(usual) / len(counts) if usual > 1 else 0.0
        if score > most:
            best, most = separator, score
    return best


def _rows(body: str, separator: str, skipped: int) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator)
    count = 0
    try:
        while True:
            line = skipped + reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            is_comment = skipped and cells and cells[0].startswith("#")  # in Anki's text only
            if is_comment or not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > ROWS_MAX + 1 or len(cells) > COLUMNS_MAX:
                raise _too_large()
            yield Row(line, [text_of(cell) for cell in cells])
    except csv.Error as error:
        raise NotATable(f"Line {skipped + reader.line_num}: {error}.", field="file") from error


def _named(columns: Sequence[str]) -> dict[str, int]:
    """Return which column is what, by their names."""
    lowered = [column.strip().lower() for column in columns]
    return {
        name: next(lowered.index(each) for each in known if each in lowered)
        for name, known in _NAMES.items()
        if any(each in lowered for each in known)
    }


def _mapping_of_headers(headers: Mapping[str, str]) -> dict[str, int]:
    found = {}
    for name, key in (("tags", "tags column"), ("category", "deck column")):
        if headers.get(key, "").isdecimal():
            found[name] = int(headers[key]) - 1
    for key in ("notetype column", "guid column"):
        if headers.get(key, "").isdecimal():
            found[key] = int(headers[key]) - 1
    return found


def _of_json_lines(text: str, encoding: str) -> Table:
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if len(rows) >= ROWS_MAX:
            raise _too_large()
        rows.append(Row(number, _cells(number, line)))
    return Table(encoding, "", list(FIELDS), rows, {name: n for n, name in enumerate(FIELDS)})


def _cells(number: int, line: str) -> list[str]:
    try:
        found: Any = json.loads(line)
        line.encode()
    except (ValueError, RecursionError) as error:
        raise NotATable(f"Line {number} is no JSON.", field="file") from error
    if not isinstance(found, dict):
        raise NotATable(f"Line {number} is no JSON object.", field="file")
    cells = []
    for name in FIELDS:
        value = found.get(name) or ""
        cells.append(" ".join(map(str, value)) if isinstance(value, list) else str(value))
    return [cell.encode("utf-8", "replace").decode().replace("\x00", "") for cell in cells]


def _too_large() -> TableTooLarge:
    detail = f"A table has {ROWS_MAX:,} rows and {COLUMNS_MAX} columns at most."
    return TableTooLarge(detail, field="file")
