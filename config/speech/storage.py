"""Sounds in Django's storage: one file for all who had the same text spoken the same way."""

from django.core.files.storage import default_storage

from config.kept_files import held, keep, load

__all__ = ["discard", "held", "is_kept", "keep", "load", "name_of"]
MEDIA_TYPE = "audio/wav"


def name_of(sha256: str) -> str:
    """Return the name of a sound in the storage."""
    return f"speech/{sha256[:2]}/{sha256}.wav"


def is_kept(sha256: str) -> bool:
    """Tell whether the sound is there."""
    return default_storage.exists(name_of(sha256))


def discard(sha256: str) -> None:
    """Delete a sound. Hold it meanwhile."""
    default_storage.delete(name_of(sha256))
