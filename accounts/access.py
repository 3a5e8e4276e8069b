"""The only way to an account's row on behalf of somebody."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Device
from config.errors import NotFound


class DeviceNotFound(NotFound):
    """No such device of this learner, or it is logged out already."""

    code = "device_not_found"


def devices_of(user_id: int) -> QuerySet[Device]:
    """Return where the learner is logged in."""
    return Device.objects.filter(user_id=user_id, revoked_at=None)


def device_of(user_id: int, device_id: UUID) -> Device:
    """Return the learner's device, locked; DeviceNotFound."""
    device = devices_of(user_id).select_for_update().filter(public_id=device_id).first()
    if device is None:
        raise DeviceNotFound("You are not logged in on such a device.")
    return device
