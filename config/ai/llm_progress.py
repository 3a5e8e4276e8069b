"""How far the embedded language model is: told by the processes that bring it up, in one file.

Standard library only: launchers and the model's own process read and write it.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from config.settings import home

State = Literal["waiting", "fetching", "checking", "loading", "serving", "failed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where it stands; ``detail`` says why it failed, for a person."""

    state: State = "waiting"
    fetched_bytes: int = 0
    total_bytes: int = 0
    detail: str = ""

    @property
    def sentence(self) -> str:
        """Return it for a person; while fetching in steps of ten per cent."""
        match self.state:
            case "fetching":
                tens = self.fetched_bytes * 10 // (self.total_bytes or 1)
                return f"is being fetched: {tens * 10} % of {self.total_bytes / 1e9:.1f} GB"
            case "checking" | "loading":
                return "is loading"
            case "serving":
                return "answers"
            case "failed":
                return self.detail
            case _:
                return "has not been started"


def path(root: Path | None = None) -> Path:
    """Return the file."""
    return home.llm_dir(root) / "progress.json"


def write(file: Path, progress: Progress) -> None:
    """Replace what the file says."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(progress)))
    draft.replace(file)


def read(file: Path) -> Progress:
    """Return what the file says; waiting when there is none."""
    try:
        return Progress(**json.loads(file.read_text()))
    except FileNotFoundError:
        return Progress()
