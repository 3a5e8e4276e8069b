"""A learner's profile, in and out."""

from typing import Any

from rest_framework import serializers

from accounts.models import NotificationSettings, User


class ProfileSerializer(serializers.Serializer[Any]):
    """A learner's own page."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    native_language = serializers.CharField()
    target_language = serializers.CharField()
    time_zone = serializers.CharField()
    rollover_hour = serializers.IntegerField()
    daily_goal = serializers.IntegerField(help_text="Reviews you want to do a day")
    reminder_hour = serializers.IntegerField(
        allow_null=True, help_text="On your clock, 0-23; null for no reminder"
    )
    desired_retention = serializers.FloatField(
        help_text="Share you want to recall when a card comes back"
    )
    level = serializers.CharField(help_text="A1-C2 by the last level test; empty before")
    level_measured_at = serializers.DateTimeField(allow_null=True)
    joined_at = serializers.DateTimeField()


class ProfileChangesSerializer(serializers.ModelSerializer[User]):
    """What a learner may change; every field may be left out."""

    desired_retention = serializers.FloatField(min_value=0.7, max_value=0.99)

    class Meta:
        model = User
        fields = (
            "name", "native_language", "target_language", "time_zone", "rollover_hour",
            "daily_goal", "reminder_hour", "desired_retention",
        )  # fmt: skip


class NotificationsSerializer(serializers.ModelSerializer[NotificationSettings]):
    """Which mails you want besides those of the sign-in."""

    class Meta:
        model = NotificationSettings
        fields = ("is_reminded", "has_weekly_report")


class AvatarSerializer(serializers.Serializer[Any]):
    """Your picture: the sizes that can be read, in pixels, and how its making stands."""

    sizes = serializers.ListField(child=serializers.IntegerField())
    job = serializers.UUIDField(allow_null=True, help_text="See /jobs/: until the sizes are made")
    uploaded_at = serializers.DateTimeField()


class PictureSerializer(serializers.Serializer[Any]):
    """A JPEG, PNG, WebP or GIF of 10 MB at most; the middle square is taken."""

    file = serializers.FileField(allow_empty_file=True)
