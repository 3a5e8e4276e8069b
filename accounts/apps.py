"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Sign-in, profiles, tokens."""

    name = "accounts"
    verbose_name = "Learners"
