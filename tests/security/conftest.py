"""Mails are written when they are asked for."""

from tests.accounts.conftest import _mails_at_once

__all__ = ["_mails_at_once"]
