"""What is measured of models and other remotes. Labels are bounded."""

from collections.abc import Iterator

import structlog
from prometheus_client import Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis import RedisError

from config.ai import breaker

SECONDS = Histogram(
    "llm_seconds",
    "Time of one try at a provider, by its outcome",
    ["task", "model", "outcome"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60),
)
FIRST_TOKEN_SECONDS = Histogram(
    "llm_first_token_seconds",
    "Time until a stream's first token",
    ["task", "model"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30),
)
TOKENS = Counter("llm_tokens_total", "Tokens read and written", ["model", "direction"])
COST = Counter("llm_cost_dollars_total", "What answers cost, by LLM_PRICES", ["model"])
ANSWERS = Counter("llm_answers_total", "Answers by where they came from", ["task", "source"])
REFUSED = Counter("llm_refused_total", "Calls refused before a provider was asked", ["reason"])

log = structlog.get_logger(__name__)


class BreakerStates(Collector):
    """Read when Prometheus asks, so that it does not matter which process is asked."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one gauge; without Redis it is empty."""
        gauge = GaugeMetricFamily(
            "breaker_state", "0 closed, 1 one caller may try, 2 open", labels=["breaker"]
        )
        try:
            for name, state in breaker.states().items():
                gauge.add_metric([name], breaker.STATES.index(state))
        except RedisError as error:
            log.warning("breaker_states_unknown", error=type(error).__name__)
        yield gauge
