"""Which tests come first, and which stay together on one worker.

Tests that start real processes come first: else one worker is left with one while the other idles.
pytest-xdist 3.8 writes a test's group behind its id, to where pytest 9.2 has no longer an id; its
groups do nothing there, and nothing says so.
"""

import pytest
from _pytest.nodeid import NodeId


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort, and on a worker write each group to where the scheduler reads it."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        mark = item.get_closest_marker("xdist_group")
        if mark and not item.nodeid.endswith(suffix := f"@{mark.args[0]}"):
            item._id = NodeId.parse(item.nodeid + suffix)
