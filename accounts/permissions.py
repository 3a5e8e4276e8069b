"""Django asks here what a role allows."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.models import User
from accounts.roles import may, may_any


class RolePermissions(BaseBackend):
    """Signs nobody in; answers has_perm for active staff by their role alone."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Tell whether the user's role has the permission; ``obj`` makes no difference here."""
        return _is_active(user_obj) and may(user_obj.role, perm)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Tell whether the user's role may see anything of an app."""
        return _is_active(user_obj) and may_any(user_obj.role, app_label)


def _is_active(user: Any) -> bool:
    return isinstance(user, User) and user.is_active and user.is_staff
