"""Servers that die, and a dump that lives on elsewhere: the figures are exact afterwards."""

import os
import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("scene", ["killed", "dumped"])
def test_after_a_disaster_every_figure_is_exact(scene: str) -> None:
    own = {key: value for key, value in os.environ.items() if not key.startswith("RESEE_")}
    command = [sys.executable, "-m", "tests.review.recovery", scene]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=280, check=False, env=own
    )
    assert done.returncode == 0, done.stderr
    assert "exact" in done.stdout
