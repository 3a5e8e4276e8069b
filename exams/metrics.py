"""What is counted of level tests and exams."""

from prometheus_client import Counter, Histogram

TESTS = Counter("level_tests_total", "Level tests by what became of them", ["outcome"])
ITEMS = Histogram(
    "level_test_items", "Answers of a finished level test", buckets=(8, 12, 16, 20, 24, 28)
)
ESTIMATED = Counter("level_items_estimated_total", "Difficulties estimated anew from answers")
EXAM_ITEMS = Counter("exam_items_total", "Questions made for exams", ["source", "kind"])
EXAM_REJECTS = Counter(
    "exam_items_rejected_total", "Questions not asked, by what was wrong", ["source", "reason"]
)
ATTEMPTS = Counter("exam_attempts_total", "Attempts at exams that ended")
GRADINGS = Counter("exam_gradings_total", "Answers graded", ["grader", "verdict"])
WITHDRAWN = Counter("exam_questions_withdrawn_total", "Questions reported and withdrawn")
APPEALS = Counter("exam_appeals_total", "Appeals against a verdict", ["state"])
