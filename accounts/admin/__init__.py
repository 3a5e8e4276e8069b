"""Accounts in the admin, and what belongs to them."""

from accounts.admin import accounts, pages  # noqa: F401
