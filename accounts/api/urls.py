"""Sign-in lives under /auth/, the learner's own page under /me/."""

from typing import Any, NoReturn

from django.http import Http404
from django.urls import include, path

from accounts.api.devices import Devices, OneDevice
from accounts.api.pages import AvatarFile, AvatarView, Notifications
from accounts.api.rewards import Ledger, Rewards
from accounts.api.unsubscribe import Unsubscribe
from accounts.api.views import Me


def not_here(*_: Any, **__: Any) -> NoReturn:
    """Answer 404: allauth has routes for phones and browsers' redirects, which would fail."""
    raise Http404


urlpatterns = [
    path("auth/app/v1/account/phone", not_here),
    path("auth/app/v1/auth/phone/<path:rest>", not_here),
    path("auth/app/v1/auth/provider/redirect", not_here),
    path("auth/", include("allauth.headless.urls")),
    path("devices/", Devices.as_view(), name="devices"),
    path("devices/<uuid:device_id>/", OneDevice.as_view(), name="device"),
    path("unsubscribe/<str:link>/", Unsubscribe.as_view(), name="unsubscribe"),
    path("", include("accounts.api.groups")),
    path("account/", include("accounts.api.data_rights")),
    path("me/", Me.as_view(), name="me"),
    path("me/notifications/", Notifications.as_view(), name="notifications"),
    path("me/rewards/", Rewards.as_view(), name="rewards"),
    path("me/rewards/ledger/", Ledger.as_view(), name="rewards-ledger"),
    path("me/avatar/", AvatarView.as_view(), name="avatar"),
    path("me/avatar/<int:size>/", AvatarFile.as_view(), name="avatar-file"),
]
