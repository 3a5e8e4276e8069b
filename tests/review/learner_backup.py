"""One learner's rows as a dump holds them, and their return in another cluster."""

from django.db import connection, transaction

TABLES = (
    "review_category",
    "review_content",
    "review_reviewschedule",
    "review_reviewhistory",
    "review_reviewadjustment",
    "review_learnerclock",
)
Dump = dict[str, str]


def dump(user_id: int) -> Dump:
    """Return the learner's rows, by table."""
    found: Dump = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"SELECT coalesce(json_agg(t), '[]')::text FROM {table} AS t WHERE user_id = %s",  # noqa: S608
                [user_id],
            )
            (found[table],) = cursor.fetchone()
    return found


def restore(user_id: int, rows: Dump, ahead: int) -> None:
    """Put back what the dump holds, where transaction ids have begun anew.

    Those of all facts lie ``ahead`` of the server's, which comes up to them some commands later;
    the watermark lies beyond.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # past triggers and keys
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE user_id = %s", [user_id])  # noqa: S608
            cursor.execute(
                "SELECT string_agg(quote_ident(column_name), ', ') "
                "FROM information_schema.columns "
                "WHERE table_name = %s AND is_generated = 'NEVER'",
                [table],
            )
            (names,) = cursor.fetchone()
            cursor.execute(
                f"INSERT INTO {table} ({names}) "  # noqa: S608
                f"SELECT {names} FROM json_populate_recordset(NULL::{table}, %s)",
                [rows[table]],
            )
        for table in ("review_reviewhistory", "review_reviewadjustment"):
            cursor.execute(
                f"UPDATE {table} SET xid = "  # noqa: S608
                "(pg_current_xact_id()::text::bigint + %s)::text::xid8",
                [ahead],
            )
        cursor.execute("UPDATE review_readmodelwatermark SET wm = '900000000001'")
