"""A backup becomes an installation again: in a new cluster, with its read models made anew."""

import shutil
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from config.embedded import backup, database, postgres, service
from config.embedded.errors import CannotStart
from config.embedded.servers import servers
from config.embedded.supervisor import Supervisor
from config.settings import home, variables

Say = Callable[[str], None]


def restore(root: Path, folder: Path, *, supervisor: Supervisor, say: Say) -> None:
    """Make ``root`` what it was when the backup ``folder`` was written.

    Nothing may be there: see `set_aside`. The hashes are compared before, and those of the media
    after; the transaction ids of the new cluster mean nothing to the read models, so they are
    rebuilt. Raises CannotStart, naming what is wrong.
    """
    _refuse_to_overwrite(root)
    wanted = backup.manifest(folder)
    backup.verify({folder / name: sha256 for name, sha256 in wanted.items()})
    say(f"{len(wanted)} files have the hashes they should have")
    _start_servers(root, supervisor)
    database.restore(root, folder / backup.DUMP)
    if (folder / backup.SECRETS).exists():
        shutil.copy2(folder / backup.SECRETS, root / backup.SECRETS)
    media = {
        settings.MEDIA_ROOT / Path(name).relative_to(backup.MEDIA): sha256
        for name, sha256 in wanted.items()
        if Path(name).parts[0] == backup.MEDIA
    }
    if media:
        shutil.copytree(folder / backup.MEDIA, settings.MEDIA_ROOT, dirs_exist_ok=True)
        backup.verify(media)
    say(f"The database and {len(media)} uploaded files are restored")
    _make_whole(say)


def _make_whole(say: Say) -> None:
    connection.settings_dict["OPTIONS"].pop("pool", None)  # its threads would outlive the server
    try:
        call_command("migrate", interactive=False, verbosity=0)
        for command in ("rebuild_read_models", "check_integrity"):
            text = StringIO()
            call_command(command, stdout=text)
            say(text.getvalue().strip())
    except CommandError as error:
        raise CannotStart(f"It was restored, and is not what it should be: {error}") from None
    finally:
        connection.close()


def set_aside(root: Path, *, now: datetime) -> Path:
    """Move database, Valkey's data and media out of the way and return where; nothing is lost."""
    target = root / f"replaced-{now:%Y%m%d-%H%M%S}"
    target.mkdir(mode=0o700)
    for folder in (postgres.data_dir(root), root / "valkey", settings.MEDIA_ROOT):
        if folder.exists():
            shutil.move(folder, target / folder.name)
    return target


def _refuse_to_overwrite(root: Path) -> None:
    media = settings.MEDIA_ROOT
    for folder in (postgres.data_dir(root), media):
        if folder.exists() and any(folder.iterdir()):
            raise CannotStart(
                f"{folder} is there already: give a new RESEE_HOME, or --replace, which moves it "
                "aside; nothing was changed."
            )


def _start_servers(root: Path, supervisor: Supervisor) -> None:
    service.rotate_logs(root)
    is_ours = not variables.text("DATABASE_URL")
    if is_ours:
        postgres.initialise(root)
    for server in servers(root):
        supervisor.start(server)
        supervisor.wait_ready(server)
    if is_ours:
        postgres.create_database(root, home.postgres_socket_dir())
