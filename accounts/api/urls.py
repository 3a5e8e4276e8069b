"""Sign-in lives under /auth/, the learner's own page under /me/."""

from typing import Any, NoReturn

from django.http import Http404
from django.urls import include, path

from accounts.api.devices import Devices, OneDevice
from accounts.api.views import Me


def no_phone(*_: Any, **__: Any) -> NoReturn:
    """Answer 404: accounts have no phone, and allauth's routes for one would fail."""
    raise Http404


urlpatterns = [
    path("auth/app/v1/account/phone", no_phone),
    path("auth/app/v1/auth/phone/<path:rest>", no_phone),
    path("auth/", include("allauth.headless.urls")),
    path("devices/", Devices.as_view(), name="devices"),
    path("devices/<uuid:device_id>/", OneDevice.as_view(), name="device"),
    path("me/", Me.as_view(), name="me"),
]
