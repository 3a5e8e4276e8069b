"""What is measured of conversations. Labels are bounded."""

from prometheus_client import Counter, Gauge, Histogram

REPLIES = Counter("chat_replies_total", "Replies by how they ended", ["intent", "state", "source"])
FIRST_CHUNK_SECONDS = Histogram(
    "chat_first_chunk_seconds",
    "From a learner's message to the first chunk of its reply, stored",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60),
)
CHUNKS = Counter("chat_chunks_total", "Chunks of replies stored")
LISTENERS = Gauge(
    "chat_listeners", "Connections that are open now", ["kind"], multiprocess_mode="livesum"
)
REFUSED = Counter("chat_refused_total", "Connections refused or closed by us", ["reason"])
LEVEL_SHARE = Histogram(
    "chat_level_share",
    "Share of a reply's words at or below the learner's level",
    ["level"],
    buckets=(0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0),
)
