"""Who learns, and on what clock; where they are logged in."""

import re
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts import token_cache
from accounts.roles import Role
from config.api.keys import revoke_keys_of
from config.identifiers import new_public_id
from config.operations.audit import audited


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Store a learner; without a password the account cannot log in by password."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Store an administrator."""
        rights = {"is_staff": True, "is_superuser": True, "role": Role.ADMIN}
        return self.create_user(email, password, **rights, **fields)


def check_time_zone(name: str) -> None:
    """Raise ValidationError unless ``name`` is an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError("%(name)s is not an IANA time zone", params={"name": name})


def check_language(tag: str) -> None:
    """Raise ValidationError unless ``tag`` looks like a language tag: ``ko``, ``pt-BR``."""
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?", tag):
        raise ValidationError("%(tag)s is not a language tag", params={"tag": tag})


@audited(
    "email", "name", "role", "is_active", "is_staff", "is_superuser",
    "native_language", "target_language", "time_zone", "rollover_hour",
)  # fmt: skip
class User(AbstractBaseUser, PermissionsMixin):
    """A learner (or a member of staff); the e-mail address is the log-in name."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(
        max_length=8,
        choices=[(role.value, role.value) for role in Role],
        default=Role.LEARNER.value,
        db_default=Role.LEARNER.value,
    )
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    token_version = models.PositiveIntegerField(default=0)

    native_language = models.CharField(max_length=12, default="ko", validators=[check_language])
    target_language = models.CharField(max_length=12, default="en", validators=[check_language])
    time_zone = models.CharField(max_length=64, default="Asia/Seoul", validators=[check_time_zone])
    rollover_hour = models.PositiveSmallIntegerField(
        default=4,
        validators=[MinValueValidator(0), MaxValueValidator(6)],
        help_text="Hour at which the learner's own day begins",
    )

    daily_goal = models.PositiveSmallIntegerField(
        default=20,
        db_default=20,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="Reviews the learner wants to do a day",
    )
    reminder_hour = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        default=19,
        db_default=19,
        validators=[MaxValueValidator(23)],
        help_text="Wall-clock hour of the daily reminder; empty for none",
    )
    level = models.CharField(
        max_length=2, blank=True, default="", db_default="", help_text="CEFR, as last measured"
    )
    level_measured_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rollover_hour__lte=6), name="rollover_hour_0_to_6"
            )
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, **options: Any) -> None:
        """Store what was changed; a new password, or disabling the account, ends every log-in.

        ``token_version`` is counted in the database alone: an old object cannot set it back.
        """
        if self._state.adding:
            return super().save(**options)
        named = options.pop("update_fields", None)
        fields = set(self._stored() if named is None else named) - {"token_version"}
        has_new_password = "password" in fields and self._password is not None  # type: ignore[attr-defined]
        is_disabled = "is_active" in fields and not self.is_active
        with transaction.atomic():
            super().save(update_fields=fields, **options)
            if has_new_password or is_disabled:
                self.end_log_ins()
            token_cache.forget_user(self.public_id)
        return None

    def delete(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete the account; its tokens are worth nothing from now on."""
        token_cache.forget_user(self.public_id)
        return super().delete(*arguments, **options)

    @transaction.atomic
    def end_log_ins(self) -> None:
        """Make every token, session and API key issued until now worthless. Four queries."""
        User.objects.filter(pk=self.pk).update(token_version=F("token_version") + 1)
        self.refresh_from_db(fields=["token_version"])
        now = timezone.now()
        self.devices.filter(revoked_at=None).update(revoked_at=now)
        revoke_keys_of(self.pk, now=now)
        token_cache.forget_user(self.public_id)

    def _stored(self) -> set[str]:
        deferred = self.get_deferred_fields()
        fields = self._meta.concrete_fields
        return {f.name for f in fields if not f.primary_key and f.attname not in deferred}

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions, the admin's too, end with the password and with the token version."""
        what = f"{self.password}:{self.token_version}"
        return salted_hmac("accounts.session", what, secret=secret, algorithm="sha256").hexdigest()


class Device(models.Model):
    """One log-in: its refresh tokens are a family, of which the newest alone is good."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    refresh_jti = models.UUIDField()
    user_agent = models.CharField(max_length=200, blank=True)
    ip = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Device"]] = models.Manager()

    def __str__(self) -> str:
        return self.user_agent or str(self.public_id)
