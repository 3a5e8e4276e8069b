"""The only way to an account's row on behalf of somebody."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import DataArchive, Device, RewardEntry
from config.errors import NotFound


class DeviceNotFound(NotFound):
    """No such device of this learner, or it is logged out already."""

    code = "device_not_found"


class ArchiveNotFound(NotFound):
    """No such archive of this learner, or its file is gone."""

    code = "archive_not_found"


def archives_of(user_id: int) -> QuerySet[DataArchive]:
    """Return the learner's archives."""
    return DataArchive.objects.filter(user_id=user_id)


def archive_of(user_id: int, public_id: UUID) -> DataArchive:
    """Return one archive with its job; ArchiveNotFound."""
    found = archives_of(user_id).select_related("job").filter(public_id=public_id).first()
    if found is None:
        raise ArchiveNotFound("You have no archive with this id.")
    return found


def rewards_of(user_id: int) -> QuerySet[RewardEntry]:
    """Return what the learner was rewarded for."""
    return RewardEntry.objects.filter(user_id=user_id)


def devices_of(user_id: int) -> QuerySet[Device]:
    """Return where the learner is logged in."""
    return Device.objects.filter(user_id=user_id, revoked_at=None)


def device_of(user_id: int, device_id: UUID) -> Device:
    """Return the learner's device, locked; DeviceNotFound."""
    device = devices_of(user_id).select_for_update().filter(public_id=device_id).first()
    if device is None:
        raise DeviceNotFound("You are not logged in on such a device.")
    return device
