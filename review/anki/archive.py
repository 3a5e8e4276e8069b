"""The zip round a collection. What headers say is never believed: bytes are counted as they come.

No member is ever written under its own name, so a name can lead nowhere.
"""

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import zstandard

from review.anki import wire
from review.anki.errors import NotAPackage, PackageTooLarge, TooNew, damaged

MEMBERS_MAX = 60_000
COLLECTION_BYTES_MAX = 1 << 30
MEDIA_LIST_BYTES_MAX = 16 << 20
DIRECTORY_BYTES_MAX = 8 << 20
WINDOW_BYTES_MAX = 128 << 20  # of memory that a zstd frame may ask for; Anki's are far below
SMALL_BYTES = 16 << 20
RATIO_MAX = 100  # what is packed tighter than this, beyond SMALL_BYTES, is a bomb
_CHUNK = 1 << 18
_LATEST = 3
_END = struct.Struct("<4s4H2LH")
_END_SEARCH = 1 << 16
_LINK = 0o120000
_COLLECTIONS = {1: "collection.anki2", 2: "collection.anki21", _LATEST: "collection.anki21b"}
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, zstandard.ZstdError, EOFError, OSError, NotImplementedError,
    RuntimeError, struct.error, ValueError, KeyError, OverflowError, IndexError, TypeError,
    AttributeError, RecursionError,
)  # fmt: skip


class Archive:
    """A package that lies at ``path``; raises the classes of ``errors``."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            _check_end(file)
        try:
            self._zip = zipfile.ZipFile(path)
        except _DAMAGE as error:
            raise NotAPackage("This is no Anki package.", field="file") from error
        self._names = {info.filename: info for info in self._zip.infolist()}
        if len(self._zip.infolist()) > MEMBERS_MAX:
            raise _too_many()
        self.generation = self._generation()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def unpack_collection(self, to: Path, *, bytes_max: int = COLLECTION_BYTES_MAX) -> None:
        """Write the collection's database to ``to``."""
        with to.open("wb") as file:
            for chunk in self._unpacked(_COLLECTIONS[self.generation], bytes_max):
                file.write(chunk)

    def media(self) -> dict[str, str]:
        """Return the member of each medium by the medium's own name."""
        if "media" not in self._names:
            return {}
        listed = b"".join(self._unpacked("media", MEDIA_LIST_BYTES_MAX))
        try:
            read = _entries if self.generation == _LATEST else _legacy_entries
            named = list(read(listed))
        except (ValueError, RecursionError) as error:
            raise damaged("its list of media cannot be read") from error
        return {name: member for member, name in named if member in self._names and name}

    def medium(self, member: str, *, bytes_max: int) -> bytes:
        """Return a medium's bytes; PackageTooLarge beyond ``bytes_max``."""
        return b"".join(self._unpacked(member, bytes_max))

    def _generation(self) -> int:
        if "meta" in self._names:
            meta = b"".join(self._unpacked("meta", 1024))
            try:
                version = wire.first(meta, 1)
            except ValueError as error:
                raise damaged("its version cannot be read") from error
            if version > _LATEST:
                raise TooNew("A newer Anki has written this package.", field="file")
            found = version or 1
        else:
            found = 2 if _COLLECTIONS[2] in self._names else 1
        if _COLLECTIONS.get(found) not in self._names:
            raise NotAPackage("There is no collection in this file.", field="file")
        return found

    def _unpacked(self, name: str, bytes_max: int) -> Iterator[bytes]:
        """Yield a member's bytes, count them, and stop where they are too many."""
        info, count = self._names[name], 0
        bytes_max = min(bytes_max, max(SMALL_BYTES, RATIO_MAX * info.compress_size))
        if (info.external_attr >> 16) & 0o170000 == _LINK:
            raise damaged("it holds a link")
        try:
            with self._zip.open(info) as packed, self._plain(packed, name) as plain:
                while chunk := plain.read(_CHUNK):
                    count += len(chunk)
                    if count > bytes_max:
                        raise PackageTooLarge(
                            f"Unpacked, {name} would be larger than {bytes_max >> 20} MB.",
                            field="file",
                        )
                    yield chunk
        except (MemoryError, *_DAMAGE) as error:
            raise damaged(f"{name} cannot be unpacked") from error

    @contextmanager
    def _plain(self, packed: IO[bytes], name: str) -> Iterator[IO[bytes]]:
        if name == "meta" or self.generation != _LATEST:
            yield packed
            return
        reader = zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES_MAX)
        with reader.stream_reader(packed, read_across_frames=True) as plain:
            yield plain


def _check_end(file: IO[bytes]) -> None:
    """Look at the directory's size before it is read: a member costs half a kilobyte of memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SEARCH - _END.size))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + _END.size:
        raise NotAPackage("This is no Anki package.", field="file")
    *_, count, directory_bytes, _, _ = _END.unpack_from(tail, at)
    if count > MEMBERS_MAX or directory_bytes > DIRECTORY_BYTES_MAX:
        raise _too_many()


def _entries(listed: bytes) -> Iterator[tuple[str, str]]:
    entries = (value for number, value in wire.fields(listed) if number == 1)
    for member, entry in enumerate(entries):
        if isinstance(entry, bytes):
            legacy = wire.first(entry, 255)
            yield str(legacy or member), wire.text(entry, 1)


def _legacy_entries(listed: bytes) -> Iterator[tuple[str, str]]:
    named = json.loads(listed)
    if not isinstance(named, dict):
        raise ValueError("no object")  # noqa: TRY004  what a reader of JSON raises
    for member, name in named.items():
        if isinstance(name, str):
            yield member, name


def _too_many() -> PackageTooLarge:
    return PackageTooLarge(f"A package holds {MEMBERS_MAX:,} files at most.", field="file")
