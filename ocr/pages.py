"""What may be uploaded and how it becomes pixels: the header is checked before anything is decoded.

Standard library and Pillow only: the web process and the model server both use it.
"""

import io
import struct
import threading
import zlib
from dataclasses import dataclass
from typing import ClassVar

import filetype
import numpy as np
from PIL import Image, ImageOps

from config.errors import Invalid

BYTES_MAX = 20 * 1024 * 1024
PIXELS_MAX = 40_000_000
SIDE_MIN = 16
FORMATS = {
    "image/jpeg": ("JPEG", "jpg"),
    "image/png": ("PNG", "png"),
    "image/webp": ("WEBP", "webp"),
    "image/tiff": ("TIFF", "tiff"),
}
_NAMES = "JPEG, PNG, WebP or TIFF"
# What Pillow's decoders raise on damaged files; all of them mean the same to a learner.
_DAMAGE = (
    OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, OverflowError,
    IndexError, KeyError, TypeError, AttributeError, RuntimeError, MemoryError,
)  # fmt: skip
_one_at_a_time = threading.Lock()  # a page of 40 million pixels takes 120 MB


Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


class EmptyFile(Invalid):
    """There is nothing in the file."""

    code: ClassVar[str] = "empty_file"


class TooLarge(Invalid):
    """More bytes than are accepted."""

    code: ClassVar[str] = "too_large"
    status: ClassVar[int] = 413
    title: ClassVar[str] = "File too large"


class UnsupportedType(Invalid):
    """The first bytes are not those of an accepted type, whatever the name says."""

    code: ClassVar[str] = "unsupported_type"
    status: ClassVar[int] = 415
    title: ClassVar[str] = "Unsupported file type"


class BadDimensions(Invalid):
    """Too many pixels, or too few to hold text."""

    code: ClassVar[str] = "bad_dimensions"


class DamagedImage(Invalid):
    """The type is right and the content cannot be decoded to its end."""

    code: ClassVar[str] = "damaged_image"


@dataclass(frozen=True, slots=True)
class Upload:
    """What an upload was found to be."""

    media_type: str
    extension: str


def too_large() -> TooLarge:
    """Return the refusal of a file with more than BYTES_MAX bytes."""
    return TooLarge(f"The file is larger than {BYTES_MAX // 1024**2} MB.", field="file")


def check(data: bytes) -> Upload:
    """Return what the file is; raise the class above that says why it cannot be read."""
    image, media_type = _open(data)
    image.draft("L", (image.width // 8, image.height // 8))  # a JPEG is still read to its end
    _load(image)
    return Upload(media_type, FORMATS[media_type][1])


def decode(data: bytes) -> Pixels:
    """Return the upright page as height x width x 3 bytes (blue, green, red).

    Raises as ``check`` does.
    """
    try:
        pixels = np.array(_eight_bit_rgb(_upright(data)))
    except _DAMAGE as error:
        raise _damaged() from error
    red = pixels[:, :, 0].copy()
    pixels[:, :, 0] = pixels[:, :, 2]
    pixels[:, :, 2] = red
    return pixels


def _upright(data: bytes) -> Image.Image:
    image, _ = _open(data)
    _load(image)
    ImageOps.exif_transpose(image, in_place=True)
    return image


def _open(data: bytes) -> tuple[Image.Image, str]:
    if not data:
        raise EmptyFile("The file is empty.", field="file")
    if len(data) > BYTES_MAX:
        raise too_large()
    kind = filetype.guess(data)
    if kind is None or kind.mime not in FORMATS:
        found = kind.mime if kind else "no image that is known here"
        raise UnsupportedType(f"This is {found}: send {_NAMES}.", field="file")
    try:
        image = Image.open(io.BytesIO(data), formats=[FORMATS[kind.mime][0]])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _DAMAGE as error:
        raise _damaged() from error
    if image.width * image.height > PIXELS_MAX:
        raise _too_many_pixels()
    if min(image.size) < SIDE_MIN:
        raise BadDimensions(f"The image is less than {SIDE_MIN} pixels wide or high.", field="file")
    return image, kind.mime


def _load(image: Image.Image) -> None:
    try:
        with _one_at_a_time:
            image.load()
    except _DAMAGE as error:
        raise _damaged() from error


def _eight_bit_rgb(image: Image.Image) -> Image.Image:
    """Return an image of any mode as 8-bit RGB, what is transparent as white."""
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode in {"I", "F"}:
        low, high = (float(np.asarray(image).min()), float(np.asarray(image).max()))
        scale = 255 / ((high - low) or 1)
        image = image.point(lambda value: value * scale - low * scale).convert("L")
    elif image.has_transparency_data:
        layer = image if image.mode == "RGBA" else image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer)
    return image.convert("RGB")


def _too_many_pixels() -> BadDimensions:
    limit = f"{PIXELS_MAX / 1e6:g} million pixels"
    return BadDimensions(f"The image has more than {limit}: send a smaller photo.", field="file")


def _damaged() -> DamagedImage:
    return DamagedImage("The image is damaged and cannot be read to its end.", field="file")
