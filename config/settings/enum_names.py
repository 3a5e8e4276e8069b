"""What the schema calls choices, where a field's name does not tell one set from another."""

from typing import Any

ENUM_NAMES: dict[str, Any] = {
    "LevelEnum": ["A1", "A2", "B1", "B2", "C1", "C2"],
    "LevelItemKindEnum": ["vocabulary", "grammar", "reading"],
    "LevelTestStateEnum": ["open", "finished", "unfinished"],
    "OptionKeyEnum": ["a", "b", "c", "d"],
    "StateEnum": "config.jobs.models.Job.State",
    "StageEnum": ["new", "learning", "review", "relearning"],
    "ContentStageEnum": ["draft", "new", "learning", "review", "relearning"],
    "AppealStateEnum": ["open", "accepted", "rejected"],
    "AttemptStateEnum": ["open", "finished"],
    "ExamOptionKeyEnum": ["a", "b", "c", "d", "e", "f"],
    "QuestionKindEnum": ["cloze", "multiple_choice", "matching", "typing", "open", "listening"],
}
