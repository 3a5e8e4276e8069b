"""What the worker does with texts: both models, averaged passage by passage."""

from collections.abc import Sequence

from config.ai import cefr_classifier, cefr_folder, cefr_waiting
from config.ai.cefr_lexical import Distribution, lexical_distribution
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
    weight = classifier_weight()
    graded = iter(
        average(said, lexical_distribution(passage), weight) if weight < 1 else said
        for passage, said in zip(flat, cefr_classifier.classify(flat), strict=True)
    )
    return [mean([next(graded) for _ in part]) for part in parts]


def classifier_weight() -> float:
    """Return the classifier's share of the average; another model than ours stands alone."""
    if variables.text("CEFR_MODEL"):
        return 1.0
    return float(cefr_folder.manifest()["classifier_weight"])


def average(classifier: Distribution, lexical: Distribution, weight: float) -> Distribution:
    """Return the weighted average; ``weight`` is the classifier's."""
    pairs = zip(classifier, lexical, strict=True)
    return tuple(weight * ours + (1 - weight) * plain for ours, plain in pairs)
