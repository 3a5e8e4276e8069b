"""Reading order, on geometry alone."""

import random
from math import cos, radians, sin

import pytest

from ocr.text_lines import Line, full_text, in_reading_order, is_broken

HEIGHT = 30


def line(text: str, x: float, y: float, width: float = 400, height: float = HEIGHT) -> Line:
    return Line(text, 0.9, ((x, y), (x + width, y), (x + width, y + height), (x, y + height)))


def column(name: str, x: float, *, rows: int = 6, y: float = 100, width: float = 400) -> list[Line]:
    return [line(f"{name}{row}", x, y + 40 * row, width) for row in range(rows)]


def texts(lines: list[Line]) -> list[str]:
    shuffled = random.Random(7).sample(lines, len(lines))
    return [found.text for found in in_reading_order(shuffled)]


def turned(lines: list[Line], degrees: float) -> list[Line]:
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return [
        Line(one.text, 0.9, tuple((c * x - s * y, s * x + c * y) for x, y in one.polygon))
        for one in lines
    ]


def test_no_lines_are_in_order() -> None:
    assert in_reading_order([]) == []
    assert full_text([]) == ""


def test_one_column_is_read_from_the_top() -> None:
    assert texts(column("a", 100)) == ["a0", "a1", "a2", "a3", "a4", "a5"]


@pytest.mark.parametrize("degrees", [-4, 0, 4])
def test_two_columns_are_read_one_after_the_other(degrees: float) -> None:
    left, right = column("l", 100), column("r", 560)
    expected = [one.text for one in left + right]
    assert texts(turned(left + right, degrees)) == expected


def test_columns_may_have_lines_that_do_not_stand_beside_each_other() -> None:
    left, right = column("l", 100), column("r", 560, y=117, rows=5)
    assert texts(left + right) == [one.text for one in left + right]


def test_three_columns_are_read_one_after_the_other() -> None:
    columns = column("a", 100) + column("b", 560) + column("c", 1020)
    assert texts(columns) == [one.text for one in columns]


def test_a_title_over_both_columns_is_read_first_and_a_foot_last() -> None:
    title, foot = line("title", 100, 20, 860), line("foot", 100, 400, 860)
    body = column("l", 100) + column("r", 560)
    assert texts([title, *body, foot]) == ["title", *(one.text for one in body), "foot"]


def test_a_line_across_the_page_parts_what_is_above_from_what_is_below() -> None:
    above = column("a", 100) + column("b", 560)
    across = line("across", 100, 350, 860)
    below = column("c", 100, y=420) + column("d", 560, y=420)
    expected = [one.text for one in [*above, across, *below]]
    assert texts([*above, across, *below]) == expected


def test_a_vocabulary_list_is_read_row_by_row() -> None:
    rows = [
        pair
        for row in range(6)
        for pair in (
            line(f"word{row}", 100, 100 + 40 * row, 150),
            line(f"meaning{row}", 400, 100 + 40 * row, 500),
        )
    ]
    ordered = in_reading_order(rows[::-1])
    assert [one.text for one in ordered] == [one.text for one in rows]
    assert [one.row for one in ordered] == [row for row in range(6) for _ in range(2)]
    assert [one.paragraph for one in ordered] == [row for row in range(6) for _ in range(2)]


def test_a_wider_space_starts_a_paragraph() -> None:
    lines = column("a", 100, rows=4) + column("b", 100, rows=3, y=290)
    assert full_text(in_reading_order(lines)) == "a0 a1 a2 a3\n\nb0 b1 b2"


def test_an_indented_line_starts_a_paragraph() -> None:
    lines = column("a", 100, rows=6)
    lines[3] = line("new", 140, 220, 360)
    assert full_text(in_reading_order(lines)) == "a0 a1 a2\n\nnew a4 a5"


def test_a_short_line_that_ends_a_sentence_ends_the_paragraph() -> None:
    lines = [line("long one", 100, 100), line("end.", 100, 140, 90), line("Next", 100, 180)]
    assert full_text(in_reading_order(lines)) == "long one end.\n\nNext"


def test_a_heading_is_a_paragraph_of_its_own() -> None:
    lines = [line("Heading", 100, 40, 300, 48), *column("a", 100, rows=3)]
    assert full_text(in_reading_order(lines)) == "Heading\n\na0 a1 a2"


def test_a_word_broken_at_the_end_of_a_line_is_whole_again() -> None:
    lines = [line("he was reluc-", 100, 100), line("tant to sell", 100, 140)]
    assert full_text(in_reading_order(lines)) == "he was reluctant to sell"


@pytest.mark.parametrize(
    ("before", "after"), [("1990-", "2000"), ("the end -", "next"), ("Anglo-", "Saxon"), ("-", "a")]
)
def test_a_hyphen_that_breaks_no_word_stays(before: str, after: str) -> None:
    assert not is_broken(before, after)


def test_every_line_comes_out_once_whatever_the_layout() -> None:
    chance = random.Random(3)
    for _ in range(200):
        lines = [
            line(str(n), chance.uniform(0, 900), chance.uniform(0, 900), chance.uniform(5, 500))
            for n in range(chance.randrange(1, 40))
        ]
        assert sorted(texts(lines)) == sorted(one.text for one in lines)
