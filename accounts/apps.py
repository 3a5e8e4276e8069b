"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Sign-in, profiles, tokens."""

    name = "accounts"
    verbose_name = "Learners"

    def ready(self) -> None:
        """Close a gap in what allauth checks."""
        from accounts.passkeys import guard_inputs

        guard_inputs()
