"""What several tests of the ground use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.cefr_rows import write_data


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the training script of text levels writes: from 60 rows, in one epoch."""
    folder = tmp_path_factory.mktemp("cefr")
    data = write_data(folder / "data")
    command = [sys.executable, "-m", "config.ai.cefr_training", "--data", str(data)]
    command += ["--out", str(folder / "out"), "--seeds", "3", "--epochs", "1"]
    own = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    assert done.returncode == 0, done.stderr
    return folder / "out"
