"""A log-in without its HTTP requests."""

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.commands.devices import TokenPair, open_device
from accounts.models import User


def log_in(user: User) -> TokenPair:
    """Return the tokens of a new device, as the sign-in issues them."""
    session = SessionStore()
    session.create()
    _, pair = open_device(
        user=user,
        session_key=str(session.session_key),
        user_agent="benchmark",
        ip=None,
        now=timezone.now(),
    )
    return pair
