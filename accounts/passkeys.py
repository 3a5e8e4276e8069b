"""What a passkey answers is parsed before anything is done with it.

allauth lets some exceptions of the parser through, which would be a 500 for bad input.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse


def check_registration(credential: Any) -> None:
    """Raise ValidationError unless this is a new credential."""
    _parse(RegistrationResponse.from_dict, credential)


def check_authentication(credential: Any) -> None:
    """Raise ValidationError unless this is an answer to a challenge, and tells whose it is."""
    _parse(AuthenticationResponse.from_dict, credential)


def _parse(parser: Callable[[Any], object], credential: Any) -> None:
    try:
        handle = credential["response"].get("userHandle", "")
        parsed = parser(credential)
    except Exception:  # noqa: BLE001  whatever a parser of foreign bytes trips over
        parsed = handle = None
    if parsed is None or not isinstance(handle, str):
        raise ValidationError(_("Incorrect code."), code="incorrect_code")


def guard_inputs() -> None:
    """Have allauth's inputs check what they are given."""
    from allauth.headless.mfa import inputs

    for new in (inputs.AddWebAuthnInput, inputs.CreateWebAuthnInput):
        new.base_fields["credential"].validators.append(check_registration)
    for answer in (
        inputs.AuthenticateWebAuthnInput,
        inputs.LoginWebAuthnInput,
        inputs.ReauthenticateWebAuthnInput,
    ):
        answer.base_fields["credential"].validators.append(check_authentication)
