"""What is stored: the item bank and level tests; exams and attempts at them."""

from exams.models.attempts import Answer, Appeal, Attempt, Grading
from exams.models.exams import Exam, ExamPlan, Question
from exams.models.level_tests import LevelAnswer, LevelItem, LevelTest
from exams.models.shares import ExamShare

__all__ = [
    "Answer",
    "Appeal",
    "Attempt",
    "Exam",
    "ExamPlan",
    "ExamShare",
    "Grading",
    "LevelAnswer",
    "LevelItem",
    "LevelTest",
    "Question",
]
