"""allauth's flows, where ours differ."""

from datetime import datetime
from typing import Any, cast

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.base.response import AuthenticationResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.signing import b64_encode
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language_from_request

from accounts.emails import spoken
from accounts.models import User
from accounts.sign_in import client_address, end_device_of
from accounts.tasks import send_later

log = structlog.get_logger(__name__)
_FACTS = ("code", "ip", "user_agent", "timestamp")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Mails go by the queue, log-out ends the device, addresses are read as everywhere else."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Have the mail of this name sent, in the language of the account with this address."""
        facts = {name: _text(context[name]) for name in _FACTS if context.get(name)}
        native = User.objects.filter(email=email).values_list("native_language", flat=True).first()
        language = native or get_language_from_request(current.request)
        send_later(template_prefix, language=spoken(language), facts={"email": email, **facts})

    def save_user(self, request: HttpRequest, user: User, form: Form, **options: Any) -> User:
        """Store a new account; who was a moment later than another is told what latecomers are."""
        try:
            with transaction.atomic():
                saved: User = super().save_user(request, user, form, **options)
        except IntegrityError:
            later = prevent_enumeration(request, email=form.cleaned_data["email"])
            answer = AuthenticationResponse.from_response(request, later)
            raise ImmediateHttpResponse(answer) from None
        return saved

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner; it takes as long as signing up, whose password is hashed."""
        make_password(email)
        super().send_account_already_exists_mail(email)

    def logout(self, request: HttpRequest) -> None:
        """End the session and its device."""
        end_device_of(request)
        super().logout(request)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Log who has come in and by what."""
        records = get_authentication_records(request, user)
        factors = [record["method"] for record in records]
        log.info("logged_in", user=str(user.public_id), factors=factors)
        return cast("HttpResponse", super().post_login(request, user, **options))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Log that a password was wrong; whose it was meant to be stays out of the logs."""
        log.warning("log_in_failed")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that attempts count under."""
        return client_address(request) or "local"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return str(credentials.get("email", credentials.get("username", ""))).lower()  # any host


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The secrets of authenticator apps and recovery codes are stored encrypted."""

    def get_totp_issuer(self) -> str:
        """Return the name that authenticator apps show."""
        return "Resee"

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Return whom a passkey is for: it keeps the public id."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"id": user.public_id.bytes}

    def encrypt(self, text: str) -> str:
        """Return what is stored."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret, whichever of our keys it was encrypted with."""
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in secrets])


def _key(secret: str | bytes) -> str:
    digest = salted_hmac("accounts.mfa", "", secret=secret, algorithm="sha256").digest()
    return b64_encode(digest).decode() + "="


def _text(fact: Any) -> str:
    return f"{fact:%Y-%m-%d %H:%M} UTC" if isinstance(fact, datetime) else str(fact)
