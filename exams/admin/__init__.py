"""The exams app in the admin."""

from exams.admin import exams, level_tests

__all__ = ["exams", "level_tests"]
