"""The import rules hold, and each of them bites."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture import tree

CONTRACTS: list[dict[str, str]] = tomllib.loads((tree.ROOT / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["contracts"]
# contract -> a file and the line planted at its end
PLANTS = {
    "floors": ("config/api/problems.py", "import accounts.queries.learners"),
    "config": ("config/utils.py", ""),
    "inside-accounts": ("accounts/models.py", "import accounts.commands.profile"),
    "inside-review": ("review/helpers.py", ""),
    "inside-ocr": ("ocr/models.py", "import ocr.api.urls"),
    "inside-exams": ("exams/level_test.py", "import exams.models"),
    "inside-chat": ("chat/models.py", "import chat.commands.messages"),
    "entry-accounts": ("review/access.py", "import accounts.models"),
    "entry-review": ("ocr/words.py", "import review.models"),
    "entry-ocr": ("config/urls.py", "import ocr.engine"),
    "entry-exams": ("accounts/queries/profile.py", "import exams.level_test"),
    "entry-chat": ("config/urls.py", "import chat.pen"),
    "embedded": ("config/operations/health.py", "import config.embedded.postgres"),
    "pure": ("review/scheduling.py", "def late():\n    import django.utils.timezone"),
    "write-side": ("review/commands/reviews.py", "import review.read_models"),
    "paddle-door": ("ocr/pages.py", "def late():\n    import paddleocr"),
    "torch-door": ("config/ai/cefr.py", "import torch"),
    "optimiser-door": ("review/tasks.py", "def late():\n    import fsrs_rs_python"),
    "llm-door": ("config/ai/gateway.py", "def late():\n    import xllamacpp"),
    "speech-door": ("config/speech/engine.py", "def late():\n    import espeakng_loader"),
}
_RUN = (
    "import sys; sys.path.insert(0, '')\n"
    "from importlinter.cli import lint_imports_command; lint_imports_command()"
)


def _lint(folder: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-P", "-c", _RUN, "--no-cache", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_import_rules_hold() -> None:
    code, report = _lint(tree.ROOT)
    assert code == 0, report


def test_every_rule_has_a_plant() -> None:
    assert {contract["id"] for contract in CONTRACTS} == PLANTS.keys()


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["id"])
def test_a_planted_violation_breaks_its_rule(contract: dict[str, str], tmp_path: Path) -> None:
    folder = tree.copy(tmp_path)
    path, line = PLANTS[contract["id"]]
    with (folder / path).open("a") as file:
        file.write(f"\n{line}\n")
    code, report = _lint(folder, "--contract", contract["id"])
    assert code == 1, report
    assert f"{contract['name']} BROKEN" in report


def test_an_unplanted_copy_breaks_nothing(tmp_path: Path) -> None:
    code, report = _lint(tree.copy(tmp_path))
    assert code == 0, report
