"""Pages for the OCR benchmark: drawn clean, and photographed by computation.

Six kinds, each seed another page: a textbook, a vocabulary list, two columns, a table, a receipt,
Korean with English. What stands on a page is known word by word, in reading order.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.ocr_texts import COUNTRIES, ITEMS, KOREAN, SENTENCES, TITLES, VOCABULARY

KINDS = ("textbook", "vocabulary", "two_columns", "table", "receipt", "korean")
WIDTH, HEIGHT = 1654, 2339  # A4 at 200 dots an inch
INK = (34, 33, 38)
KOREAN_FONTS = ("/usr/share/fonts/truetype/nanum", "/usr/share/fonts/opentype/noto")
_SYSTEM = Path("/usr/share/fonts/truetype/liberation")


@dataclass(frozen=True, slots=True)
class BenchmarkPage:
    """An image file and the lines on it in reading order; a broken word ends in a hyphen."""

    kind: str
    seed: int
    image_bytes: bytes
    paragraphs: tuple[str, ...]
    is_photo: bool

    @property
    def text(self) -> str:
        """The page's text, paragraphs apart, broken words whole."""
        return "\n\n".join(self.paragraphs)


@dataclass(slots=True)
class _Sheet:
    """Paper on which text is set; ``paragraphs`` says what was set, in reading order."""

    random: Random
    image: Image.Image = field(
        default_factory=lambda: Image.new("RGB", (WIDTH, HEIGHT), (251, 250, 246))
    )
    paragraphs: list[str] = field(default_factory=list)

    def put(self, x: float, y: float, text: str, font: ImageFont.FreeTypeFont) -> None:
        """Draw one piece of text, its top left corner at (x, y)."""
        ImageDraw.Draw(self.image).text((x, y), text, INK, font)

    def flow(self, text: str, box: tuple[int, int, int], font: ImageFont.FreeTypeFont) -> int:
        """Set a paragraph in ``box`` (left, top, width); return where the next one may begin."""
        left, y, width = box
        for line in wrapped(text, font, width):
            self.put(left, y, line, font)
            y += round(font.size * 1.45)
        self.paragraphs.append(text)
        return y + round(font.size * 0.7)


def pages(count: int, *, seed: int, korean_font: Path | None) -> Iterator[BenchmarkPage]:
    """Yield ``count`` pages of each kind, each clean and as a photo."""
    for kind in KINDS:
        if kind == "korean" and korean_font is None:
            continue
        for number in range(count):
            page_seed = seed * 1000 + number
            sheet = _Sheet(Random(f"{kind}{page_seed}"))
            _DRAW[kind](sheet, number, korean_font)
            paragraphs = tuple(sheet.paragraphs)
            clean = _clean(sheet.image)
            yield BenchmarkPage(kind, page_seed, clean, paragraphs, is_photo=False)
            photo = photograph(sheet.image, page_seed)
            yield BenchmarkPage(kind, page_seed, photo, paragraphs, is_photo=True)


def korean_font() -> Path | None:
    """Return a font with Hangul that this machine has."""
    names = ("NanumMyeongjo.ttf", "NanumGothic.ttf", "NotoSansCJK-Regular.ttc")
    found = (Path(folder) / name for folder in KOREAN_FONTS for name in names)
    return next((path for path in found if path.is_file()), None)


