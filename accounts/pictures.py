"""A learner's picture: the middle square of an upload, written anew in three sizes."""

import io
import struct
import zlib

from PIL import Image, ImageOps

from config.errors import Invalid

BYTES_MAX = 10 * 1024 * 1024
PIXELS_MAX = 40_000_000
SIZES = {"small": 64, "medium": 160, "large": 512}  # pixels
MEDIA_TYPE = "image/webp"
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 85
_DAMAGE = (
    OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, OverflowError,
    IndexError, KeyError, TypeError, AttributeError, RuntimeError, MemoryError,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip


class UnsupportedPicture(Invalid):
    """Not a picture that is known here, or one too large."""

    code = "unsupported_picture"


def check(data: bytes) -> None:
    """Look at the header alone; UnsupportedPicture."""
    if not data or len(data) > BYTES_MAX:
        raise UnsupportedPicture("A picture has 1 byte to 10 MB.", field="file")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            pixels = image.width * image.height
    except _DAMAGE:
        raise UnsupportedPicture("No picture that is known here.", field="file") from None
    if pixels > PIXELS_MAX:
        raise UnsupportedPicture("A picture has 40 million pixels at most.", field="file")


def sizes(data: bytes) -> dict[str, bytes]:
    """Return the picture as WebP by the names of SIZES, nothing else left in it.

    UnsupportedPicture when it cannot be decoded to its end.
    """
    check(data)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            upright = ImageOps.exif_transpose(image).convert("RGB")
        return {name: _encoded(upright, edge) for name, edge in SIZES.items()}
    except _DAMAGE as error:
        raise UnsupportedPicture("The picture is damaged.", field="file") from error


def _encoded(image: Image.Image, edge: int) -> bytes:
    to = io.BytesIO()
    ImageOps.fit(image, (edge, edge)).save(to, "WEBP", quality=_QUALITY)
    return to.getvalue()


def is_made(data: bytes, name: str) -> bool:
    """Tell whether this is one of the sizes, as `sizes` makes them."""
    try:
        with Image.open(io.BytesIO(data), formats=("WEBP",)) as image:
            return image.size == (SIZES[name], SIZES[name]) and not image.getexif()
    except _DAMAGE:
        return False
