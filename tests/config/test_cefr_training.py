"""The training script, on sixty rows made here; what it writes is a model that can be used."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.ai import cefr_folder
from config.ai.cefr import LEVELS
from config.ai.cefr_training.figures import figures
from config.ai.cefr_training.rows import Row, dev_rows, training_rows
from config.settings import home
from tests.config.cefr_rows import write_data

pytestmark = pytest.mark.xdist_group("cefr")


def test_there_are_sixty_rows(tmp_path: Path) -> None:
    data = write_data(tmp_path)
    assert len(training_rows(data)) == 60
    assert {row.source for row in training_rows(data)} == {"wiki", "onestop", "synth"}
    assert dev_rows(data)[0].target == [0.5, 0.5, 0, 0, 0, 0]


def test_figures_are_told_apart_and_together_for_each_test(trained: Path) -> None:
    found = json.loads((trained / "figures.json").read_text())
    assert 0 <= found["weight"] <= 1
    for test in ("dev", "without_wiki", "without_onestop", "without_synth"):
        assert found[test].keys() == {"lexical", "transformer", "average", "seeds"}
        assert found[test]["seeds"] == [3]
        assert len(found[test]["average"]["macro_f1_raw"]) == 1
        assert -1 <= found[test]["average"]["qwk"] <= 1


def test_the_delta_is_small_and_makes_a_sound_folder(trained: Path, tmp_path: Path) -> None:
    assert 5e6 < (trained / cefr_folder.DELTA).stat().st_size <= 12e6
    folder = tmp_path / "model"
    cefr_folder.provide(folder, home.encoder_dir(), trained)
    assert cefr_folder.damage_of(folder, trained) is None
    assert {path.name for path in folder.iterdir()} == set(cefr_folder.FILES)
    config = json.loads((folder / cefr_folder.CONFIG).read_text())
    assert list(config["label2id"]) == list(LEVELS)


def test_a_damaged_part_is_refused_and_a_damaged_folder_is_told(
    trained: Path, tmp_path: Path
) -> None:
    parts = tmp_path / "parts"
    shutil.copytree(trained, parts)
    delta = bytearray((parts / cefr_folder.DELTA).read_bytes())
    delta[-1] ^= 1
    (parts / cefr_folder.DELTA).write_bytes(delta)
    with pytest.raises(cefr_folder.FolderError, match=r"delta\.safetensors is missing or damaged"):
        cefr_folder.provide(tmp_path / "model", home.encoder_dir(), parts)
    assert cefr_folder.damage_of(tmp_path / "model", trained) == "model.safetensors is missing"


def _row(low: int, high: int) -> Row:
    return Row("text", low, high, "here")


def _said(*levels: int) -> Any:
    return np.eye(len(LEVELS))[list(levels)]


def test_the_figures_of_known_answers() -> None:
    rows = [_row(0, 0), _row(1, 1), _row(2, 2), _row(2, 2)]
    right = figures(rows, _said(0, 1, 2, 2))
    assert (right.macro_f1, right.adjacent, right.qwk) == (1, 1, 1)
    found = figures(rows, _said(0, 1, 2, 5))  # F1: 1, 1, 2/3, 0
    assert found.macro_f1 == pytest.approx((1 + 1 + 2 / 3 + 0) / 4)
    assert found.adjacent == 0.75
    assert found.qwk == pytest.approx(1 - 9 / 19)  # by chance: 76 squared levels off in 4 * 4 pairs


def test_of_several_right_levels_the_nearest_counts_and_strictly_the_upper_one() -> None:
    rows = [_row(1, 2), _row(3, 4)]
    assert figures(rows, _said(1, 4)).macro_f1 == 1
    assert figures(rows, _said(1, 4), strict=True).macro_f1 == pytest.approx(1 / 3)
