"""Looking at an archive before anything of it is stored: it may be anybody's file."""

from zipfile import BadZipFile, ZipFile

import orjson

from config.errors import Invalid
from config.operations import archive_format as form

LINE_MAX, ROWS_MAX = 4 << 20, 5_000_000


class ArchiveDamaged(Invalid):
    """It is no archive of ours, or it was changed into something that cannot be."""

    code = "archive_damaged"


def check(archive: ZipFile) -> dict[str, int]:
    """Return the number of rows by model, as the manifest says; ArchiveDamaged."""
    try:
        about = orjson.loads(limited(archive, form.MANIFEST, LINE_MAX))
        if (about["format"], about["version"]) != ("resee", form.VERSION):
            raise ArchiveDamaged("This is no archive of ours, or one of another version.")
        counts = {str(each["model"]): int(each["rows"]) for each in about["models"]}
    except (KeyError, TypeError, ValueError, BadZipFile) as error:
        raise ArchiveDamaged("This is no archive of ours.") from error
    if sum(counts.values()) > ROWS_MAX:
        raise ArchiveDamaged(f"An archive has {ROWS_MAX:,} rows at most.")
    return counts


def limited(archive: ZipFile, name: str, most: int) -> bytes:
    """Return a member, whatever its header says of its size; ArchiveDamaged."""
    try:
        with archive.open(name) as member:
            data = member.read(most + 1)
    except (KeyError, BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise ArchiveDamaged(f"{name} is missing or damaged.") from error
    if len(data) > most:
        raise ArchiveDamaged(f"{name} is too large.")
    return data
