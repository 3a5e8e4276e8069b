"""The exams app."""

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    """Proof of what was learnt: level tests, exams."""

    name = "exams"
    verbose_name = "Level tests and exams"
