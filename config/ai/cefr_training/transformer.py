"""Fine-tuning the classifier: the upper half of a small sentence encoder learns the levels."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

from config.ai.cefr import LEVELS
from config.ai.cefr_training.figures import Matrix
from config.ai.cefr_training.lexical import row_weights
from config.ai.cefr_training.rows import Row

TOKENS_MAX = 256
FROZEN = ("bert.embeddings.", *(f"bert.encoder.layer.{number}." for number in range(3)))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a run is made of."""

    epochs: int = 2
    batch: int = 32
    learning_rate: float = 2e-4
    warm_up: float = 0.1  # share of the steps


def use_threads(count: int) -> None:
    """Compute on this many threads."""
    torch.set_num_threads(count)


class Classifier:
    """A model and its tokenizer, made for the six levels."""

    def __init__(self, base: Path, *, seed: int) -> None:
        """Load the encoder from a folder; the layers on top of it are new, drawn by ``seed``."""
        logging.set_verbosity_error()  # that the new layers are missing in the folder is the idea
        logging.disable_progress_bar()
        torch.manual_seed(seed)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(base)  # nosec B615
        self.model: Any = AutoModelForSequenceClassification.from_pretrained(  # nosec B615
            base, num_labels=len(LEVELS)
        )
        for name, parameter in self.model.named_parameters():
            parameter.requires_grad = not name.startswith(FROZEN)

    def predict(self, rows: Sequence[Row]) -> Matrix:
        """Return the probability of each level for each row."""
        self.model.eval()
        found = np.zeros((len(rows), len(LEVELS)))
        order = sorted(range(len(rows)), key=lambda at: len(rows[at].text))
        for start in range(0, len(order), 32):
            chosen = order[start : start + 32]
            with torch.inference_mode():
                scores = self._scores([rows[at].text for at in chosen])
            found[chosen] = scores.softmax(-1).double().numpy()
        return found

    def train(self, rows: Sequence[Row], recipe: Recipe, *, seed: int) -> None:
        """Learn ``rows`` for the recipe's epochs."""
        targets = torch.tensor([row.target for row in rows])
        weights = torch.tensor(row_weights(targets.double().numpy()), dtype=torch.float32)
        source = random.Random(seed)  # noqa: S311  the order of the rows
        batches = [
            batch for _ in range(recipe.epochs) for batch in _batches(rows, recipe.batch, source)
        ]
        trained = [each for each in self.model.parameters() if each.requires_grad]
        optimizer = torch.optim.AdamW(trained, lr=recipe.learning_rate, weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, recipe.learning_rate, total_steps=len(batches), pct_start=recipe.warm_up
        )
        self.model.train()
        for batch in batches:
            scores = self._scores([rows[at].text for at in batch])
            losses = nn.functional.cross_entropy(scores, targets[batch], reduction="none")
            loss: Any = (losses * weights[batch]).mean()
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()

    def save_delta(self, path: Path) -> None:
        """Write what was trained, in half precision."""
        state = self.model.state_dict()
        trained = {
            name: values.half().contiguous()
            for name, values in state.items()
            if not name.startswith(FROZEN)
        }
        save_file(trained, path)

    def halve(self) -> None:
        """Round what was trained as ``save_delta`` will."""
        with torch.no_grad():
            for parameter in self.model.parameters():
                if parameter.requires_grad:
                    parameter.copy_(parameter.half().float())

    def _scores(self, texts: Sequence[str]) -> Any:
        inputs = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=TOKENS_MAX, return_tensors="pt"
        )
        return self.model(**inputs).logits


def _batches(rows: Sequence[Row], size: int, source: random.Random) -> Iterator[list[int]]:
    """Yield batches of texts about as long as each other, in random order: little padding."""
    order = sorted(range(len(rows)), key=lambda at: len(rows[at].text) * source.uniform(0.9, 1.1))
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    source.shuffle(batches)
    yield from batches
