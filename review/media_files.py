"""Pictures and sounds of contents in Django's storage: checked by their first bytes, by content.

Pictures are written anew, which leaves nothing in them but the picture.
"""

import hashlib
import io
import re
import struct
import threading
import zlib
from dataclasses import dataclass
from typing import ClassVar

import filetype
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageOps, ImageSequence

from config.errors import Invalid

ROOT = "media"
BYTES_MAX = 20 * 1024 * 1024
PIXELS_MAX = 40_000_000  # of all frames together
QUALITY = 90
_PICTURES = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF",
}  # fmt: skip
_OTHERS = {
    "audio/mpeg", "audio/ogg", "audio/x-wav", "audio/x-flac", "audio/mp4", "audio/aac",
    "audio/opus", "video/mp4", "video/webm", "video/x-m4v", "video/mpeg",
}  # fmt: skip
_SVG = re.compile(rb"(?i)<(?:\w+:)?svg[\s>]")
_HEAD_BYTES = 4096  # a declaration and comments may stand before the drawing
_DAMAGE = (
    OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, OverflowError,
    IndexError, KeyError, TypeError, AttributeError, RuntimeError, MemoryError,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
_one_at_a_time = threading.Lock()


class UnsupportedMedium(Invalid):
    """The first bytes are not those of a picture or a sound that is known here."""

    code: ClassVar[str] = "unsupported_medium"


class SvgRefused(UnsupportedMedium):
    """A drawing that may hold scripts and name files elsewhere."""

    code: ClassVar[str] = "svg_refused"


class DamagedMedium(Invalid):
    """A picture that cannot be decoded to its end, or is too large to be."""

    code: ClassVar[str] = "damaged_medium"


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file fit to be kept."""

    data: bytes
    media_type: str
    extension: str

    @property
    def sha256(self) -> str:
        """The hash by which the file is known."""
        return sha256_of(self.data)

    @property
    def name(self) -> str:
        """Its name in the storage."""
        return f"{ROOT}/{self.sha256[:2]}/{self.sha256}.{self.extension}"


def sha256_of(data: bytes) -> str:
    """Return a file's hash, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def checked(data: bytes) -> MediaFile:
    """Return the file as it may be kept; UnsupportedMedium or DamagedMedium."""
    kind = filetype.guess(data)
    if kind is not None and kind.mime in _PICTURES:
        return MediaFile(_written_anew(data, _PICTURES[kind.mime]), kind.mime, kind.extension)
    if kind is None and _SVG.search(data[:_HEAD_BYTES]):
        raise SvgRefused("An SVG drawing may hold programs: turn it into a PNG first.")
    if kind is None or kind.mime not in _OTHERS:
        found = kind.mime if kind else "unknown"
        raise UnsupportedMedium(f"Its type is {found}: no picture or sound that is known here.")
    return MediaFile(data, kind.mime, kind.extension)


def keep(file: MediaFile) -> None:
    """Store the file unless it is there; a name stands for one content."""
    if default_storage.exists(file.name):
        return
    given = default_storage.save(file.name, ContentFile(file.data))
    if given != file.name:
        default_storage.delete(given)  # another was quicker


def load(name: str) -> bytes:
    """Return a file; FileNotFoundError."""
    with default_storage.open(name) as file:
        return bytes(file.read())


def _written_anew(data: bytes, form: str) -> bytes:
    try:
        with _one_at_a_time, Image.open(io.BytesIO(data), formats=[form]) as image:
            frame_count = getattr(image, "n_frames", 1)
            if image.width * image.height * frame_count > PIXELS_MAX:
                raise DamagedMedium(f"It has more than {PIXELS_MAX / 1e6:g} million pixels.")
            return _encoded(image, form, frame_count)
    except _DAMAGE as error:
        raise DamagedMedium("The picture is damaged.") from error


def _encoded(image: Image.Image, form: str, frame_count: int) -> bytes:
    to = io.BytesIO()
    if frame_count > 1:
        frames = [frame.copy() for frame in ImageSequence.Iterator(image)]
        durations = [frame.info.get("duration", 100) for frame in frames]
        rest = {"append_images": frames[1:], "duration": durations, "save_all": True}
        frames[0].save(to, form, loop=image.info.get("loop", 0), **rest)
        return to.getvalue()
    upright = ImageOps.exif_transpose(image)
    upright.info = {key: image.info[key] for key in ("transparency",) if key in image.info}
    lossless = {"lossless": True} if form == "WEBP" else {}
    upright.save(to, form, **({"quality": QUALITY} if form == "JPEG" else lossless))
    return to.getvalue()
