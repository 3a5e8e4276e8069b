"""What is measured where events leave and are handled. Labels are bounded by the code."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge

PUBLISHED = Counter("events_published_total", "Events sent to the stream", ["type"])
HANDLED = Counter(
    "events_handled_total",
    "What handlers did with events: handled, repeated, failed, dead",
    ["handler", "outcome"],
)
STREAM_LENGTH = Gauge(
    "events_stream_entries", "Entries some group still needs", multiprocess_mode="mostrecent"
)


def count_published(types: Iterable[str]) -> None:
    """Count what the relay has sent."""
    for name in types:
        PUBLISHED.labels(name).inc()
