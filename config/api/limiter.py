"""How much one learner and one address may ask for in a while: counted in Redis, exactly.

A script counts and decides in one step, so requests at the same moment cannot all see the last free
place. When Redis does not answer, everything is let in: a limit is no reason to be down.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from prometheus_client import Counter
from redis import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.cache import run_script

if TYPE_CHECKING:  # it imports this module by the settings
    from rest_framework.views import APIView

LIMITED = Counter("rate_limited_total", "Requests refused for there were too many", ["limit"])
OPEN = Counter("rate_limit_open_total", "Requests let in uncounted, for Redis did not answer")
log = structlog.get_logger(__name__)

_ADMIT = """
local cost, answer = tonumber(ARGV[1]), {1}
for i, key in ipairs(KEYS) do
    local used = tonumber(redis.call('GET', key) or '0')
    if used > 0 and used + cost > tonumber(ARGV[2 * i]) then answer[1] = 0 end
    answer[2 * i] = used
end
for i, key in ipairs(KEYS) do
    if answer[1] == 1 then
        answer[2 * i] = redis.call('INCRBY', key, cost)
        if answer[2 * i] == cost then redis.call('PEXPIRE', key, ARGV[2 * i + 1]) end
    end
    answer[2 * i + 1] = redis.call('PTTL', key)
end
return answer
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many units in a window that begins with the first of them."""

    name: str
    units: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request is let in, what is left of the tightest limit, when it begins anew."""

    limit: Limit
    is_admitted: bool
    left: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """Return RateLimit and RateLimit-Policy."""
        limit = self.limit
        return {
            "RateLimit-Policy": f'"{limit.name}";q={limit.units};w={limit.seconds}',
            "RateLimit": f'"{limit.name}";r={self.left};t={self.reset_seconds}',
        }


def admit(buckets: Sequence[tuple[Limit, str]], *, cost: int = 1) -> Verdict | None:
    """Charge every bucket (a limit and whose it is), or none if one is full; None: not counted.

    One call of Redis. A request that costs more than a whole limit is let into an empty bucket.
    """
    keys = [cache.make_key(f"limit:{limit.name}:{owner}") for limit, owner in buckets]
    arguments = [cost]
    for limit, _ in buckets:
        arguments += [limit.units, limit.seconds * 1000]
    try:
        admitted, *found = run_script(_ADMIT, keys, arguments)
    except RedisError as error:
        OPEN.inc()
        log.warning("rate_limit_open", error=type(error).__name__)
        return None
    left = [limit.units - used for (limit, _), used in zip(buckets, found[::2], strict=True)]
    tightest = min(range(len(buckets)), key=left.__getitem__)
    verdict = Verdict(
        buckets[tightest][0],
        bool(admitted),
        max(left[tightest], 0),
        max(math.ceil(found[2 * tightest + 1] / 1000), 0),
    )
    if not verdict.is_admitted:
        LIMITED.labels(verdict.limit.name).inc()
    return verdict


def address_of(request: HttpRequest | Request) -> str:
    """Return whose address to count under: the last one a proxy of ours vouches for.

    What a client writes into X-Forwarded-For is not read: NUM_PROXIES entries from its end are. Of
    IPv6 the network counts, for every customer owns one.
    """
    address = str(BaseThrottle().get_ident(request))  # type: ignore[arg-type]  # reads META only
    if ":" not in address:
        return address
    try:
        network = ip_network((IPv6Address(address), 64), strict=False)
    except ValueError:
        return address
    return str(network.network_address)


def learner_limit() -> Limit:
    """Return what one learner may ask for."""
    return Limit("learner", settings.RATE_LIMIT_LEARNER, 60)


def address_limit() -> Limit:
    """Return what one address may ask for: many learners of a school stand behind it."""
    return Limit("address", settings.RATE_LIMIT_ADDRESS, 60)


class Limits(BaseThrottle):
    """Every view's limits; a view may set ``cost``, what one request of it counts for."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request; the answer's headers tell what is left."""
        buckets = [(address_limit(), address_of(request))]
        if request.user.pk is not None:
            buckets.append((learner_limit(), str(request.user.pk)))
        verdict = admit(buckets, cost=getattr(view, "cost", 1))
        if verdict is None:
            return True
        self._wait = verdict.reset_seconds
        view.headers.update(verdict.headers)
        return verdict.is_admitted

    def wait(self) -> float:
        """Return how many seconds a refused caller shall wait."""
        return self._wait
