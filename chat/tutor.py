"""The tutor as a graph of LangGraph: a supervisor, and the parts that answer.

The graph's state holds ids only; it is kept in Redis by conversation, so that the next turn, in
whichever process, knows which cards were asked. Without Redis a turn begins from nothing.
"""

import operator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypedDict
from uuid import UUID

import orjson
import structlog
from django.conf import settings
from django.utils import timezone
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime
from langgraph_checkpoint_plainredis import RedisSaver
from redis import RedisError

from accounts.queries.learners import Learner, learner
from chat import parts, prompts, routing
from chat.commands.replies import Ending
from chat.pen import Pen
from config.ai import gateway
from config.errors import Exhausted, Unavailable
from config.settings.base import redis_url

KEPT_SECONDS = 30 * 86_400
PREFIX = "tutor"
ASKED_MAX = 40
log = structlog.get_logger(__name__)


def _last(before: list[str], new: list[str]) -> list[str]:
    return (before + new)[-ASKED_MAX:]


class State(TypedDict, total=False):
    """What is kept from turn to turn: ids, names of parts and numbers, no text."""

    reply: str
    part: str
    turns: Annotated[int, operator.add]
    asked: Annotated[list[str], _last]


@dataclass(slots=True)
class Turn:
    """One turn as it is worked on; it is not kept."""

    pen: Pen
    learner: Learner
    ending: Ending | None = None


def answer(pen: Pen) -> Ending:
    """Write the reply and return how it ends."""
    turn = Turn(pen, learner(pen.reply.user_id))
    given: State = {"reply": str(pen.reply.public_id), "turns": 1, "asked": []}
    thread = {"configurable": {"thread_id": thread_of(turn)}}
    try:
        _graph(settings.REDIS_URL).invoke(given, thread, context=turn, durability="exit")
    except RedisError as error:
        log.warning("checkpoints_away", error=type(error).__name__)
        if turn.ending is None and not pen.text:
            _plain_graph().invoke(given, context=turn)
    assert turn.ending is not None
    return turn.ending


def thread_of(turn: Turn) -> str:
    """Return under which name the state is kept: the learner's, and the conversation's."""
    return f"{turn.learner.public_id}.{turn.pen.reply.conversation.public_id}"


def forget_threads(learner_id: UUID) -> None:
    """Remove what is kept of a learner's conversations; RedisError."""
    saver = _saver(settings.REDIS_URL)
    found = saver.client.hscan_iter(
        f"{PREFIX}:threads", match=f"{PREFIX}:idx:{learner_id}.*", count=1000
    )
    for thread in {orjson.loads(told)["thread"] for _, told in found}:
        saver.delete_thread(thread)


def _supervise(_state: State, runtime: Runtime[Turn]) -> dict[str, Any]:
    turn = runtime.context
    asked = turn.pen.reply.reply_to
    text = asked.text if asked else ""
    return {"part": routing.route(turn.pen.reply.intent, text) or _opinion(turn, text)}


def _opinion(turn: Turn, text: str) -> str:
    """Return what a model thinks of a message whose words are of two minds; else the tutor."""
    part = routing.doubtful(text)
    if not part:
        return routing.CHAT
    try:
        said = gateway.ask(
            prompts.ROUTE, prompts.route_messages(part, text), learner=turn.learner.public_id
        )
    except (Unavailable, Exhausted):
        return routing.CHAT
    return part if said.text.strip().lower().startswith("yes") else routing.CHAT


def _chat(_state: State, runtime: Runtime[Turn]) -> dict[str, Any]:
    runtime.context.ending = parts.chat(runtime.context.pen, runtime.context.learner)
    return {}


def _correct(_state: State, runtime: Runtime[Turn]) -> dict[str, Any]:
    runtime.context.ending = parts.correct(runtime.context.pen, runtime.context.learner)
    return {}


def _practise(state: State, runtime: Runtime[Turn]) -> dict[str, Any]:
    turn = runtime.context
    turn.ending, asked = parts.practise(
        turn.pen, turn.learner, state.get("asked", []), timezone.now()
    )
    return {"asked": asked}


def _hand_over(state: State, runtime: Runtime[Turn]) -> dict[str, Any]:
    runtime.context.ending = parts.hand_over(runtime.context.pen, state["part"])
    return {}


def _builder() -> StateGraph[State, Turn, State, State]:
    graph = StateGraph(State, context_schema=Turn)
    nodes: dict[str, Any] = {
        routing.CHAT: _chat,
        routing.CORRECTION: _correct,
        routing.VOCABULARY: _practise,
        routing.LEVEL_TEST: _hand_over,
        routing.EXAM: _hand_over,
    }
    supervise: Any = _supervise
    graph.add_node("supervisor", supervise)
    graph.add_edge(START, "supervisor")
    for name, node in nodes.items():
        graph.add_node(name, node)
        graph.add_edge(name, END)
    graph.add_conditional_edges("supervisor", lambda state: state["part"], list(nodes))
    return graph


@cache
def _graph(redis: str) -> Any:
    return _builder().compile(checkpointer=_saver(redis))


@cache
def _saver(redis: str) -> RedisSaver:
    return RedisSaver(
        url=redis_url(redis, "ai"),
        ttl=KEPT_SECONDS,
        prefix=PREFIX,
        socket_timeout=2.0,
        socket_connect_timeout=1.0,
    )


@cache
def _plain_graph() -> Any:
    return _builder().compile()
