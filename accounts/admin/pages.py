"""What belongs to learners' own pages: to be looked at."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.commands import mailings
from accounts.models import (
    Avatar,
    DataArchive,
    Erasure,
    Invitation,
    LearnerGroup,
    Mailing,
    Membership,
    NotificationSettings,
    Payout,
    RewardBalance,
    RewardDay,
    RewardEntry,
)
from config.operations.admin_tables import ReadOnlyTable


@admin.register(Avatar)
class AvatarAdmin(ReadOnlyTable[Avatar]):
    """Learners' pictures."""

    list_display = ("user", "uploaded_at", "upload", "large")
    list_select_related = ("user",)
    list_filter = ("uploaded_at",)
    search_fields = ("user__email",)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyTable[Erasure]):
    """Accounts that will be erased."""

    list_display = ("user", "requested_at", "due_at")
    list_select_related = ("user",)
    list_filter = ("due_at",)
    search_fields = ("user__email",)


@admin.register(DataArchive)
class DataArchiveAdmin(ReadOnlyTable[DataArchive]):
    """Everything of a learner, on its way out or in."""

    list_display = ("user", "kind", "job", "byte_count", "created_at")
    list_select_related = ("user", "job")
    list_filter = ("kind", "created_at")
    search_fields = ("user__email", "=public_id")


@admin.register(NotificationSettings)
class NotificationSettingsAdmin(ReadOnlyTable[NotificationSettings]):
    """Which mails learners want."""

    list_display = ("user", "is_reminded", "has_weekly_report", "changed_at")
    list_select_related = ("user",)
    list_filter = ("is_reminded", "has_weekly_report")
    search_fields = ("user__email",)


@admin.register(Mailing)
class MailingAdmin(ReadOnlyTable[Mailing]):
    """Reminders and reports; failed ones can be sent again."""

    list_display = ("user", "kind", "local_day", "state", "attempts", "due_at", "sent_at", "error")
    list_select_related = ("user",)
    list_filter = ("state", "kind", "due_at")
    search_fields = ("user__email", "=public_id")
    actions = (*ReadOnlyTable.actions, "send_again")

    @admin.action(description="Send again what has failed")
    def send_again(self, request: HttpRequest, rows: QuerySet[Mailing]) -> None:
        """Let each be tried anew within a minute."""
        now = timezone.now()
        count = sum(mailings.send_again(mailing_id=row.public_id, now=now) for row in rows)
        self.message_user(request, f"{count} mails will be sent again.")


@admin.register(LearnerGroup)
class LearnerGroupAdmin(ReadOnlyTable[LearnerGroup]):
    """Teachers' groups."""

    list_display = ("name", "teacher", "created_at")
    list_select_related = ("teacher",)
    list_filter = ("created_at",)
    search_fields = ("name", "teacher__email", "=public_id")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyTable[Membership]):
    """Who is in which group, and whose progress its teacher may see."""

    list_display = ("user", "group", "shows_progress", "agreed_at", "joined_at")
    list_select_related = ("user", "group")
    list_filter = ("shows_progress", "joined_at")
    search_fields = ("user__email", "group__name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyTable[Invitation]):
    """Who was invited."""

    list_display = ("email", "group", "created_at")
    list_select_related = ("group",)
    list_filter = ("created_at",)
    search_fields = ("email", "group__name")


@admin.register(RewardEntry)
class RewardEntryAdmin(ReadOnlyTable[RewardEntry]):
    """The ledger of rewards."""

    list_display = ("user", "kind", "key", "xp", "local_day", "recorded_at")
    list_select_related = ("user",)
    list_filter = ("kind",)
    search_fields = ("user__email", "=key")


@admin.register(RewardDay)
class RewardDayAdmin(ReadOnlyTable[RewardDay]):
    """The ledger's sums by day."""

    list_display = ("user", "local_day", "review_count", "xp")
    list_select_related = ("user",)
    list_filter = ("local_day",)
    search_fields = ("user__email",)


@admin.register(RewardBalance)
class RewardBalanceAdmin(ReadOnlyTable[RewardBalance]):
    """The ledger's sums by learner."""

    list_display = ("user", "xp", "review_count")
    list_select_related = ("user",)
    search_fields = ("user__email",)


@admin.register(Payout)
class PayoutAdmin(ReadOnlyTable[Payout]):
    """Rewards for every learner, and how far their jobs are."""

    list_display = ("name", "xp", "paid_count", "learner_count", "job", "created_at")
    list_select_related = ("job",)
    list_filter = ("created_at",)
    search_fields = ("name",)
