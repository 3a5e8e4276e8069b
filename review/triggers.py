"""What the database itself refuses, whoever asks."""

import pgtrigger

# After a restore into a new cluster transaction ids start anew: a fact written now would hide
# behind the watermark. 55000 is "object not in prerequisite state", to callers a 503.
_NOT_BEFORE_REBUILD = """
IF (SELECT wm > pg_snapshot_xmin(pg_current_snapshot()) FROM review_readmodelwatermark) THEN
    RAISE EXCEPTION 'this database was restored into a new cluster: run rebuild_read_models'
        USING ERRCODE = '55000';
END IF;
RETURN NULL;
"""


def append_only() -> list[pgtrigger.Trigger]:
    """No change, no deletion: save by the transaction that erases the account it names."""
    erasing = "current_setting('resee.erasing_user', true) IS DISTINCT FROM OLD.user_id::text"
    return [
        pgtrigger.Protect(name="no_update", operation=pgtrigger.Update),
        pgtrigger.Trigger(
            name="no_delete",
            operation=pgtrigger.Delete,
            when=pgtrigger.Before,
            func=f"IF {erasing} THEN RAISE EXCEPTION 'facts are append-only'; END IF; RETURN OLD;",
        ),
        pgtrigger.Trigger(
            name="no_truncate",
            operation=pgtrigger.Truncate,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func="RAISE EXCEPTION 'facts are append-only';",
        ),
        pgtrigger.Trigger(
            name="not_before_rebuild",
            operation=pgtrigger.Insert,
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            func=_NOT_BEFORE_REBUILD,
        ),
    ]


def kept_for_facts(column: str) -> pgtrigger.Trigger:
    """No deletion of a row that facts of its learner name in ``column``: in an erasure neither."""
    return pgtrigger.Trigger(
        name="kept_for_facts",
        operation=pgtrigger.Delete,
        when=pgtrigger.Before,  # it waits for the row's lock, then sees what its holder has written
        func=f"""
IF EXISTS (
    SELECT FROM review_reviewhistory
    WHERE {column} = OLD.id AND user_id = coalesce(OLD.user_id, user_id)
) THEN
    RAISE EXCEPTION 'facts name this row' USING ERRCODE = 'foreign_key_violation';
END IF;
RETURN OLD;
""",
    )
