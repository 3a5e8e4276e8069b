"""What a password must be, beside Django's rules: as it was typed, and no longer than that."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LENGTH_MAX = 128


def keep_as_typed() -> None:
    """Have allauth's inputs leave passwords their blanks, as its forms do."""
    from allauth.headless.account import inputs

    for form, names in (
        (inputs.SignupInput, ["password"]),
        (inputs.LoginInput, ["password"]),
        (inputs.ResetPasswordInput, ["password"]),
        (inputs.ChangePasswordInput, ["current_password", "new_password"]),
    ):
        for name in names:
            form.base_fields[name].strip = False


class MaximumLengthValidator:
    """Refuses texts that only cost time to hash."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise ValidationError for a longer password."""
        if len(password) > LENGTH_MAX:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """Return the rule."""
        return _("A password has at most %d characters.") % LENGTH_MAX
