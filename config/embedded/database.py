"""The database at each start: dumped before it is migrated, and with two people to begin with."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.embedded import postgres
from config.embedded.errors import CannotStart
from config.settings import home, variables

DUMPS_KEPT = 5
_COUNT_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can log in; ``password`` is None when it is no longer the generated one."""

    email: str
    password: str | None


def migrate(root: Path, *, now: datetime, report: Callable[[str], None]) -> None:
    """Apply the missing migrations, after a dump when there is something to lose."""
    executor = MigrationExecutor(connection)
    applied = executor.loader.applied_migrations
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if applied:
        path = root / "backups" / f"before-migrating-{now:%Y%m%d-%H%M%S}.dump"
        dump(root, path)
        report(f"Dumped before migrating: {path}")
        for old in sorted(path.parent.glob("before-migrating-*.dump"))[:-DUMPS_KEPT]:
            old.unlink()
    call_command("migrate", interactive=False, verbosity=0)


def dump(root: Path, path: Path) -> None:
    """Write the database to ``path`` in pg_dump's custom format; nothing half-written stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as output:
        done = subprocess.run(
            [str(postgres.binary(root, "pg_dump")), "--format=custom", "--dbname", _address()],
            stdout=output,
            stderr=subprocess.PIPE,
            check=False,
        )
    if done.returncode:
        draft.unlink()
        reason = done.stderr.decode(errors="replace").strip() or "it said nothing"
        raise CannotStart(f"pg_dump failed, nothing was migrated: {reason.splitlines()[-1]}")
    draft.rename(path)


def restore(root: Path, path: Path) -> None:
    """Fill an empty database from what `dump` wrote, as a whole or not at all.

    Raises CannotStart when there are tables already, or the dump cannot be read.
    """
    psql = [str(postgres.binary(root, "psql")), "-d", _address(), "-Atc", _COUNT_TABLES]
    if _ran(psql) != "0":
        raise CannotStart("The database is not empty; nothing was restored.")
    command = [str(postgres.binary(root, "pg_restore")), "--no-owner", "--exit-on-error"]
    _ran([*command, "--single-transaction", "--dbname", _address(), str(path)])


def _ran(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise CannotStart(f"{Path(command[0]).name} failed: {reason}")
    return done.stdout.strip()


def people(names: tuple[str, ...] = ("demo", "admin")) -> list[Person]:
    """Return demo learner and administrator, created with generated passwords if missing."""
    from allauth.account.models import EmailAddress  # its app has to be loaded

    users = get_user_model().objects
    found = []
    for name in names:
        email, password = f"{name}@resee.local", home.secret(f"{name}_password", length=12)
        user = users.filter(email=email).first()
        if user is None:
            create = users.create_superuser if name == "admin" else users.create_user
            user = create(email, password)
        elif not user.check_password(password):
            password = ""
        verified = {"verified": True, "primary": True}
        EmailAddress.objects.update_or_create(user=user, email=email, defaults=verified)
        found.append(Person(email, password or None))
    return found


def _address() -> str:
    if given := variables.text("DATABASE_URL"):
        return given
    return f"host={home.postgres_socket_dir()} user={postgres.ROLE} dbname={postgres.DATABASE}"
