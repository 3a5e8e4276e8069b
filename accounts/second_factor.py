"""The admin opens to a password and a code of the second factor, where settings ask for it."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from config.api.limiter import Limit, admit

FLAG = "admin_second_factor"  # in a session: whose code was right
_TRIES = Limit("admin-code", 5, 60)
_NONE_SET_UP = (
    "This account has no authenticator app: add one first, at "
    "/api/v1/auth/app/v1/account/authenticators/totp."
)


class AdminLoginForm(AuthenticationForm):  # type: ignore[misc]
    """E-mail address, password, and a code."""

    code = forms.CharField(
        label="Code of your authenticator app, or a recovery code",
        max_length=20,
        required=False,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "form": "login-form"}
        ),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not settings.ADMIN_SECOND_FACTOR:
            del self.fields["code"]

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        """Let staff in whose code is right too."""
        super().confirm_login_allowed(user)
        if settings.ADMIN_SECOND_FACTOR:
            _check(user, self.data.get("code", ""))
            if self.request.user.is_authenticated and self.request.user.pk != user.pk:
                logout(self.request)  # else the log-in would drop the mark with the old session
            self.request.session[FLAG] = user.pk


class AdminSecondFactor:
    """Keeps out of the admin whoever signed in elsewhere without a code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; who has given no code is sent to the log-in."""
        if settings.ADMIN_SECOND_FACTOR and request.path_info.startswith("/admin/"):
            login = reverse("admin:login")
            user = request.user
            if user.is_authenticated and request.session.get(FLAG) != user.pk:
                logout(request)
                if request.path_info != login:
                    return redirect(login)
        return self.get_response(request)


def _check(user: AbstractBaseUser, code: str) -> None:
    verdict = admit([(_TRIES, str(user.pk))])
    if verdict is not None and not verdict.is_admitted:
        raise ValidationError("Too many codes: wait a minute.", code="rate_limited")
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]
    known = list(Authenticator.objects.filter(user=user, type__in=kinds))
    if not known:
        raise ValidationError(_NONE_SET_UP, code="no_second_factor")
    if not any(each.wrap().validate_code(code.strip()) for each in known):
        raise ValidationError("This code is not right, or was used before.", code="wrong_code")
