"""PostgreSQL and Valkey for the tests: started once by the first pytest process.

Loaded with ``-p`` before Django reads its settings; the other workers inherit RESEE_HOME and so
find the sockets.
"""

import contextlib
import os

import pytest

from config.embedded.servers import temporary_servers

_OWNED = "RESEE_TEST_SERVERS"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Start both servers, unless another process of this run has."""
    if _OWNED in os.environ or early_config.known_args_namespace.collectonly:
        return
    os.environ[_OWNED] = "1"
    stack = contextlib.ExitStack()
    stack.enter_context(temporary_servers(is_durable=False))
    early_config.add_cleanup(stack.close)
