"""What is measured where facts become read models; the age is ``time()`` less a timestamp."""

from prometheus_client import Gauge, Histogram

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
FOLD_SECONDS = Histogram("read_models_fold_seconds", "Time of one fold", buckets=_BUCKETS)
REFRESH_SECONDS = Histogram("read_models_refresh_seconds", "Time of one refresh", buckets=_BUCKETS)
FOLDED_AT = Gauge(
    "read_models_folded_timestamp_seconds",
    "When the rollups were last brought up to date",
    multiprocess_mode="mostrecent",
)
REFRESHED_AT = Gauge(
    "read_models_refreshed_timestamp_seconds",
    "When the materialized view was last published",
    multiprocess_mode="mostrecent",
)
FACTS_FOLDED = Gauge(
    "read_models_last_fold_facts", "Facts of the last fold", multiprocess_mode="mostrecent"
)
TAIL_FACTS = Gauge(
    "read_models_tail_facts", "Facts that no rollup holds yet", multiprocess_mode="mostrecent"
)