def font(number: int, size: int, style: str = "") -> ImageFont.FreeTypeFont:
    """Return one of the machine's Latin fonts; ``style`` is "", "Bold" or "Italic"."""
    own = Path(mpl.get_data_path()) / "fonts" / "ttf"
    serif = own / f"DejaVuSerif{f'-{style}' if style else ''}.ttf"
    sans_style = style.replace("Italic", "Oblique")
    sans = own / f"DejaVuSans{f'-{sans_style}' if style else ''}.ttf"
    system = [
        _SYSTEM / f"Liberation{family}-{style or 'Regular'}.ttf" for family in ("Serif", "Sans")
    ]
    choice = [path for path in (serif, system[0], sans, system[1]) if path.is_file()]
    return ImageFont.truetype(str(choice[number % len(choice)]), size)


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break a paragraph into lines; a long word that does not fit is broken with a hyphen."""
    lines = [""]
    for word in text.split():
        head, rest = _fitting(word, f"{lines[-1]} ".lstrip(), font, width)
        lines[-1] = f"{lines[-1]} {head}".strip()
        if rest:
            lines.append(rest)
    return lines


def _fitting(word: str, before: str, font: ImageFont.FreeTypeFont, width: int) -> tuple[str, str]:
    """Return what of ``word`` fits on the line after ``before``, and what goes to the next."""
    if font.getlength(before + word) <= width:
        return word, ""
    for cut in range(len(word) - 3, 3, -1) if word.isalpha() and len(word) > 8 else ():
        if font.getlength(f"{before}{word[:cut]}-") <= width:
            return f"{word[:cut]}-", word[cut:]
    return "", word


def _passage(random: Random, sentences: int) -> str:
    return " ".join(random.sample(SENTENCES, sentences))


def _textbook(sheet: _Sheet, number: int, _: Path | None) -> None:
    body = font(number, 34)
    y = sheet.flow(f"Unit {number + 3}", (180, 150, 1200), font(number, 30, "Italic"))
    y = sheet.flow(TITLES[number % len(TITLES)], (180, y, 1300), font(number, 58, "Bold"))
    while y < HEIGHT - 620:
        y = sheet.flow(_passage(sheet.random, sheet.random.randrange(3, 6)), (180, y, 1290), body)
    sheet.put(800, HEIGHT - 150, str(40 + number), font(number, 28))
    sheet.paragraphs.append(str(40 + number))


def _vocabulary(sheet: _Sheet, number: int, _: Path | None) -> None:
    body = font(number, 32)
    y = sheet.flow("Words to learn", (180, 150, 1200), font(number, 52, "Bold"))
    for word, meaning in sheet.random.sample(VOCABULARY, 26):
        sheet.put(180, y, word, font(number, 32, "Bold"))
        sheet.put(640, y, meaning, body)
        sheet.paragraphs.append(f"{word} {meaning}")
        y += 72


def _two_columns(sheet: _Sheet, number: int, _: Path | None) -> None:
    body = font(number, 27)
    top = sheet.flow(TITLES[(number + 1) % len(TITLES)], (140, 140, 1400), font(number, 56, "Bold"))
    for left in (140, 860):
        y = top + 20
        while y < HEIGHT - 560:
            count = sheet.random.randrange(3, 6)
            y = sheet.flow(_passage(sheet.random, count), (left, y, 650), body)


def _table(sheet: _Sheet, number: int, _: Path | None) -> None:
    body, bold = font(number, 30), font(number, 30, "Bold")
    y = sheet.flow("Exports by country", (160, 150, 1200), font(number, 46, "Bold")) + 30
    columns = (170, 610, 900, 1180)
    rows = [("Country", "2021", "2022", "Change")]
    for name in sheet.random.sample(COUNTRIES, 14):
        first, second = (sheet.random.randrange(1000, 99999) for _ in range(2))
        change = f"{(second - first) / first * 100:+.1f}%"
        rows.append((name, f"{first:,}", f"{second:,}", change))
    draw = ImageDraw.Draw(sheet.image)
    for index, row in enumerate(rows):
        for x, cell in zip(columns, row, strict=True):
            sheet.put(x, y + 16, cell, bold if index == 0 else body)
        draw.line((150, y, 1480, y), (120, 120, 120), 2)
        sheet.paragraphs.append(" ".join(row))
        y += 74
    draw.line((150, y, 1480, y), (120, 120, 120), 2)
    sheet.flow(_passage(sheet.random, 4), (160, y + 60, 1300), body)


def _receipt(sheet: _Sheet, number: int, _: Path | None) -> None:
    mono = ImageFont.truetype(
        str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"), 30
    )
    y = sheet.flow("CORNER MARKET", (560, 170, 900), font(number, 44, "Bold"))
    y = sheet.flow(f"14 Station Road  Tel. 555-01{number}7", (430, y, 1100), mono) + 20
    total = 0.0
    for item in sheet.random.sample(ITEMS, 16):
        price = sheet.random.randrange(60, 2400) / 100
        total += price
        sheet.put(430, y, item, mono)
        sheet.put(1060, y, f"{price:7.2f}", mono)
        sheet.paragraphs.append(f"{item} {price:.2f}")
        y += 56
    for name, amount in (("TOTAL", total), ("CASH", 200.0), ("CHANGE", 200 - total)):
        y += 14
        sheet.put(430, y, name, mono)
        sheet.put(1060, y, f"{amount:7.2f}", mono)
        sheet.paragraphs.append(f"{name} {amount:.2f}")
        y += 56
    sheet.flow("Thank you for your visit", (480, y + 40, 900), mono)


def _korean(sheet: _Sheet, _: int, path: Path | None) -> None:
    assert path is not None
    body, bold = (ImageFont.truetype(str(path), size) for size in (36, 52))
    y = sheet.flow("오늘의 단어 Words of the day", (180, 150, 1300), bold)
    for english, korean, example, meaning in sheet.random.sample(KOREAN, 9):
        y = sheet.flow(f"{english} {korean}", (180, y, 1300), body) - 20
        y = sheet.flow(example, (220, y, 1300), body) - 20
        y = sheet.flow(meaning, (220, y, 1300), body) + 14


_DRAW = {
    "textbook": _textbook,
    "vocabulary": _vocabulary,
    "two_columns": _two_columns,
    "table": _table,
    "receipt": _receipt,
    "korean": _korean,
}


def _clean(sheet: Image.Image) -> bytes:
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def photograph(sheet: Image.Image, seed: int) -> bytes:
    """Return a JPEG of the sheet: perspective, a curl of shadow, uneven light, blur and noise."""
    random = np.random.default_rng(seed)
    width, height = sheet.width + 240, sheet.height + 260
    shifts = random.uniform(-55, 55, (4, 2))
    corners: list[tuple[float, float]] = [(120, 130), (120 + sheet.width, 130)]
    corners += [(120 + sheet.width, 130 + sheet.height), (120, 130 + sheet.height)]
    moved = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(corners, shifts.tolist(), strict=True)]
    flat: list[tuple[float, float]] = [
        (0, 0),
        (sheet.width, 0),
        (sheet.width, sheet.height),
        (0, sheet.height),
    ]
    to_sheet = _perspective(moved, flat)
    bend, bicubic = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    desk = Image.new("RGB", (width, height), (96, 84, 70))
    mask = Image.new("L", sheet.size, 255).transform(desk.size, bend, to_sheet, bicubic)
    desk.paste(sheet.transform(desk.size, bend, to_sheet, bicubic), (0, 0), mask)
    blurred = desk.filter(ImageFilter.GaussianBlur(float(random.uniform(0.7, 1.3))))
    pixels = np.asarray(blurred, dtype=np.float32) * _light(random, width, height)[:, :, None]
    pixels += random.normal(0, 7, pixels.shape).astype(np.float32)
    out = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(out, "JPEG", quality=75)
    return out.getvalue()


def _perspective(
    source: list[tuple[float, float]], target: list[tuple[float, float]]
) -> list[float]:
    """Return the eight coefficients with which Pillow maps ``source`` points to ``target``."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    solution: list[float] = np.linalg.solve(np.array(rows), np.array(target).ravel()).tolist()
    return solution


def _light(
    random: np.random.Generator, width: int, height: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return each pixel's brightness: a lamp to one side and a hand's soft shadow."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    lamp_x, lamp_y, hand_x, hand_y = random.uniform(0.1, 0.9, 4)
    lamp = 1.0 - 0.3 * np.hypot(x - lamp_x, y - lamp_y) ** 1.5
    shadow = 1.0 - 0.4 * np.exp(-((x - hand_x) ** 2 + (y - hand_y) ** 2) / 0.04)
    light: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = (lamp * shadow).astype(np.float32)
    return light
