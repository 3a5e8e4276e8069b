"""A learner's own day: by time zone, beginning at the rollover hour. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MINUTE, _QUARTER = timedelta(minutes=1), timedelta(minutes=15)
_EPOCH = datetime.fromtimestamp(0, UTC)


def local_moment(instant: datetime, time_zone: str, rollover_hour: int) -> tuple[date, int]:
    """Return the learner's own day and wall-clock hour (0-23) of an instant.

    Before the rollover hour (0-6) the day before still runs; a day that has begun goes on where
    the clocks are then put back past that hour.
    """
    zone = ZoneInfo(time_zone)
    local = instant.astimezone(zone)
    day = local.date()
    if local.hour < rollover_hour:
        starts_at = datetime.combine(day, time(rollover_hour), tzinfo=zone)
        if starts_at.astimezone(UTC) > instant:
            day -= timedelta(days=1)
    return day, local.hour


class LocalMoments:
    """`local_moment` of many instants of one learner, each quarter of an hour looked up once.

    Offsets of time zones are multiples of it, and change on it, for as long as there is software.
    """

    def __init__(self, time_zone: str, rollover_hour: int) -> None:
        self._clock = time_zone, rollover_hour
        self._found: dict[int, tuple[date, int]] = {}

    def __call__(self, instant: datetime) -> tuple[date, int]:
        """Return the learner's own day and wall-clock hour of an instant."""
        quarter = (instant - _EPOCH) // _QUARTER
        if quarter not in self._found:
            self._found[quarter] = local_moment(instant, *self._clock)
        return self._found[quarter]


def day_starts_at(day: date, time_zone: str, rollover_hour: int) -> datetime:
    """Return the instant, in UTC, at which the learner's own ``day`` begins.

    Where a clock change skips the rollover hour, that is the first moment after the gap.
    """
    start = datetime.combine(day, time(rollover_hour), tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    while local_moment(start - _MINUTE, time_zone, rollover_hour)[0] == day:
        start -= _MINUTE  # inside a gap, which may be longer or begin off the hour
    return start
