"""The shipped classifier: put together once, mended when damaged, and it tells easy from hard."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.ai import cefr_folder
from config.embedded import cefr_model
from config.embedded.models import ModelError
from config.settings import home

TEXTS = (
    "The ostensibly benign statute precipitated vociferous constitutional litigation.",
    "This is my dog.",
)
_CLASSIFY = """
import json, sys
from config.ai import cefr_classifier, cefr_grading
assert not {"torch", "transformers"} & sys.modules.keys()
texts = json.loads(sys.argv[1])
found = cefr_grading.grade(texts)
import torch
json.dump({"threads": torch.get_num_threads(), "found": found}, sys.stdout)
"""


@pytest.mark.xdist_group("cefr")
def test_the_folder_is_made_once_and_mended_and_tells_easy_from_hard(root: Path) -> None:
    said: list[str] = []
    folder = cefr_model.provision(root, said.append)
    made = (folder / cefr_folder.WEIGHTS).stat().st_ino
    assert cefr_model.provision(root, said.append) == folder
    assert ((folder / cefr_folder.WEIGHTS).stat().st_ino, said) == (made, [])
    (folder / cefr_folder.CONFIG).write_text("{}")
    cefr_model.provision(root, said.append)
    assert said == [f"{folder} is damaged (config.json has another SHA-256): written anew"]
    command = [sys.executable, "-c", _CLASSIFY, json.dumps(TEXTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    hard, easy = (shares.index(max(shares)) for shares in answer["found"])
    assert (answer["threads"], easy <= 1, hard >= 4) == (1, True, True)


def test_without_the_wheel_it_is_said_what_to_do(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "encoder_dir", lambda: tmp_path / "wheel" / "model")
    with pytest.raises(ModelError, match=r"missing or damaged: delete .* and run make again"):
        cefr_model.provision(root, print)


def test_what_is_shipped_is_small_and_as_the_manifest_says() -> None:
    delta = cefr_folder.SHIPPED / cefr_folder.DELTA
    assert delta.stat().st_size <= 12_000_000
    assert cefr_folder.sha256(delta) == cefr_folder.manifest()["delta_sha256"]
