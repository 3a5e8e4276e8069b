"""What signing up takes beside address and password."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import User, check_language, check_time_zone


class SignupForm(forms.Form):
    """The base of allauth's own form; both fields may be left out."""

    native_language = forms.CharField(max_length=12, required=False, validators=[check_language])
    time_zone = forms.CharField(max_length=64, required=False, validators=[check_time_zone])

    def clean(self) -> dict[str, Any]:
        """Refuse a password that resembles the address."""
        data = super().clean() or self.cleaned_data
        if data.get("password"):
            try:
                get_adapter().clean_password(data["password"], User(email=data.get("email", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return data

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep what was given with the new account."""
        given = {name: self.cleaned_data.get(name) for name in ("native_language", "time_zone")}
        changes = {name: value for name, value in given.items() if value}
        for name, value in changes.items():
            setattr(user, name, value)
        if changes:
            user.save(update_fields=list(changes))
