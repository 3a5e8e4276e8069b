"""The topology, started once with each broker, as the product that flows go through."""

from collections.abc import Iterator
from typing import Any

import pytest

from config.settings import variables
from tests.chat.live import LiveServer
from tests.flows.product import PASSWORD, Product, write_glosses
from tests.llm_server import Behaviour, fault_server
from tests.topology.stage import Stage, Visitor, lacking, running_topology

MARKS = [
    pytest.mark.slow,
    pytest.mark.xdist_group("topology"),
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not variables.text("PROOF"), reason="the topology runs with PROOF=1"),
]


@pytest.fixture(scope="session")
def talking() -> Iterator[Behaviour]:
    """The language model that the topology asks."""
    with fault_server() as behaviour:
        yield behaviour


@pytest.fixture(scope="session", params=["redis", "rabbitmq"])
def stage(
    request: Any, talking: Behaviour, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The topology on one of the brokers."""
    if reason := lacking(request.param):
        pytest.skip(reason)
    glosses = tmp_path_factory.mktemp("operator") / "glosses.jsonl"
    write_glosses(glosses)
    own = {"LLM_BASE_URL": talking.url, "LLM_MODEL": "talking", "DICTIONARY_GLOSSES": str(glosses)}
    with running_topology("--broker", request.param, **own) as found:
        yield found


@pytest.fixture(scope="session")
def mina(stage: Stage) -> Visitor:
    """A learner."""
    return stage.sign_up("mina")


@pytest.fixture
def product(stage: Stage, talking: Behaviour) -> Iterator[Product]:
    """What answers at nginx."""
    words = talking.words
    live = LiveServer(stage.port)
    yield Product(stage.url, live, talking, lambda name: stage.sign_up(name, PASSWORD).email)
    talking.words, talking.seconds, talking.say = words, 0.0, None
