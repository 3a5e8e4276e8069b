"""By what notes and cards are known on both sides. Pure."""

from hashlib import sha256
from uuid import UUID

EXPORTED = "resee-"  # begins the guid of a note that was made here


def exported_id(guid: str) -> UUID | None:
    """Return the content that was exported under this guid, if it was one of ours."""
    if not guid.startswith(EXPORTED):
        return None
    try:
        return UUID(guid.removeprefix(EXPORTED))
    except ValueError:
        return None


def said(front: str, back: str) -> str:
    """Return a short name of what a card says."""
    return sha256(f"{front}\x00{back}".encode()).hexdigest()[:16]
