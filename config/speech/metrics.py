"""What is counted of speech."""

from prometheus_client import Histogram

SPEECH_SECONDS = Histogram(
    "speech_seconds", "Time to read one text aloud", buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 30)
)
