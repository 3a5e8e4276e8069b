"""A learner's picture: sent, made in three sizes by a job, removed."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from accounts import pictures
from accounts.models import Avatar, User
from accounts.queries.learners import Learner
from config.identifiers import new_public_id
from config.jobs.dispatch import accept, admit
from config.jobs.leases import Clock, Lease, finish
from config.jobs.work import CannotBeDone, do_unit

TASK = "accounts.tasks.make_avatar"
FILES = ("upload", *pictures.SIZES)


def set_avatar(*, learner: Learner, data: bytes, now: datetime) -> Avatar:
    """Store a picture and promise its sizes; UnsupportedPicture, QueueFull."""
    pictures.check(data)
    admit(task=TASK)
    version = new_public_id()
    name = default_storage.save(f"avatars/{version}/upload", ContentFile(data))
    try:
        with transaction.atomic():
            return _stored(learner, version, name, now)
    except BaseException:
        default_storage.delete(name)
        raise


@transaction.atomic
def remove_avatar(*, learner: Learner) -> None:
    """Delete the picture with its files. Twice is once."""
    avatar = Avatar.objects.select_for_update().filter(user_id=learner.id).first()
    if avatar is not None:
        names = [str(getattr(avatar, field)) for field in FILES]
        avatar.delete()
        transaction.on_commit(partial(_discard, names))


def make_avatar(*, job_id: UUID, version: UUID, clock: Clock) -> None:
    """Do the job of an upload; one that another has followed since is left alone."""
    do_unit(job_id=job_id, work=lambda lease: _make(lease, version, clock), clock=clock)


def _stored(learner: Learner, version: UUID, name: str, now: datetime) -> Avatar:
    User.objects.select_for_update(no_key=True).get(pk=learner.id)  # one picture at a time
    avatar = Avatar.objects.filter(user_id=learner.id).first() or Avatar(user_id=learner.id)
    transaction.on_commit(partial(_discard, [str(avatar.upload)]))
    avatar.version, avatar.upload, avatar.uploaded_at = version, name, now
    avatar.job = accept(task=TASK, arguments={"version": str(version)}, user_id=learner.id)
    avatar.save()
    return avatar


def _make(lease: Lease, version: UUID, clock: Clock) -> None:
    avatar = Avatar.objects.filter(version=version).first()
    if avatar is None or not avatar.upload:
        finish(lease=lease, now=clock())
        return
    try:
        with default_storage.open(str(avatar.upload)) as file:
            made = pictures.sizes(file.read())
    except pictures.UnsupportedPicture as error:
        raise CannotBeDone(error.code, str(error)) from error
    folder = f"avatars/{version}"
    names = {
        size: default_storage.save(f"{folder}/{pictures.SIZES[size]}.webp", ContentFile(data))
        for size, data in made.items()
    }
    try:
        with transaction.atomic():
            _put_in_place(lease, version, names, clock())
    except BaseException:
        _discard(names.values())
        raise


def _put_in_place(lease: Lease, version: UUID, names: dict[str, str], now: datetime) -> None:
    finish(lease=lease, now=now)
    avatar = Avatar.objects.select_for_update().filter(version=version).first()
    if avatar is None:  # removed, or another was sent meanwhile
        transaction.on_commit(partial(_discard, list(names.values())))
        return
    transaction.on_commit(partial(_discard, [str(getattr(avatar, field)) for field in FILES]))
    for size, name in names.items():
        setattr(avatar, size, name)
    avatar.upload = ""
    avatar.save()


def _discard(names: Collection[str]) -> None:
    for name in names:
        if name:
            default_storage.delete(name)
