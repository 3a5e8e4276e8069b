"""Looking for somebody in everything that is stored: tables, views, Redis, files."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.db import connection
from redis import Redis

from config.settings.base import REDIS_DATABASES, redis_url

_TABLES = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'm', 'p') AND relnamespace = 'public'::regnamespace
ORDER BY 1
"""
_KEYS = """
SELECT con.conrelid::regclass::text, a.attname FROM pg_constraint AS con
JOIN pg_attribute AS a ON a.attrelid = con.conrelid AND a.attnum = con.conkey[1]
WHERE con.contype = 'f' AND con.confrelid = 'accounts_user'::regclass
UNION
SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'm') AND c.relnamespace = 'public'::regnamespace AND a.attname = 'user_id'
"""


def tables() -> list[str]:
    """Every table and materialized view but the migrations'."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return [name for (name,) in cursor.fetchall() if name != "django_migrations"]


def in_rows(key: int, needles: Sequence[str]) -> list[str]:
    """What tables and views hold of somebody: their number, or a text that is theirs."""
    patterns, found = [f"%{needle}%" for needle in needles], []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables():
            count = f"SELECT count(*) FROM {table} AS r WHERE r::text LIKE ANY(%s)"  # noqa: S608
            cursor.execute(count, [patterns])
            found += [f"{table}: a text"] * cursor.fetchone()[0]
        cursor.execute(_KEYS)
        for table, column in cursor.fetchall():
            count = f"SELECT count(*) FROM {table} WHERE {column} = %s"  # noqa: S608
            cursor.execute(count, [key])
            found += [f"{table}.{column}"] * cursor.fetchone()[0]
    own = [
        row for row in Session.objects.all() if row.get_decoded().get("_auth_user_id") == str(key)
    ]
    return found + ["a session"] * len(own)


def in_redis(needles: Sequence[str]) -> list[str]:
    """Which keys of Redis name somebody, or hold a text that is theirs."""
    found = []
    for purpose in REDIS_DATABASES:
        url = redis_url(settings.REDIS_URL, purpose).replace("redis+socket", "unix")
        client: Any = Redis.from_url(url.replace("virtual_host=", "db="))
        for key in client.scan_iter(count=1000):
            text = f"{key!r} {_value(client, key)!r}"
            found += [f"{purpose}: {text[:200]}" for needle in needles if needle in text]
        client.close()
    return found


def _value(client: Any, key: bytes) -> Any:
    read = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"stream": client.xrange,
    }
    return read.get(client.type(key), lambda _: b"")(key)


def files(folder: str = "") -> Iterator[str]:
    """Every file of the storage."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}".lstrip("/") for name in names)
    for each in folders:
        yield from files(f"{folder}/{each}".lstrip("/"))
