"""docs/scale.md holds what benchmarks/capacity.py reckons, and the reckoning is right."""

from dataclasses import replace

import pytest

from benchmarks.capacity import COSTS, LEARNERS, Habits, reckon, table, wait_s
from tests.architecture.tree import ROOT


def test_the_page_holds_the_table_of_the_benchmark() -> None:
    assert table(COSTS, Habits()) in (ROOT / "docs/scale.md").read_text()


def test_what_is_needed_grows_with_the_learners() -> None:
    small, large = (reckon(learners, COSTS, Habits()) for learners in LEARNERS[:2])
    for name in small.keys() - {"connections", "pages_wait_s"}:
        assert large[name] == pytest.approx(small[name] * 100), name
    assert small["connections"] >= 8


def test_a_day_of_answers_by_hand() -> None:
    costs = replace(COSTS, web_ms=6.0, read_ms=0.0, fact_bytes=100.0)
    found = reckon(86_400, costs, Habits(active_share=1, answers=10, peak=2))
    assert found["answers_per_s"] == pytest.approx(20)
    assert found["web_cores"] == pytest.approx(20 * 0.006 / 0.6)
    assert found["facts_gb_a_year"] == pytest.approx(86_400 * 10 * 365 * 100 / 1e9)


def test_waiting_is_what_the_textbook_says_for_one_server() -> None:
    assert wait_s(0.6, 1.0, 0.6) == pytest.approx(0.75)  # M/D/1: rho / (2 (1 - rho))
    assert wait_s(60, 1.0, 0.6) < 0.01  # many servers wait less at the same load
