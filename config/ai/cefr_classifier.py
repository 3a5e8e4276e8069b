"""The classifier of texts: the only import of torch and transformers where the product runs.

They take seconds and hundreds of MiB: only a process that classifies loads them, once. Never load
them in a process that forks: torch's threads do not come along.
"""

import os
from collections.abc import Sequence
from functools import cache
from typing import Any

from config.ai.cefr import LEVELS
from config.ai.cefr_lexical import Distribution
from config.settings import home, variables

TOKENS_MAX = 256  # what is beyond is not read
BATCH = 32


class NotACefrModel(ValueError):
    """The model that CEFR_MODEL names does not answer with A1 to C2."""


def classify(texts: Sequence[str]) -> list[Distribution]:
    """Return the probability of each level for each text; the first call loads the model.

    Raises NotACefrModel, and OSError when there is no model of that name.
    """
    order = sorted(range(len(texts)), key=lambda at: len(texts[at]))  # little padding
    answers = _pipeline()([texts[at] for at in order], batch_size=BATCH)
    found: list[Distribution] = [()] * len(texts)
    for at, answer in zip(order, answers, strict=True):
        found[at] = _distribution(answer)
    return found


def model_name() -> str:
    """Return the folder or hub name of the model: CEFR_MODEL, or the provisioned folder."""
    return variables.text("CEFR_MODEL") or str(home.cefr_model_dir())


@cache
def _pipeline() -> Any:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import torch
    from transformers import pipeline
    from transformers.utils import logging

    logging.disable_progress_bar()
    torch.set_num_threads(1)
    model: Any = pipeline(
        "text-classification",
        model=model_name(),
        top_k=None,
        truncation=True,
        max_length=TOKENS_MAX,
        device="cpu",
    )
    labels = {str(label).upper() for label in model.model.config.id2label.values()}
    if labels != set(LEVELS):
        raise NotACefrModel(f"{model_name()} answers with {sorted(labels)}, not with A1 to C2")
    return model


def _distribution(answer: Sequence[dict[str, Any]]) -> Distribution:
    scores = {str(each["label"]).upper(): float(each["score"]) for each in answer}
    return tuple(scores[level] for level in LEVELS)
