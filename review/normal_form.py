"""What "I have this already" compares. Pure."""

import unicodedata

_LENGTH_MAX = 200


def normal_form(front: str) -> str:
    """Return the front in NFKC, without case and needless spaces, at most 200 characters."""
    return " ".join(unicodedata.normalize("NFKC", front).casefold().split())[:_LENGTH_MAX]
