"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Sign-in, profiles, tokens."""

    name = "accounts"
    verbose_name = "Learners"

    def ready(self) -> None:
        """Close gaps in what allauth checks; subscribe to events."""
        from accounts import handlers, personal_data  # noqa: F401
        from accounts.passkeys import guard_inputs
        from accounts.passwords import keep_as_typed

        guard_inputs()
        personal_data.say()
        keep_as_typed()
