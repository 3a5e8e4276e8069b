"""What a passkey answers is parsed before anything is done with it.

allauth lets some exceptions of the parser through, which would be a 500 for bad input. And it has
passkeys keep the database's key of an account; ours keep the public id, which is looked up here.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from accounts.models import User


def check_registration(credential: Any) -> None:
    """Raise ValidationError unless this is a new credential."""
    _parse(RegistrationResponse.from_dict, credential)


def check_authentication(credential: Any) -> None:
    """Raise ValidationError unless this is an answer to a challenge, and tells whose it is."""
    _parse(AuthenticationResponse.from_dict, credential)


def find_account(credential: Any) -> None:
    """Check an answer to a challenge, and put the account's key, which allauth looks for, into it.

    The signature is not over it: it tells which keys are tried. ValidationError for no account.
    """
    check_authentication(credential)
    response = credential["response"]
    try:
        public_id = UUID(bytes=websafe_decode(response["userHandle"]))
        user = User.objects.get(public_id=public_id)
    except (KeyError, TypeError, ValueError, User.DoesNotExist):
        raise _incorrect() from None
    response["userHandle"] = websafe_encode(user_pk_to_url_str(user).encode())


def _incorrect() -> ValidationError:
    return ValidationError(_("Incorrect code."), code="incorrect_code")


def _parse(parser: Callable[[Any], object], credential: Any) -> None:
    try:
        handle = credential["response"].get("userHandle", "")
        parsed = parser(credential)
    except Exception:  # noqa: BLE001  whatever a parser of foreign bytes trips over
        parsed = handle = None
    if parsed is None or not isinstance(handle, str):
        raise _incorrect()


def guard_inputs() -> None:
    """Have allauth's inputs check what they are given."""
    from allauth.headless.mfa import inputs

    for new in (inputs.AddWebAuthnInput, inputs.CreateWebAuthnInput):
        new.base_fields["credential"].validators.append(check_registration)
    for answer in (inputs.AuthenticateWebAuthnInput, inputs.ReauthenticateWebAuthnInput):
        answer.base_fields["credential"].validators.append(check_authentication)
    inputs.LoginWebAuthnInput.base_fields["credential"].validators.append(find_account)
