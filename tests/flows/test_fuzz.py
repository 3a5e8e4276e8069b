"""Whatever a client sends, it is answered as the schema says, and never by a fault of ours."""

from typing import Any

import pytest

from accounts.models import User
from config.settings import variables
from tests.fuzz.run import run

CALLS = 10_000 if variables.text("PROOF") else 300


@pytest.mark.timeout(3600)
@pytest.mark.asvs("2.1.1", "openapi.yaml tells type, length and range of every field")
@pytest.mark.asvs("2.2.1", "generated calls, good and bad, are answered as the schema says")
@pytest.mark.asvs("4.1.1", "the Content-Type of every answer is the one of the schema")
def test_generated_requests_are_answered_as_described(alice: User, settings: Any) -> None:
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]
    found = run(alice, CALLS, seed=7)
    assert found.faults == 0, found.problems
    assert found.problems == []
    assert found.calls >= CALLS
    assert found.operations > 90
    assert found.sign_in_calls > CALLS / 5
    assert found.statuses[200] > CALLS / 20
    assert found.statuses[429] == 0
