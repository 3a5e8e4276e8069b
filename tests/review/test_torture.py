"""A short torture is survived, and one with a naive watermark is not: the readers would notice."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.settings import variables

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
SECONDS, PAIRS = ("60", "1000") if variables.text("PROOF") else ("6", "40")


def _torture(*arguments: str) -> tuple[int, dict[str, Any], str]:
    """Run it beside servers of its own; return its exit code, its figures and what it said."""
    command = [sys.executable, "-m", "tests.torture", "--seconds", SECONDS, "--pairs", PAIRS]
    done = subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.stdout, said
    return done.returncode, json.loads(done.stdout.splitlines()[-1]), said


def test_no_reading_is_over_or_under() -> None:
    code, figures, said = _torture()
    assert figures["faults"] == [], said
    assert (code, figures["ok"], figures["wrong"]) == (0, True, 0)
    assert figures["racing_pairs"] == figures["races"] == int(PAIRS)


def test_a_watermark_of_the_greatest_id_is_found_out() -> None:
    code, figures, said = _torture("--watermark", "max-id", "--seconds", "10")
    assert (code, figures["ok"]) == (1, False)
    assert figures["wrong"] > 0, said
    assert set(figures["faults"]) <= {"wrong", "final_difference"}, said
