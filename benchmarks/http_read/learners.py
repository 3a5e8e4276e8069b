"""The learners who read: made in SQL, counted by fold and refresh as in production."""

from pathlib import Path

from django.db import connection, transaction

from accounts.models import User
from review import projections

LEARNERS = 200
CARDS = 300
REVIEWS = 3000


def make(seed: int) -> list[User]:
    """Make the learners with cards and history, and fold and publish them."""
    User.objects.bulk_create(
        User(pk=pk, email=f"{pk}@example.com", time_zone="UTC", rollover_hour=4)
        for pk in range(1, LEARNERS + 1)
    )
    sql = (Path(__file__).parent / "learners.sql").read_text()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed / 1000])
        cursor.execute(sql, {"cards": CARDS, "reviews": REVIEWS})
    projections.fold()
    projections.refresh()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return list(User.objects.order_by("pk"))
