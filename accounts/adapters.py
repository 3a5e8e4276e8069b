"""allauth's account flows, where ours differ."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.sign_in import client_address, end_device_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Log-out ends the device; addresses are read as everywhere else."""

    def logout(self, request: HttpRequest) -> None:
        """End the session and its device."""
        end_device_of(request)
        super().logout(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the address that log-in attempts count under."""
        return client_address(request) or "local"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return str(credentials.get("email", credentials.get("username", ""))).lower()  # any host
