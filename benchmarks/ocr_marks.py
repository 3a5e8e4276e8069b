"""Pages on which a marker pen marked some words: what is marked is known."""

from random import Random

from PIL import Image, ImageDraw

from benchmarks import ocr_pages
from benchmarks.ocr_pages import HEIGHT, INK, WIDTH
from benchmarks.ocr_texts import SENTENCES

COLOURS = ((255, 240, 90), (150, 245, 120), (255, 160, 205), (140, 215, 255), (255, 195, 105))
SHARE = 0.12  # of the words begin a run of marked ones
LEFT, RIGHT, PITCH = 180, WIDTH - 180, 62


def marked_page(seed: int) -> tuple[Image.Image, list[str], int]:
    """Return a page, its marked words in order, and how many words it has."""
    random = Random(f"marks{seed}")
    page = Image.new("RGB", (WIDTH, HEIGHT), (251, 250, 246))
    draw, font = ImageDraw.Draw(page), ocr_pages.font(seed, 34)
    x, y, run, colour = float(LEFT), 200.0, 0, COLOURS[0]
    marked: list[str] = []
    words = " ".join(random.sample(SENTENCES, 22)).split()
    for word in words:
        width = font.getlength(word)
        if x + width > RIGHT:
            x, y = LEFT, y + PITCH
        if run == 0 and random.random() < SHARE:
            run, colour = random.randrange(1, 5), random.choice(COLOURS)
        if run:
            ragged = [random.uniform(-5, 5) for _ in range(4)]
            box = (x - 5 + ragged[0], y - 2 + ragged[1], x + width + 6 + ragged[2], y + 43)
            draw.rectangle(box, fill=colour)
            marked.append(word)
            run -= 1
        draw.text((x, y), word, INK, font)
        x += width + font.getlength(" ")
    return page, marked, len(words)
