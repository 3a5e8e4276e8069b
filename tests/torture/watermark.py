"""The fold under test, and the naive one that has to be found out.

A reader's tail is "xid not below wm, id above the bases". The naive fold leaves ``wm`` where it is
and takes the greatest id it has seen for the base: readers then follow max(id) as they are.
"""

from django.db import connection, transaction

from review import projections

_UP_TO_ENDED = "AND xid < (SELECT hi FROM mark)"
_MOVES_WATERMARK = "SET wm = mark.hi"
_MOVES_MAX_ID = """SET
    history_base_id = greatest(
        mark.history_base_id, (SELECT max(id) FROM fresh WHERE NOT is_adjustment)
    ),
    adjustment_base_id = greatest(
        mark.adjustment_base_id, (SELECT max(id) FROM fresh WHERE is_adjustment)
    )"""


def fold(watermark: str) -> int:
    """Fold by ``watermark`` (xid: the product's own; max-id) and return how many facts it took."""
    return projections.fold() if watermark == "xid" else _fold_max_id()


@transaction.atomic
def _fold_max_id() -> int:
    sql = projections.statement("fold")
    for wanted, naive in ((_UP_TO_ENDED, ""), (_MOVES_WATERMARK, _MOVES_MAX_ID)):
        assert sql.count(wanted) == 1, f"sql/fold.sql has changed: {wanted!r} is not there"
        sql = sql.replace(wanted, naive)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"everything": False, "days_kept": projections.DAYS_KEPT})
        fact_count, *_ = cursor.fetchone()
    return int(fact_count)
