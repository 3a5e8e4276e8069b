"""What the README says of one review's way, and of where things are, is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
STEPS = re.findall(r"`([\w/]+\.py):(\w+)`", README)


def test_the_readme_follows_a_review_from_tap_to_chart() -> None:
    assert len(STEPS) >= 9


@pytest.mark.parametrize(("path", "name"), STEPS)
def test_each_step_is_where_the_readme_says(path: str, name: str) -> None:
    body = ast.parse((ROOT / path).read_text()).body
    named = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert name in named


@pytest.mark.parametrize("row", re.findall(r"^\| (`[^|]+/[^|:]*`) \|", README, re.MULTILINE))
def test_each_place_is_where_the_readme_says(row: str) -> None:
    for place in re.findall(r"`([^`]+)`", row):
        assert (ROOT / place).exists(), place
