"""Training runs: on all rows, or on all but one source's to see how it does on unknown texts."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from config.ai.cefr_lexical import Regression
from config.ai.cefr_training import lexical
from config.ai.cefr_training.figures import Matrix
from config.ai.cefr_training.rows import Row, dev_rows, training_rows
from config.ai.cefr_training.transformer import Classifier, Recipe

DEV_SOURCE = "wiki"  # of the dev split: its texts are as unknown to a run without that source


@dataclass
class Study:
    """The rows, and what is needed to train on them; finished runs are kept in ``folder``."""

    data: Path
    base: Path
    folder: Path
    recipe: Recipe = field(default_factory=Recipe)

    def __post_init__(self) -> None:
        self._regressions: dict[str | None, Regression] = {}
        self._lexical: dict[str | None, Matrix] = {}
        self.training = training_rows(self.data)
        self.dev = dev_rows(self.data)
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def sources(self) -> list[str]:
        """Where the rows come from."""
        return sorted({row.source for row in self.training})

    def learnt(self, left_out: str | None) -> list[Row]:
        """Return the rows a run learns."""
        return [row for row in self.training if row.source != left_out]

    def asked(self, left_out: str | None) -> list[Row]:
        """Return the rows a run is measured on: the dev split, or the source it has not seen."""
        if left_out in {None, DEV_SOURCE}:
            return self.dev
        return [row for row in self.training if row.source == left_out]

    def regression(self, left_out: str | None) -> Regression:
        """Return the lexical model of the rows a run learns; fitted once."""
        if left_out not in self._regressions:
            self._regressions[left_out] = lexical.fit(self.learnt(left_out))
        return self._regressions[left_out]

    def lexical(self, left_out: str | None) -> Matrix:
        """Return what the lexical model says; computed once."""
        if left_out not in self._lexical:
            model = self.regression(left_out)
            self._lexical[left_out] = lexical.predict(model, self.asked(left_out))
        return self._lexical[left_out]

    def transformer(self, left_out: str | None, seed: int) -> Matrix:
        """Return what the classifier of one seed says; trained once, then read from the folder.

        A run on all rows also leaves its delta in the folder.
        """
        kept = self._kept(left_out, seed)
        if kept.exists():
            found: Matrix = np.load(kept)
            return found
        before = time.process_time()
        classifier = Classifier(self.base, seed=seed)
        classifier.train(self.learnt(left_out), self.recipe, seed=seed)
        classifier.halve()
        if left_out is None:
            classifier.save_delta(self.delta(seed))
        found = classifier.predict(self.asked(left_out))
        np.save(kept, found)
        sys.stderr.write(f"{kept.stem}: {time.process_time() - before:.0f} CPU s\n")
        return found

    def finished(self, left_out: str | None, seeds: Sequence[int]) -> list[int]:
        """Return those of the seeds whose run is in the folder."""
        return [seed for seed in seeds if self._kept(left_out, seed).exists()]

    def delta(self, seed: int) -> Path:
        """Return where the delta of a run on all rows is."""
        return self.folder / f"delta-{seed}.safetensors"

    def _kept(self, left_out: str | None, seed: int) -> Path:
        return self.folder / f"{left_out or 'all'}-{seed}.npy"
