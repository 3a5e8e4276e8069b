"""Beat's schedule in Redis, one beat at a time; and what it does after its clock has jumped."""

import time
from typing import Any

import structlog
from redbeat import RedBeatScheduler, RedBeatSchedulerEntry
from redbeat.schedulers import get_redis

SLACK_SECONDS = 5.0

log = structlog.get_logger(__name__)


class Clock(RedBeatScheduler):  # type: ignore[misc]
    """RedBeat, which would wait for a moment that a clock gone wrong has written down.

    An entry that is due later than one interval from now was run in the future: it is due now.
    """

    def tick(self, *args: Any, **options: Any) -> float:
        """Run what is due and return the seconds until the next tick."""
        self._mend()
        return float(super().tick(*args, **options))

    def _mend(self) -> None:
        key = self.app.redbeat_conf.schedule_key
        found = get_redis(self.app).zrange(key, 0, -1, withscores=True)
        for name, due_at in found:
            entry_name = name.removeprefix(self.app.redbeat_conf.key_prefix)
            seconds = self.app.conf.beat_schedule.get(entry_name, {}).get("schedule")
            if seconds and due_at > time.time() + seconds + SLACK_SECONDS:
                log.warning(
                    "clock_jumped_back", entry=entry_name, ahead_seconds=due_at - time.time()
                )
                entry = RedBeatSchedulerEntry.from_key(name, app=self.app)
                entry.reschedule(entry._default_now() - entry.schedule.run_every)  # noqa: SLF001
