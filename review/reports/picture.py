"""A learner's activity as a PNG for mails: a bar a day, drawn at twice its size for sharp screens.

Numbers alone are written, so that it needs no fonts of the reader's language.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 912, 360
_LEFT, _TOP, _BOTTOM = 56, 24, 44
_GRID, _INK = "#e5e7eb", "#6b7280"
_PARTS = (("remembered", "#3b8f5a"), ("partial", "#d9a441"), ("forgot", "#c0504d"))


def bars(days: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the days' reviews by result, the newest day on the right."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(20)
    most = _round_up(max(day["review_count"] for day in days))
    height = HEIGHT - _TOP - _BOTTOM
    for part in range(5):
        at = _TOP + height * part // 4
        draw.line((_LEFT, at, WIDTH, at), fill=_GRID, width=2)
        text = str(most * (4 - part) // 4)
        draw.text((_LEFT - 10, at), text, fill=_INK, font=font, anchor="rm")
    step = (WIDTH - _LEFT) / len(days)
    for number, day in enumerate(days):
        x, y = _LEFT + number * step, float(_TOP + height)
        for name, colour in _PARTS:
            above = y - height * day[name] / most
            if day[name]:
                draw.rectangle((x + step * 0.15, above, x + step * 0.85, y), fill=colour)
            y = above
        if day["day"].weekday() == 0 or len(days) <= 7:
            label, middle = f"{day['day'].month}/{day['day'].day}", x + step / 2
            draw.text((middle, HEIGHT - _BOTTOM / 2), label, fill=_INK, font=font, anchor="mm")
    to = io.BytesIO()
    image.save(to, "PNG", optimize=True)
    return to.getvalue()


def _round_up(count: int) -> int:
    """Return the least of 4, 8, 20, 40, 80, 200, ... that is not smaller."""
    scale = 1
    while True:
        for step in (4, 8, 20):
            if count <= step * scale:
                return step * scale
        scale *= 10
