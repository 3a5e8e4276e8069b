"""What may be uploaded, and the pixels it becomes."""

import json
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image

from config.settings import variables
from ocr import page_images, pages
from ocr.pdf import NoSuchPage, TooManyPages
from tests.ocr import images

RED, WHITE = (0, 0, 255), (255, 255, 255)  # blue, green, red


def corner_and_end(data: bytes) -> tuple[Any, Any]:
    pixels = pages.decode(data).astype(int)
    return pixels[5, 5], pixels[-5, -5]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_accepted_type_becomes_the_same_pixels(kind: str) -> None:
    data = images.encoded(images.drawn(), kind)
    assert pages.check(data).media_type == f"image/{kind.lower()}"
    first, last = corner_and_end(data)
    assert np.abs(first - RED).max() < 12
    assert np.abs(last - WHITE).max() < 12


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "F"])
def test_every_mode_becomes_eight_bits_of_three_colours(mode: str) -> None:
    pixels = pages.decode(images.encoded(images.drawn().convert(mode), "TIFF"
                          if mode not in {"P", "LA", "RGBA"} else "PNG"))  # fmt: skip
    assert pixels.shape == (80, 120, 3)
    assert pixels.dtype == np.uint8
    assert pixels[-5, -5].min() > 250
    assert pixels[5, 5].min() < 130


def test_sixteen_bits_keep_their_shades() -> None:
    pixels = pages.decode(images.sixteen_bit_png())
    assert pixels[-5, -5].tolist() == [255, 255, 255]
    assert pixels[5, 5].tolist() == [76, 76, 76]  # the grey of red


def test_what_is_transparent_is_white() -> None:
    layer = images.drawn().convert("RGBA")
    layer.putalpha(Image.new("L", layer.size, 0))
    assert pages.decode(images.encoded(layer)).min() == 255


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_by_its_exif(orientation: int) -> None:
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    photo = images.drawn()
    stored = photo.transpose(turn[orientation]) if orientation in turn else photo
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = pages.decode(images.encoded(stored, "JPEG", exif=exif, quality=95)).astype(int)
    assert pixels.shape == (80, 120, 3)
    assert np.abs(pixels[5, 5] - RED).max() < 30


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", pages.EmptyFile),
        (b"just some text", pages.UnsupportedType),
        (images.SVG, pages.UnsupportedType),
        (b"GIF89a" + bytes(30), pages.UnsupportedType),
        (images.jpeg()[:20], pages.DamagedImage),
        (images.truncated_jpeg(), pages.DamagedImage),
        (images.png()[:-30], pages.DamagedImage),
        (images.encoded(Image.new("L", (15, 900))), pages.BadDimensions),
        (images.encoded(Image.new("1", (6400, 6400))), pages.BadDimensions),
        (b"\xff\xd8\xff" + bytes(pages.BYTES_MAX), pages.TooLarge),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, refusal: type[Exception]) -> None:
    for look in (pages.check, pages.decode):
        with pytest.raises(refusal):
            look(data)


@pytest.mark.asvs(
    "5.2.3",
    "pixels are counted by the header, before the picture is decoded; archives are not taken",
)
def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    data = images.bomb()
    assert len(data) < 200_000
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("it was decoded"))
    for look in (pages.check, pages.decode):
        with pytest.raises(pages.BadDimensions):
            look(data)


def test_mutated_files_are_read_or_refused() -> None:
    count = 1000 if variables.text("PROOF") else 60
    command = [sys.executable, "-m", "tests.ocr.mutants", str(count), "5"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr[-500:]
    outcomes = json.loads(done.stdout.splitlines()[-1])
    assert sum(outcomes.values()) == count
    assert outcomes["read"] > 0
    assert {"damaged_image", "damaged_pdf"} <= set(outcomes)


def test_a_page_is_turned_clockwise_and_then_cut() -> None:
    data = images.png()  # 120 x 80, the left top corner red
    turned = pages.decode(data, quarter_turns=1)
    assert turned.shape == (120, 80, 3)
    assert turned[5, -5].tolist() == list(RED)
    corner = pages.decode(data, quarter_turns=1, crop=(0.75, 0, 1, 0.25))
    assert corner.shape == (30, 20, 3)
    assert (corner == RED).all()
    assert (pages.decode(data, quarter_turns=-4) == pages.decode(data)).all()


@pytest.mark.parametrize(
    "crop", [(0.5, 0, 0.5, 1), (0, 0.9, 1, 0.1), (-0.1, 0, 1, 1), (0, 0, 0.1, 1), (0, 0, 1, 1.01)]
)
def test_a_crop_that_is_none_is_refused(crop: pages.Crop) -> None:
    with pytest.raises(pages.BadCrop):
        pages.decode(images.png(), crop=crop)


@pytest.mark.parametrize("data", [images.png(), images.tiff(images.drawn())])
def test_an_image_has_one_page(data: bytes) -> None:
    assert pages.check(data).page_count == 1
    with pytest.raises(NoSuchPage):
        pages.decode(data, page=2)


def test_every_frame_of_a_tiff_is_a_page() -> None:
    data = images.tiff(images.blank(), images.drawn((90, 60)), images.drawn((60, 90)))
    assert pages.check(data).page_count == 3
    sizes = [pages.decode(data, page=number).shape[:2] for number in (1, 2, 3)]
    assert sizes == [(80, 120), (60, 90), (90, 60)]
    read = page_images.for_reading(data, 2, media_type="image/tiff")
    assert pages.decode(read).shape == (60, 90, 3)  # of its own: the server reads one picture


def test_a_tiff_has_as_many_pages_as_are_read_of_a_pdf() -> None:
    assert pages.check(images.tiff(*[images.blank()] * 50)).page_count == 50
    with pytest.raises(TooManyPages):
        pages.check(images.tiff(*[images.blank()] * 51))


def test_a_frame_with_too_many_pixels_is_refused_when_it_is_read() -> None:
    large = Image.new("1", (8000, 5001))
    data = images.tiff(images.blank(), large, compression="tiff_deflate")
    assert pages.check(data).page_count == 2
    with pytest.raises(pages.BadDimensions):
        pages.decode(data, page=2)
