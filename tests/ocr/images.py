"""Images for the tests: good ones of every kind, and the bad ones people send."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageDraw


def drawn(size: tuple[int, int] = (120, 80)) -> Image.Image:
    """A white image whose left top corner is red: it shows how it is turned."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 3, size[1] // 3), fill=(255, 0, 0))
    return image


def blank() -> Image.Image:
    """A white page."""
    return Image.new("RGB", (120, 80), "white")


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The image as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png() -> bytes:
    """A good PNG."""
    return encoded(drawn())


def numbered(number: int) -> bytes:
    """A good PNG unlike those of other numbers."""
    return encoded(drawn((120 + number, 80)))


def tiff(*frames: Image.Image, **options: object) -> bytes:
    """A TIFF of several pages."""
    return encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:], **options)


def jpeg() -> bytes:
    """A good JPEG."""
    return encoded(drawn(), "JPEG")


def noise(size: tuple[int, int] = (600, 400)) -> Image.Image:
    """An image that does not compress."""
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8))


def truncated_jpeg() -> bytes:
    """The first two thirds of a JPEG."""
    data = encoded(noise(), "JPEG")
    return data[: len(data) * 2 // 3]


def cmyk_jpeg() -> bytes:
    """What a print shop makes."""
    return encoded(drawn().convert("CMYK"), "JPEG")


def sixteen_bit_png() -> bytes:
    """What a scanner makes: grey, 16 bits a pixel."""
    grey = np.asarray(drawn().convert("L")).astype(np.uint16) * 257
    return encoded(Image.fromarray(grey))


def bomb(side: int = 30_000) -> bytes:
    """A PNG of ``side`` squared pixels, one bit each, in some kilobytes."""
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    data = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND")


def _chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
