"""Column types that Django does not bring."""

from typing import Any

from django.db import models


class TransactionIdField(models.Field[int, int]):
    """PostgreSQL's ``xid8``: a 64-bit transaction id, which never wraps round."""

    def db_type(self, connection: Any) -> str:
        """Return the column's type."""
        return "xid8"

    def from_db_value(self, value: str | int | None, *_: object) -> int | None:
        """psycopg has no loader for xid8 and gives text."""
        return None if value is None else int(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Send the id as text, which PostgreSQL reads as xid8."""
        return str(value) if isinstance(value, int) else value


class CurrentTransactionId(models.Func):
    """The id of the transaction that writes the row."""

    function = "pg_current_xact_id"
    arity = 0
    output_field = TransactionIdField()


class Placed(models.Model):
    """When a card is asked: where the plan has put it, for as long as the due date it meant holds.

    Whoever sets another due date makes the place void by it, and need not know of plans.
    """

    placed_at = models.DateTimeField(null=True, editable=False)
    placed_for = models.DateTimeField(
        null=True, editable=False, help_text="The due date that was planned"
    )
    planned_at = models.GeneratedField(
        expression=models.Case(
            models.When(placed_for=models.F("due_at"), then=models.F("placed_at")),
            default=models.F("due_at"),
        ),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    class Meta:
        abstract = True
