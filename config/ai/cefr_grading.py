"""What the worker does with texts: both models, averaged passage by passage."""

from collections.abc import Sequence

from config.ai import cefr_classifier, cefr_folder, cefr_waiting
from config.ai.cefr_average import average
from config.ai.cefr_lexical import Distribution, lexical_distribution, shipped
from config.ai.cefr_texts import mean, passages
from config.settings import variables


def grade_waiting() -> int:
    """Grade the texts that wait now and return how many they were.

    Whoever waits is told at once, also when the classifier fails; its error is raised.
    """
    batch = cefr_waiting.take()
    if not batch:
        return 0
    answers: list[Distribution] = [()] * len(batch)
    try:
        answers = grade([waiting.text for waiting in batch])
    finally:
        cefr_waiting.answer(batch, answers)
    return len(batch)


def grade(texts: Sequence[str]) -> list[Distribution]:
    """Return the probability of each level for each text, which ``plain_text`` has accepted."""
    parts = [passages(text) for text in texts]
    flat = [passage for part in parts for passage in part]
    said: Sequence[Distribution] = cefr_classifier.classify(flat)
    if flat and (weight := lexical_weight()):
        plain = [lexical_distribution(passage) for passage in flat]
        said = list(map(tuple, average(said, plain, shipped().prior, weight).tolist()))
    graded = iter(said)
    return [mean([next(graded) for _ in part]) for part in parts]


def lexical_weight() -> float:
    """Return how much the lexical model is heard; another classifier than ours stands alone."""
    if variables.text("CEFR_MODEL"):
        return 0.0
    return float(cefr_folder.manifest()["lexical_weight"])
