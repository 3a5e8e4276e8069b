"""What may be asked of the recogniser."""

# No Korean: PP-OCRv6 has no Hangul and drops it silently, so what it returned would be wrong.
LANGUAGES = ("auto", "english")
DEFAULT_CONFIDENCE_THRESHOLD = 0.5
