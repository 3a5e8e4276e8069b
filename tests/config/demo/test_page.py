"""The demo's photographed page."""

import io

from PIL import Image

from config.demo.page import textbook_page


def test_the_same_seed_gives_the_same_page_and_another_one_another() -> None:
    assert textbook_page(seed=3) == textbook_page(seed=3)
    assert textbook_page(seed=3).image_bytes != textbook_page(seed=5).image_bytes


def test_it_is_a_photo_of_a_phones_size() -> None:
    image = Image.open(io.BytesIO(textbook_page(seed=1).image_bytes))
    image.load()
    assert image.format == "JPEG"
    assert 1600 <= image.width <= image.height <= 2400


def test_the_text_is_what_is_printed_line_by_line() -> None:
    page = textbook_page(seed=7)
    lines = page.text.splitlines()
    assert lines[1] == "The Lighthouse Keeper's Garden"
    assert any(line.endswith("-") for line in lines), "no word is broken at a line's end"
    assert {"stubborn", "didn't", "accumulate"} <= set(page.words)
    assert len(page.words) > 200
    assert not any("~" in text for text in (page.text, *page.words))
