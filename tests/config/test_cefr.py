"""How hard a word is."""

import subprocess
import sys

import pytest

from config.ai.cefr import LEVELS, levels_above, word_frequency, word_level


def test_levels_come_easiest_first_and_above_means_harder() -> None:
    assert levels_above("A2") == ("B1", "B2", "C1", "C2")
    assert levels_above("C2") == ()
    assert levels_above(LEVELS[0]) == LEVELS[1:]


def test_what_is_no_level_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        levels_above("D1")


@pytest.mark.parametrize(
    ("word", "level"), [("house", "A1"), ("abandon", "B1"), ("reluctant", "B2"), ("Clara", "")]
)
def test_a_word_has_a_level_and_a_name_has_none(word: str, level: str) -> None:
    assert word_level(word) == level


def test_a_common_word_is_more_frequent_than_a_rare_one_and_junk_is_not_met() -> None:
    assert word_frequency("the") > 7 > word_frequency("wither") > 2
    assert word_frequency("qwzrtx") == 0


def test_importing_the_words_module_loads_no_word_list() -> None:
    heavy = "{'cefrpy', 'wordfreq', 'simplemma'}"
    code = f"import sys, ocr.words; sys.exit(bool({heavy} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
