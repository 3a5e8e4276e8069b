"""The exams app."""

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    """Proof of what was learnt: level tests, exams."""

    name = "exams"
    verbose_name = "Level tests and exams"

    def ready(self) -> None:
        """Say what becomes of a learner's rows."""
        from exams import personal_data

        personal_data.say()
