"""A column type that Django does not bring."""

from typing import Any

from django.db import models


class JSONTextField(models.JSONField):
    """PostgreSQL's ``json``: checked, and kept as the text it came as.

    For what is written once and read once: it is not taken apart to be stored, as ``jsonb`` is.
    """

    def db_type(self, connection: Any) -> str:
        """Return the column's type."""
        return "json"

    def from_db_value(self, value: Any, *_: object) -> Any:
        """psycopg has read it already."""
        return value
