"""Emptying the database after a transactional test.

Facts refuse TRUNCATE, as they should; the tests, and nothing else, step past their triggers. What
the migrations put into the tables is put there again.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations

from review import parameters

ITEM_BANK = '"exams_levelitem"'  # hundreds of rows; no test that commits changes them


def _flush(operations: DatabaseOperations, statements: Sequence[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement.replace(f"{ITEM_BANK}, ", ""))
        with connection.schema_editor() as editor:
            import_module("review.migrations.0002_default_parameters").create(apps, editor)
            import_module("review.migrations.0003_read_models").create_watermark(apps, editor)
    for kept in (parameters.parameters, parameters.leech_rule, parameters._row):
        kept.cache_clear()  # keys begin anew here; in a database of one's own they never do


@pytest.fixture(scope="session", autouse=True)
def _facts_can_be_flushed() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", _flush)
        yield
