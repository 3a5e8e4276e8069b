"""The media of a package: each checked, written anew, kept once."""

import hashlib
import time
from collections.abc import Sequence

from django.db import transaction

from config.errors import Invalid
from review import media_files
from review.anki.archive import Archive
from review.commands.import_context import Context
from review.import_models import Import, Medium
from review.media_files import MediaFile

SECONDS_A_TURN = 2.0
NAME_MAX = 255


def import_media(context: Context, archive: Archive, named: Sequence[tuple[str, str]]) -> int:
    """Store media for a while; return how many were looked at, at least one."""
    until = time.monotonic() + SECONDS_A_TURN
    for count, (name, member) in enumerate(named, 1):
        _import(context, archive, name, member)
        if time.monotonic() > until:
            return count
    return len(named)


def _import(context: Context, archive: Archive, name: str, member: str) -> None:
    if len(name) > NAME_MAX or "/" in name or "\\" in name:
        context.report.counts["media.refused"] += 1
        context.report.refuse("medium", name, "its name is not one")
        return
    try:
        data = archive.medium(member, bytes_max=media_files.BYTES_MAX)
        came_as = hashlib.sha256(data).hexdigest()
        known = Medium.objects.filter(user_id=context.learner.id, name=name, source_sha256=came_as)
        if known.exists():
            context.report.counts["media.known"] += 1
            if not context.is_dry_run:
                known.update(seen_in=context.import_id)
            return
        file = media_files.checked(data)
    except Invalid as error:
        context.report.counts["media.refused"] += 1
        context.report.refuse("medium", name, error.code)
        return
    context.report.counts["media.new"] += 1
    if not context.is_dry_run:
        _keep(context, name, came_as, file)


def _keep(context: Context, name: str, came_as: str, file: MediaFile) -> None:
    media_files.keep(file)
    with transaction.atomic():
        Medium.objects.update_or_create(
            user_id=context.learner.id,
            name=name,
            source_sha256=came_as,
            defaults={
                "file": file.name,
                "sha256": file.sha256,
                "media_type": file.media_type,
                "byte_count": len(file.data),
                "seen_in": Import(pk=context.import_id),
            },
        )
