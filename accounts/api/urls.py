"""Sign-in lives under /auth/, the learner's own page under /me/."""

from django.urls import include, path

from accounts.api.devices import Devices, OneDevice
from accounts.api.views import Me

urlpatterns = [
    path("auth/", include("allauth.headless.urls")),
    path("devices/", Devices.as_view(), name="devices"),
    path("devices/<uuid:device_id>/", OneDevice.as_view(), name="device"),
    path("me/", Me.as_view(), name="me"),
]
