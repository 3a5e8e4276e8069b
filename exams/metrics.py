"""What is counted where levels are measured."""

from prometheus_client import Counter, Histogram

TESTS = Counter("level_tests_total", "Level tests by what became of them", ["outcome"])
ITEMS = Histogram(
    "level_test_items", "Answers of a finished level test", buckets=(8, 12, 16, 20, 24, 28)
)
ESTIMATED = Counter("level_items_estimated_total", "Difficulties estimated anew from answers")
