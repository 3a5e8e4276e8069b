"""Accounts in the admin: who may come in, and who may do what."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import Device, User
from config.operations.admin_tables import ReadOnlyTable, Table

_PROFILE = ("name", "native_language", "target_language", "time_zone", "rollover_hour")
_RIGHTS = ("is_active", "is_staff", "is_superuser", "groups")


@admin.register(User)
class UserAdmin(Table[User], DjangoUserAdmin[User]):
    """Learners and staff. An account is disabled here, not deleted."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
    list_display = ("email", "name", "native_language", "is_active", "is_staff", "joined_at")
    list_filter = ("is_active", "is_staff", "joined_at")
    search_fields = ("email", "name", "=public_id")
    autocomplete_fields = ("groups",)
    filter_horizontal = ()
    readonly_fields = ("public_id", "joined_at", "last_login", "token_version")
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("email", "password", "public_id")}),
        ("Profile", {"fields": _PROFILE}),
        ("Rights", {"fields": _RIGHTS}),
        ("Times", {"fields": ("joined_at", "last_login", "token_version")}),
    )
    add_fieldsets: Any = ((None, {"fields": ("email", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, *_: Any) -> bool:
        """Nobody is deleted by a click."""
        return False


admin.site.unregister([Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])


@admin.register(Group)
class GroupAdmin(Table[Group], DjangoGroupAdmin):
    """Groups of staff."""

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
