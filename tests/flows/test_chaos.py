"""The product, killed all at once while learners work, comes back with all that it promised."""

import json
import os
import subprocess
import sys

import pytest

from config.settings import variables
from tests.architecture.tree import ROOT

PROFILE = "all" if variables.text("PROOF") else "short"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("product")]


def test_nothing_that_was_promised_is_lost_or_doubled() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", "--profile", PROFILE],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.stdout, said
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, figures["ok"]) == (0, True), said
    for profile in figures["profiles"].values():
        assert profile["acknowledged"] > 0
        assert len(profile["faults"]) >= 3  # the start, the faults, and the rest
