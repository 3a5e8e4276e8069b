"""A page of an English textbook, rendered and then photographed by computation."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

WIDTH, HEIGHT = 1500, 2050
PHOTO_WIDTH, PHOTO_HEIGHT = 1700, 2260
MARGIN = 150
INK = (38, 36, 40)
MAY_BREAK = "~"  # in a passage: here a word may be broken at the end of a line
PASSAGES = ("grass_bridge", "lighthouse")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Page:
    """A photo (JPEG) and what stands on it: ``text`` line by line as printed, ``words`` in order.

    ``words`` are as printed, without punctuation; a word broken at a line's end is whole again.
    """

    image_bytes: bytes
    text: str
    words: tuple[str, ...]


def textbook_page(*, seed: int = 7) -> Page:
    """Return a page; the same seed gives the same page, and seeds alternate between the texts."""
    source = Path(__file__).parent / "passages" / f"{PASSAGES[seed % len(PASSAGES)]}.txt"
    said = source.read_text()
    sheet = _Sheet()
    _print(sheet, said.strip().split("\n\n"))
    tokens = [token.strip(".,:\u201c\u201d") for token in said.replace(MAY_BREAK, "").split()]
    return Page(_photograph(sheet.image, seed), "\n".join(sheet.lines), tuple(tokens))


@dataclass(slots=True)
class _Sheet:
    """A sheet of paper on which lines are printed from top to bottom."""

    image: Image.Image = field(
        default_factory=lambda: Image.new("RGB", (WIDTH, HEIGHT), (250, 247, 239))
    )
    y: int = 130
    lines: list[str] = field(default_factory=list)

    def print_line(self, text: str, font: ImageFont.FreeTypeFont, *, x: int = MARGIN) -> None:
        """Print one line and go below it."""
        ImageDraw.Draw(self.image).text((x, self.y), text, INK, font)
        self.lines.append(text)
        self.y += int(font.size * 1.55)


def _font(style: str, size: int) -> ImageFont.FreeTypeFont:
    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    return ImageFont.truetype(folder / f"DejaVuSerif{style}.ttf", size)


def _print(sheet: _Sheet, blocks: list[str]) -> None:
    """Print a passage's blocks: unit and title, paragraphs, the box of words to learn."""
    heading, *paragraphs, box = blocks
    unit, title = heading.splitlines()
    sheet.print_line(unit, _font("-Italic", 30))
    sheet.y += 8
    sheet.print_line(title, _font("-Bold", 52))
    sheet.y += 24
    body = _font("", 32)
    for paragraph in paragraphs:
        for line in _wrapped(paragraph, body, WIDTH - 2 * MARGIN):
            sheet.print_line(line, body)
        sheet.y += 22
    _print_box(sheet, box.splitlines())


def _print_box(sheet: _Sheet, lines: list[str]) -> None:
    """Print a frame with a heading and ``word: meaning`` lines in two columns."""
    sheet.y += 20
    top = sheet.y
    sheet.y += 22
    sheet.print_line(lines[0], _font("-Bold", 30), x=MARGIN + 30)
    draw = ImageDraw.Draw(sheet.image)
    for word, meaning in (line.split(": ") for line in lines[1:]):
        draw.text((MARGIN + 30, sheet.y), word, INK, _font("-Italic", 28))
        sheet.print_line(meaning, _font("", 28), x=MARGIN + 330)
        sheet.lines[-1] = f"{word} {meaning}"
    frame = (MARGIN, top, WIDTH - MARGIN, sheet.y + 14)
    draw.rounded_rectangle(frame, 14, outline=(120, 130, 150), width=3)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break greedily at spaces, and at a mark where the rest of the word does not fit."""
    lines = [""]
    for word in text.split():
        head, rest = _fitting(word, f"{lines[-1]} ".lstrip(), font, width)
        lines[-1] = f"{lines[-1]} {head}".strip()
        if rest:
            lines.append(rest)
    return lines


def _fitting(word: str, before: str, font: ImageFont.FreeTypeFont, width: int) -> tuple[str, str]:
    """Return what of ``word`` fits on the line after ``before``, and what goes to the next."""
    parts = word.split(MAY_BREAK)
    for count in range(len(parts), 0, -1):
        head, rest = "".join(parts[:count]), "".join(parts[count:])
        head += "-" if head and rest else ""
        if font.getlength(before + head) <= width:
            return head, rest
    return "", word.replace(MAY_BREAK, "")


def _photograph(sheet: Image.Image, seed: int) -> bytes:
    """Return a JPEG of the sheet on a desk: askew, unevenly lit, slightly blurred, noisy."""
    random = np.random.default_rng(seed)
    size = (PHOTO_WIDTH, PHOTO_HEIGHT)
    corners = _corners(random)
    to_sheet = _perspective(corners, [(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)])
    bend, bicubic = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    paper = sheet.transform(size, bend, to_sheet, bicubic)
    mask = Image.new("L", sheet.size, 255).transform(size, bend, to_sheet, bicubic)
    desk = Image.new("RGB", size, (104, 80, 60))
    shadow = mask.filter(ImageFilter.GaussianBlur(25)).point(lambda value: value // 2)
    desk.paste((40, 30, 24), (12, 18), shadow)
    desk.paste(paper, (0, 0), mask)
    blurred = desk.filter(ImageFilter.GaussianBlur(float(random.uniform(0.6, 0.9))))
    pixels = np.asarray(blurred, dtype=np.float32) * _light(random)[:, :, None]
    pixels += random.normal(0, 5, pixels.shape).astype(np.float32)
    photo = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=82)
    return out.getvalue()


def _corners(random: np.random.Generator) -> list[Point]:
    """Return where the sheet's corners lie on the photo, clockwise from top left."""
    left, top = (PHOTO_WIDTH - WIDTH) / 2, (PHOTO_HEIGHT - HEIGHT) / 2
    upright = [
        (left, top),
        (left + WIDTH, top),
        (left + WIDTH, top + HEIGHT),
        (left, top + HEIGHT),
    ]
    shifts = random.uniform(-45, 45, (4, 2))
    return [(x + dx, y + dy) for (x, y), (dx, dy) in zip(upright, shifts.tolist(), strict=True)]


def _perspective(source: list[Point], target: list[Point]) -> list[float]:
    """Return the eight coefficients with which Pillow maps ``source`` points to ``target``."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    values = np.array([value for point in target for value in point])
    solution: list[float] = np.linalg.solve(np.array(rows), values).tolist()
    return solution


def _light(random: np.random.Generator) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return the brightness of each pixel (0-1): a lamp to one side, darker corners."""
    y, x = np.mgrid[0 : 1 : PHOTO_HEIGHT * 1j, 0 : 1 : PHOTO_WIDTH * 1j].astype(np.float32)
    lamp_x, lamp_y = random.uniform(0.15, 0.85), random.uniform(0.05, 0.4)
    distance = np.hypot(x - lamp_x, y - lamp_y)
    light: np.ndarray[tuple[int, int], np.dtype[np.float32]] = 1.0 - 0.33 * distance**1.5
    return light
