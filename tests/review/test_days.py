"""A review falls on the learner's own day, wherever and whenever that is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from review.days import day_starts_at, local_moment

ZONES = (
    "Asia/Seoul", "America/New_York", "America/Los_Angeles", "Europe/London", "Europe/Berlin",
    "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Apia", "Pacific/Kiritimati", "Asia/Kolkata",
    "Asia/Kathmandu", "America/St_Johns", "Africa/Cairo", "Africa/Casablanca", "America/Santiago",
    "America/Sao_Paulo", "Asia/Tehran", "Asia/Beirut", "Atlantic/Azores", "Pacific/Chatham",
    "America/Havana", "Europe/Dublin", "Antarctica/Troll", "UTC",
)  # fmt: skip


@pytest.mark.parametrize("rollover_hour", range(7))
@pytest.mark.parametrize("zone", ZONES)
def test_every_moment_of_a_year_belongs_to_the_day_that_has_begun(
    zone: str, rollover_hour: int
) -> None:
    day = date(2026, 1, 1)
    while day < date(2027, 1, 1):
        start = day_starts_at(day, zone, rollover_hour)
        assert local_moment(start, zone, rollover_hour)[0] == day
        before = local_moment(start - timedelta(seconds=1), zone, rollover_hour)[0]
        assert before == day - timedelta(days=1)
        day += timedelta(days=1)


def test_before_the_rollover_hour_the_day_before_still_runs() -> None:
    seoul = ZoneInfo("Asia/Seoul")
    assert local_moment(datetime(2026, 5, 2, 3, 59, tzinfo=seoul), "Asia/Seoul", 4) == (
        date(2026, 5, 1),
        3,
    )
    assert local_moment(datetime(2026, 5, 1, 19, tzinfo=UTC), "Asia/Seoul", 4) == (
        date(2026, 5, 2),
        4,
    )


def _days_of_clock_changes(zone: str) -> list[datetime]:
    days = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    return [days[i] for i in range(365) if offsets[i] != offsets[i + 1]]


def test_in_no_zone_does_a_clock_change_bring_a_day_back() -> None:
    for zone in sorted(available_timezones()):
        for start in _days_of_clock_changes(zone):
            moments = [start + timedelta(minutes=15) * quarter for quarter in range(-16, 112)]
            for rollover_hour in range(7):
                days = [local_moment(moment, zone, rollover_hour)[0] for moment in moments]
                assert days == sorted(days), (zone, rollover_hour)
