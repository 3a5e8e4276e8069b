"""What the database itself refuses for facts, whoever asks."""

import pgtrigger


def append_only() -> list[pgtrigger.Trigger]:
    """No change, no deletion: save by the transaction that erases the account it names."""
    erasing = "current_setting('resee.erasing_user', true) IS DISTINCT FROM OLD.user_id::text"
    refuse = "RAISE EXCEPTION 'facts are append-only';"
    return [
        pgtrigger.Protect(name="no_update", operation=pgtrigger.Update),
        pgtrigger.Trigger(
            name="no_delete",
            operation=pgtrigger.Delete,
            when=pgtrigger.Before,
            func=f"IF {erasing} THEN {refuse} END IF; RETURN OLD;",
        ),
        pgtrigger.Trigger(
            name="no_truncate",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func=refuse,
        ),
    ]
