"""What may be asked of the recogniser."""

# auto: Latin letters, Korean where ink is passed over; english: Latin letters and nothing else
LANGUAGES = ("auto", "english", "korean", "chinese", "japanese")
FULL_HEAD = frozenset({"chinese", "japanese"})  # these need all 18,708 characters of the model
DEFAULT_CONFIDENCE_THRESHOLD = 0.5


def has_hangul(text: str) -> bool:
    """Tell whether a Korean syllable or letter stands in ``text``."""
    return any("\uac00" <= char <= "\ud7a3" or "\u3131" <= char <= "\u318e" for char in text)
