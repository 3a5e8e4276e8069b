"""The chat app."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The tutor: conversations, and what it remembers of a learner."""

    name = "chat"
    verbose_name = "Tutor"

    def ready(self) -> None:
        """Say what becomes of conversations with the account."""
        from chat import personal_data

        personal_data.say()
