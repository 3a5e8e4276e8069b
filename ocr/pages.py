"""What may be uploaded and how it becomes pixels: the header is checked before anything is decoded.

No Django and no models: the web process and the model server both use it.
"""

import io
import struct
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import filetype
import numpy as np
from PIL import Image, ImageOps

from config.errors import Invalid
from ocr import pdf
from ocr.text_lines import Line

BYTES_MAX = 20 * 1024 * 1024
PIXELS_MAX = 40_000_000
SIDE_MIN = 16
FORMATS = {
    "image/jpeg": ("JPEG", "jpg"),
    "image/png": ("PNG", "png"),
    "image/webp": ("WEBP", "webp"),
    "image/tiff": ("TIFF", "tiff"),
}
PDF = "application/pdf"
_NAMES = "JPEG, PNG, WebP, TIFF or PDF"
# What Pillow's decoders raise on damaged files; all of them mean the same to a learner.
_DAMAGE = (
    OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, OverflowError,
    IndexError, KeyError, TypeError, AttributeError, RuntimeError, MemoryError,
)  # fmt: skip
_one_at_a_time = threading.Lock()  # a page of 40 million pixels takes 120 MB

Pixels = pdf.Pixels
Crop = tuple[float, float, float, float]  # left, top, right, bottom as parts of the page, 0-1


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


class BadCrop(Invalid):
    """The part of the page that is asked for is none."""

    code: ClassVar[str] = "bad_crop"


@dataclass(frozen=True, slots=True)
class Upload:
    """What an upload was found to be."""

    media_type: str
    extension: str
    page_count: int = 1


def too_large() -> TooLarge:
    """Return the refusal of a file with more than BYTES_MAX bytes."""
    return TooLarge(f"The file is larger than {BYTES_MAX // 1024**2} MB.", field="file")


def check(data: bytes) -> Upload:
    """Return what the file is; raise the class above or of ``pdf`` that says why it is refused."""
    media_type = _media_type(data)
    if media_type == PDF:
        return Upload(PDF, "pdf", pdf.page_count(data))
    image = _open(data, media_type)
    image.draft("L", (image.width // 8, image.height // 8))  # a JPEG is still read to its end
    _load(image)
    count = _frame_count(image) if image.format == "TIFF" else 1
    return Upload(media_type, FORMATS[media_type][1], count)


def decode(
    data: bytes, *, page: int = 1, quarter_turns: int = 0, crop: Crop | None = None
) -> Pixels:
    """Return the upright page as height x width x 3 bytes (blue, green, red).

    Turned clockwise by ``quarter_turns`` first, then cut to ``crop``. Raises as ``check`` does,
    pdf.NoSuchPage, BadCrop.
    """
    media_type = _media_type(data)
    if media_type == PDF:
        pdf.page_count(data)
        pixels = pdf.render(data, page)
    else:
        pixels = _pixels(data, media_type, page)
    pixels = np.rot90(pixels, -quarter_turns % 4)
    return np.ascontiguousarray(pixels if crop is None else _cropped(pixels, crop))


def checked_crop(numbers: Sequence[float]) -> Crop:
    """Return left, top, right and bottom; BadCrop unless they are a part of a page."""
    match numbers:
        case (left, top, right, bottom) if 0 <= left < right <= 1 and 0 <= top < bottom <= 1:
            return (left, top, right, bottom)
    detail = "A crop is left,top,right,bottom from 0 to 1, left before right, top before bottom."
    raise BadCrop(detail, field="crop")


def text_lines(data: bytes, *, page: int = 1) -> list[Line]:
    """Return the lines that the file itself holds as text, unordered; none for an image.

    Where there are some, nothing has to be recognised. Polygons fit ``decode``'s pixels of the
    whole page. Raises as ``check`` does.
    """
    return pdf.text_lines(data, page) if _media_type(data) == PDF else []


def _cropped(pixels: Pixels, crop: Crop) -> Pixels:
    left, top, right, bottom = checked_crop(crop)
    height, width = pixels.shape[:2]
    part = pixels[round(top * height) : round(bottom * height),
                  round(left * width) : round(right * width)]  # fmt: skip
    if min(part.shape[:2]) < SIDE_MIN:
        raise BadCrop(f"The crop is less than {SIDE_MIN} pixels wide or high.", field="crop")
    return part


def _frame_count(image: Image.Image) -> int:
    """Return how many pages a TIFF holds; each is looked at when it is read."""
    for number in range(1, pdf.PAGES_MAX + 1):
        try:
            image.seek(number)
        except EOFError:
            return number
        except _DAMAGE as error:
            raise _damaged() from error
    detail = f"The TIFF has more than {pdf.PAGES_MAX} pages: send at most so many at a time."
    raise pdf.TooManyPages(detail, field="file")


def _pixels(data: bytes, media_type: str, page: int) -> Pixels:
    try:
        pixels = np.array(_eight_bit_rgb(_upright(data, media_type, page)))
    except _DAMAGE as error:
        raise _damaged() from error
    red = pixels[:, :, 0].copy()
    pixels[:, :, 0] = pixels[:, :, 2]
    pixels[:, :, 2] = red
    return pixels


def _upright(data: bytes, media_type: str, page: int) -> Image.Image:
    image = _open(data, media_type, page)
    _load(image)
    ImageOps.exif_transpose(image, in_place=True)
    return image


def _media_type(data: bytes) -> str:
    if not data:
        raise EmptyFile("The file is empty.", field="file")
    if len(data) > BYTES_MAX:
        raise too_large()
    kind = filetype.guess(data)
    if kind is None or (kind.mime not in FORMATS and kind.mime != PDF):
        found = kind.mime if kind else "no image that is known here"
        raise UnsupportedType(f"This is {found}: send {_NAMES}.", field="file")
    return str(kind.mime)


def _open(data: bytes, media_type: str, page: int = 1) -> Image.Image:
    if page != 1 and media_type != "image/tiff":
        raise _no_such_page(page)
    try:
        image = Image.open(io.BytesIO(data), formats=[FORMATS[media_type][0]])
        if page != 1:
            image.seek(page - 1)
    except EOFError:
        raise _no_such_page(page) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _DAMAGE as error:
        raise _damaged() from error
    if image.width * image.height > PIXELS_MAX:
        raise _too_many_pixels()
    if min(image.size) < SIDE_MIN:
        raise BadDimensions(f"The image is less than {SIDE_MIN} pixels wide or high.", field="file")
    return image


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


def _no_such_page(page: int) -> pdf.NoSuchPage:
    return pdf.NoSuchPage(f"The image has no page {page}.", field="page")


def _too_many_pixels() -> BadDimensions:
    limit = f"{PIXELS_MAX / 1e6:g} million pixels"
    return BadDimensions(f"The image has more than {limit}: send a smaller photo.", field="file")


def _damaged() -> DamagedImage:
    return DamagedImage("The image is damaged and cannot be read to its end.", field="file")
