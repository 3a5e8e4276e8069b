"""Public identifiers: UUIDv7, made here so that a row has its name before it is stored."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_public_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): unique, and sorting by the time it was made."""
    return uuid7()
