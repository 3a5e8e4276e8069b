"""Who learns, on what clock, where they are logged in; their picture and what they are mailed."""

from accounts.models.data import DataArchive, Erasure
from accounts.models.groups import Invitation, LearnerGroup, Membership
from accounts.models.mailings import Mailing
from accounts.models.pages import Avatar, NotificationSettings
from accounts.models.rewards import Payout, RewardBalance, RewardDay, RewardEntry
from accounts.models.users import Device, User, check_language, check_time_zone

__all__ = [
    "Avatar",
    "DataArchive",
    "Device",
    "Erasure",
    "Invitation",
    "LearnerGroup",
    "Mailing",
    "Membership",
    "NotificationSettings",
    "Payout",
    "RewardBalance",
    "RewardDay",
    "RewardEntry",
    "User",
    "check_language",
    "check_time_zone",
]
