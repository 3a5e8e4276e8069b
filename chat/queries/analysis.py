"""A full look at what a learner has said: figures and facts, no sentence of theirs."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypedDict

from accounts.queries.learners import Learner
from chat.models import Analysis, Fact, Message
from chat.queries.facts import level_of
from config.ai.cefr import LEVELS, word_level
from config.ai.cefr_lexical import words_of

MESSAGES_MAX = 1000


class ShownAnalysis(TypedDict):
    """An analysis, in the form of AnalysisSerializer."""

    id: Any
    message_count: int
    created_at: Any
    report: dict[str, Any]


def report(learner: Learner) -> dict[str, Any]:
    """Return levels by week, how varied the words are, mistakes and what is remembered."""
    rows = Message.objects.filter(user_id=learner.id, role=Message.Role.LEARNER)
    found = list(rows.order_by("-id").values_list("created_at", "level", "text")[:MESSAGES_MAX])
    words = Counter(word.lower() for _, _, text in found for word in words_of(text))
    levels = Counter(level for word in words if (level := word_level(word)))
    facts = Fact.objects.filter(user_id=learner.id).order_by("kind", "-count")
    return {
        "level": level_of(learner),
        "message_count": len(found),
        "word_count": words.total(),
        "different_words": len(words),
        "words_by_level": {level: levels[level] for level in LEVELS},
        "levels": {level: sum(each == level for _, each, _ in found) for level in LEVELS},
        "weeks": _weeks([(at.date(), level) for at, level, _ in found if level]),
        "mistakes": [
            {"kind": fact.subject, "count": fact.count}
            for fact in facts
            if fact.kind == Fact.Kind.MISTAKE
        ],
    }


def shown_analysis(analysis: Analysis) -> ShownAnalysis:
    """Return an analysis as its learner sees it."""
    return {
        "id": analysis.public_id,
        "message_count": analysis.message_count,
        "created_at": analysis.created_at,
        "report": analysis.report,
    }


def trend_plot(weeks: Sequence[dict[str, Any]]) -> str:
    """Return the mean level by week as SVG: a line on the six levels."""
    width, height, left, bottom = 640, 260, 48, 30
    tall = (height - bottom - 16) / len(LEVELS)
    wide = (width - left - 20) / max(len(weeks) - 1, 1)

    def y_of(value: float) -> float:
        return height - bottom - (value + 0.5) * tall

    lines = [
        f'<text x="{left - 10}" y="{y_of(number) + 4:.1f}" text-anchor="end">{level}</text>'
        f'<line x1="{left}" x2="{width - 20}" y1="{y_of(number):.1f}" y2="{y_of(number):.1f}" '
        'stroke="#cbd5e1"/>'
        for number, level in enumerate(LEVELS)
    ]
    points = [(left + number * wide, y_of(week["mean"])) for number, week in enumerate(weeks)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in points]
    ends = [
        f'<text x="{points[number][0]:.1f}" y="{height - 8}" text-anchor="middle">'
        f"{weeks[number]['week']}</text>"
        for number in ({0, len(weeks) - 1} if weeks else ())
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" font-family="sans-serif" font-size="12" fill="#334155">'
        "<title>Level of your messages by week</title>"
        f'<rect width="{width}" height="{height}" fill="white"/>{"".join(lines)}'
        f'<polyline points="{line}" fill="none" stroke="#334155" stroke-width="1.5"/>'
        f"{''.join(dots)}{''.join(ends)}</svg>"
    )


def _weeks(said: Sequence[tuple[Any, str]]) -> list[dict[str, Any]]:
    """Return by week, the oldest first, how many messages were graded and their mean level."""
    by_week: dict[str, list[int]] = {}
    for on, level in said:
        year, week, _ = on.isocalendar()
        by_week.setdefault(f"{year}-W{week:02}", []).append(LEVELS.index(level))
    return [
        {"week": week, "message_count": len(found), "mean": round(sum(found) / len(found), 2)}
        for week, found in sorted(by_week.items())
    ]
