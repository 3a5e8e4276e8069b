"""The running product, the learners at work on it, and what shows from outside that it works."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
from django.db import connection
from django.utils import timezone
from django_redis import get_redis_connection
from kombu.exceptions import OperationalError
from redbeat import RedBeatSchedulerEntry
from redbeat.schedulers import ensure_conf
from redis import RedisError

from accounts.models import User
from accounts.queries.learners import Learner, learner_of
from config.celery import QUEUES, app
from config.errors import Unavailable
from config.jobs import canaries
from deploy.topology.rabbitmq import RabbitMq
from review.commands.categories import create_category
from review.commands.contents import NewContent, add_contents
from tests import make
from tests.chaos.load import Reviewer, Uploader, Worker
from tests.chaos.proxy import Proxy
from tests.chaos.victim import Disk, Victim
from tests.client import log_in

REVIEWERS, CARDS = 3, 10
PROBE_AGAIN_SECONDS = 3.0
PARTS = ("learners", "queues", "units", "events", "clock")
_UNENDED = (
    "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running') AND created_at <= '{}'"
)
_READ = "SELECT count(*) FROM jobs_job WHERE state = 'succeeded' AND created_at > '{}'"
_UNSENT = (
    "SELECT count(*) FROM outbox_outboxentry WHERE published_at IS NULL AND created_at <= '{}'"
)
_SENT = "SELECT count(*) FROM outbox_outboxentry WHERE published_at > '{}'"


@dataclass
class Stage:
    """Everything a fault may touch."""

    victim: Victim
    proxy: Proxy
    disk: Disk
    rabbitmq: RabbitMq | None
    learners: list[Learner] = field(default_factory=list)
    load: list[Worker] = field(default_factory=list)
    doubled_runs: int = 0

    def fill(self) -> None:
        """Make the learners, each with cards, and let them work."""
        for number in range(REVIEWERS + 1):
            user = make.user(f"learner{number}@example.com")
            _, tokens = log_in(user)
            self.learners.append(learner_of(user))
            self.load.append(self._worker(user, tokens.access))
        connection.close()
        for worker in self.load:
            worker.start()

    def _worker(self, user: User, token: str) -> Worker:
        if len(self.load) == REVIEWERS:
            return Uploader(self.victim.url, token)
        learner = learner_of(user)
        category = create_category(learner=learner, name="Words").public_id
        new = [
            NewContent(category_id=category, front=f"word {n}", back="a word") for n in range(CARDS)
        ]
        cards = [
            card.public_id for card in add_contents(learner=learner, new=new, now=timezone.now())
        ]
        return Reviewer(self.victim.url, token, cards)

    def acknowledged(self, kind: type[Worker]) -> list[UUID]:
        """Return every id that a learner of this kind was told yes for."""
        return [
            each for worker in self.load if isinstance(worker, kind) for each in worker.acknowledged
        ]

    def count(self, statement: str, since: datetime | None = None) -> int:
        """Return one number from the database, in a connection of its own."""
        ((found,),) = self.victim.sql(statement.format(since))
        return int(found)

    def wait_for_running_unit(self) -> None:
        """Return when a worker is in the middle of a page."""
        deadline = time.monotonic() + 60
        while not self.count("SELECT count(*) FROM jobs_job WHERE state = 'running'"):
            assert time.monotonic() < deadline, "no page is being read"
            time.sleep(0.02)


def entry(name: str) -> RedBeatSchedulerEntry:
    """Return an entry of the clock as it stands in Redis; KeyError when it has none."""
    ensure_conf(app)
    key = app.redbeat_conf.key_prefix + name  # type: ignore[attr-defined]
    return RedBeatSchedulerEntry.from_key(key, app=app)


class Recovery:
    """Asks again and again which parts work since a moment; each once and for all."""

    def __init__(self, stage: Stage, parts: tuple[str, ...] = PARTS) -> None:
        self._stage, self._parts = stage, parts
        self._began, self._since = time.monotonic(), datetime.now(UTC)
        self._probes = {queue: _Probe(queue) for queue in _first_queues()}
        self.seconds: dict[str, float] = {}

    def wait(self, seconds: float) -> bool:
        """Return whether everything works before ``seconds`` have passed."""
        checks: dict[str, Callable[[], bool]] = {
            name: getattr(self, f"_{name}") for name in self._parts
        }
        while time.monotonic() - self._began < seconds:
            for name in [name for name in self._parts if name not in self.seconds]:
                if _works(checks[name]):
                    self.seconds[name] = round(time.monotonic() - self._began, 1)
            if len(self.seconds) == len(self._parts):
                return True
            time.sleep(0.1)
        return False

    def _learners(self) -> bool:
        return all(worker.last_began > self._began for worker in self._stage.load)

    def _queues(self) -> bool:
        return all([probe.has_come_through() for probe in self._probes.values()])  # noqa: C419  each

    def _units(self) -> bool:
        return not self._stage.count(_UNENDED, self._since)

    def _pages(self) -> bool:
        return bool(self._stage.count(_READ, self._since))

    def _events(self) -> bool:
        stage, since = self._stage, self._since
        return bool(stage.count(_SENT, since)) and not stage.count(_UNSENT, since)

    def _clock(self) -> bool:
        ran = entry("reconcile-jobs").last_run_at
        return bool(ran and self._since < ran <= datetime.now(UTC))


class _Probe:
    """A task sent through one queue; sent again while it does not come through."""

    def __init__(self, queue: str) -> None:
        self._queue, self._names, self._sent_at, self._is_through = queue, [""], 0.0, False

    def has_come_through(self) -> bool:
        """Tell whether a worker has done one."""
        self._is_through = self._is_through or self._look()
        if not self._is_through and time.monotonic() - self._sent_at > PROBE_AGAIN_SECONDS:
            self._sent_at = time.monotonic()
            self._names.append(f"probe-{uuid4()}")
            app.send_task(
                "config.jobs.tasks.canary",
                kwargs={"worker": self._names[-1]},
                queue=self._queue,
                retry=False,
            )
        return self._is_through

    def _look(self) -> bool:
        found = get_redis_connection("default").hmget(canaries._key(), self._names)
        return any(found)


def _works(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (RedisError, OperationalError, Unavailable, psycopg.OperationalError, KeyError):
        return False


def _first_queues() -> list[str]:
    return list({queue.worker: queue.name for queue in reversed(QUEUES)}.values())
