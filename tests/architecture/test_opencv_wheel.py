"""The metadata-only wheel in deploy/wheels is what its script writes."""

import runpy
from pathlib import Path

WHEELS = Path(__file__).parents[2] / "deploy" / "wheels"


def test_the_committed_wheel_is_what_the_script_writes(tmp_path: Path) -> None:
    write_wheel = runpy.run_path(str(WHEELS / "make_opencv_wheel.py"))["write_wheel"]
    written = write_wheel(tmp_path)
    assert (WHEELS / written.name).read_bytes() == written.read_bytes()
