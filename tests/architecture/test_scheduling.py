"""Tests that share what takes long to start run on one worker."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all tests")
@pytest.mark.xdist_group("scheduling")
def test_a_group_stands_where_the_scheduler_reads_it(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@scheduling")
