"""Cut the classes of a recogniser that one product never needs out of its ONNX file.

The last layer scores every character the model knows; fewer characters cost less on every step.
Only two tensors change, so the file is edited as the protocol buffer it is, without the onnx
package: field numbers below are those of onnx.proto.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np

Field = tuple[int, int | bytes]  # number; a varint's value, or the bytes of what has a length

_GRAPH, _METADATA = 7, 14  # ModelProto
_INITIALIZER, _OUTPUT, _VALUE_INFO = 5, 12, 13  # GraphProto
_DIMS, _NAME, _RAW_DATA = 1, 8, 9  # TensorProto
_TO_DIMS = (2, 1, 2)  # ValueInfoProto > TypeProto > Tensor > TensorShapeProto


def cut(model: bytes, *, weights: str, bias: str, keep: Sequence[int], characters: str) -> bytes:
    """Return the model with only the classes ``keep`` (in that order) and its new characters.

    ``weights`` (inputs x classes) and ``bias`` (classes) name the last layer's tensors; the
    metadata entry ``character`` becomes ``characters``. Raises ValueError when a name is missing.
    """
    fields = _fields(model)
    graph = _fields(_only(fields, _GRAPH))
    before = 0
    for name in (weights, bias):
        at = _position(graph, name)
        before, tensor = _cut_tensor(_bytes(graph[at][1]), keep)
        graph[at] = (_INITIALIZER, tensor)
    graph = [
        (number, _resized(_bytes(value), _TO_DIMS, before, len(keep)))
        if number == _OUTPUT
        else (number, value)
        for number, value in graph
        if number != _VALUE_INFO  # shapes between the layers: optional, and now wrong
    ]
    changed: dict[int, bytes] = {
        _GRAPH: _message(graph),
        _METADATA: _message([(1, b"character"), (2, characters.encode())]),
    }
    return _message([(number, changed.get(number, value)) for number, value in fields])


def _position(graph: list[Field], tensor: str) -> int:
    for at, (number, value) in enumerate(graph):
        if number == _INITIALIZER and _only(_fields(_bytes(value)), _NAME).decode() == tensor:
            return at
    raise ValueError(f"The model has no tensor {tensor}.")


def _cut_tensor(tensor: bytes, keep: Sequence[int]) -> tuple[int, bytes]:
    """Return how many classes there were, and the tensor (32-bit floats) with those kept."""
    fields = _fields(tensor)
    shape = [int(value) for number, value in fields if number == _DIMS]
    values = np.frombuffer(_only(fields, _RAW_DATA), np.float32).reshape(shape)[..., keep]
    rest = [field for field in fields if field[0] not in {_DIMS, _RAW_DATA}]
    dims: list[Field] = [(_DIMS, size) for size in values.shape]
    return shape[-1], _message([*dims, *rest, (_RAW_DATA, values.tobytes())])


def _resized(message: bytes, path: tuple[int, ...], before: int, after: int) -> bytes:
    """Return the message with each dimension of size ``before`` below ``path`` made ``after``."""
    if not path:
        dims = [(n, _dimension(_bytes(v), before, after)) for n, v in _fields(message)]
        return _message(dims)
    return _message(
        [
            (n, _resized(_bytes(v), path[1:], before, after) if n == path[0] else v)
            for n, v in _fields(message)
        ]
    )


def _dimension(dimension: bytes, before: int, after: int) -> bytes:
    return _message([(n, after if v == before else v) for n, v in _fields(dimension)])


def _only(fields: list[Field], number: int) -> bytes:
    return next(_bytes(value) for found, value in fields if found == number)


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise TypeError("A number stands where the file should have a message.")
    return value


def _fields(message: bytes) -> list[Field]:
    fields: list[Field] = []
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value, at = _varint(message, at)
        if tag & 7 == 0:
            fields.append((tag >> 3, value))
        elif tag & 7 == 2:
            fields.append((tag >> 3, message[at : at + value]))
            at += value
        else:
            raise ValueError("The model holds a field of a kind that is not known here.")
    return fields


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _message(fields: Sequence[Field]) -> bytes:
    return b"".join(chain.from_iterable(_encoded(number, value) for number, value in fields))


def _encoded(number: int, value: int | bytes) -> tuple[bytes, ...]:
    if isinstance(value, int):
        return _as_varint(number << 3), _as_varint(value)
    return _as_varint(number << 3 | 2), _as_varint(len(value)), value


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
