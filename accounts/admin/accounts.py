"""Accounts in the admin: who may come in, and who may do what."""

from typing import Any, ClassVar, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import Device, User
from accounts.roles import Role
from config.operations.admin_tables import ReadOnlyTable, Table
from config.operations.audit_table import AuditTable

_PROFILE = (
    "name", "native_language", "target_language", "time_zone", "rollover_hour",
    "daily_goal", "reminder_hour",
)  # fmt: skip
_RIGHTS = ("is_active", "role", "is_superuser")
_FIELDS = ("email", *_PROFILE, *_RIGHTS)


@admin.register(User)
class UserAdmin(Table[User], DjangoUserAdmin[User]):
    """Learners and staff. An account is disabled here, not deleted.

    Support disables learners and changes nothing else; staff are changed by admins, superusers by
    superusers alone.
    """

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    list_display = ("email", "name", "native_language", "is_active", "role", "joined_at")
    list_filter = ("is_active", "role", "joined_at")
    search_fields = ("email", "name", "=public_id")
    filter_horizontal = ()
    readonly_fields = ("public_id", "joined_at", "last_login", "token_version")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("email", "password", "public_id")}),
        ("Profile", {"fields": _PROFILE}),
        ("Rights", {"fields": _RIGHTS}),
        ("Times", {"fields": ("joined_at", "last_login", "token_version")}),
    )
    add_fieldsets: Any = ((None, {"fields": ("email", "password1", "password2")}),)

    actions: ClassVar[Any] = (*Table.actions, "log_out")  # type: ignore[misc]

    @admin.action(description="Log out everywhere: sessions, tokens and API keys end")
    def log_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """End every log-in of those whom this member of staff may change."""
        chosen = [user for user in users if self.has_change_permission(request, user)]
        for user in chosen:
            user.end_log_ins()
        self.message_user(request, f"{len(chosen)} of {len(users)} logged out")

    def has_delete_permission(self, request: HttpRequest, *_: Any) -> bool:
        """Nobody is deleted by a click."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff are changed by whoever stands no lower."""
        user = cast("User", request.user)
        if obj is not None and obj.is_superuser and not user.is_superuser:
            return False
        if obj is not None and obj.is_staff and not _is_admin(user):
            return False
        return bool(super().has_change_permission(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Return what this member of staff may only look at."""
        fixed = tuple(self.readonly_fields)
        user = cast("User", request.user)
        if user.is_superuser:
            return fixed
        if _is_admin(user):
            return (*fixed, "is_superuser")
        return (*fixed, *(name for name in _FIELDS if name != "is_active"))

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002  Django's name
        form_url: str = "",
    ) -> Any:
        """Give an account a password: for admins."""
        if not _is_admin(cast("User", request.user)):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def save_model(self, request: HttpRequest, obj: User, *rest: Any) -> None:
        """Store the account; its role decides whether the admin opens to it."""
        obj.is_staff = obj.is_superuser or Role(obj.role).is_staff
        super().save_model(request, obj, *rest)


def _is_admin(user: User) -> bool:
    return user.is_superuser or user.role == Role.ADMIN


admin.site.unregister([Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])


@admin.register(Group)
class GroupAdmin(ReadOnlyTable[Group], DjangoGroupAdmin):
    """Groups, which nothing is decided by: rights come with a role."""

    ordering: ClassVar[tuple[str, ...]] = ("name",)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyTable[EmailAddress]):
    """Addresses and whether they are verified."""

    list_display = ("email", "user", "is_primary", "is_verified")
    list_select_related = ("user",)
    list_filter = ("verified",)
    search_fields = ("email",)

    @admin.display(boolean=True)
    def is_primary(self, row: EmailAddress) -> bool:
        """Whether mails go here."""
        return bool(row.primary)

    @admin.display(boolean=True)
    def is_verified(self, row: EmailAddress) -> bool:
        """Whether its owner has proved it."""
        return bool(row.verified)


@admin.register(Device)
class DeviceAdmin(ReadOnlyTable[Device]):
    """Where learners are logged in."""

    list_display = ("user", "user_agent", "ip", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    list_filter = ("created_at", "revoked_at")
    search_fields = ("user__email", "=public_id")
    exclude = ("refresh_jti",)


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyTable[SocialAccount]):
    """Accounts elsewhere that open an account here."""

    list_display = ("user", "provider", "date_joined", "last_login")
    list_select_related = ("user",)
    list_filter = ("provider",)
    search_fields = ("user__email",)
    exclude = ("extra_data",)


admin.site.register(apps.get_model("accounts", "UserChange"), AuditTable)
