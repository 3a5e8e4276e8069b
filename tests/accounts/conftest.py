"""Mails are written when they are asked for; what waits for a worker is tested in test_emails."""

from collections.abc import Iterator

import pytest

from accounts import token_cache
from config.celery import app


@pytest.fixture(autouse=True)
def _mails_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(token_cache, "_asleep_until", 0.0)
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)
