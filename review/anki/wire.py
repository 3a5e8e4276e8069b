"""Protocol buffers on the wire, as far as Anki's packages need them: fields by number. Pure."""

from collections.abc import Iterator

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}
_VARINT_BYTES_MAX = 10


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield each field's number and value: a number, or bytes; ValueError where it breaks off."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = _varint(message, at)
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise ValueError(f"wire type {kind}")
        if at + length > len(message):
            raise ValueError("a field goes beyond the end")
        yield number, message[at : at + length]
        at += length


def first(message: bytes, number: int) -> int:
    """Return a number field's value, 0 when it is not there."""
    return next((v for n, v in fields(message) if n == number and isinstance(v, int)), 0)


def text(message: bytes, number: int) -> str:
    """Return a text field's value, empty when it is not there."""
    found = next((v for n, v in fields(message) if n == number and isinstance(v, bytes)), b"")
    return found.decode().replace("\x00", "")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(message[at : at + _VARINT_BYTES_MAX]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, at + index + 1
    raise ValueError("a number goes beyond the end")
