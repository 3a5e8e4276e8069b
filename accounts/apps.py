"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Sign-in, profiles, tokens."""

    name = "accounts"
    verbose_name = "Learners"

    def ready(self) -> None:
        """Close a gap in what allauth checks; subscribe to events."""
        from accounts import handlers  # noqa: F401
        from accounts.passkeys import guard_inputs

        guard_inputs()
