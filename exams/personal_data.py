"""What becomes of a learner's exams and level tests with the account."""

from config.operations.personal_data import Fate, register


def say() -> None:
    """Register each model; for ``AppConfig.ready``."""
    register(
        Fate.RESTORED,
        "exams.ExamPlan", "exams.Exam", "exams.Question", "exams.Attempt", "exams.Answer",
        "exams.Grading", "exams.Appeal", "exams.LevelTest", "exams.LevelAnswer",
    )  # fmt: skip
    register(Fate.TOLD, "exams.ExamShare", others=["group__teacher_id"])
    register(Fate.NOBODYS, "exams.LevelItem", shared="code")
