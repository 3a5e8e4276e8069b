"""Write the metadata-only wheel ``opencv-contrib-python`` 4.10.0.84+headless into a folder.

paddlex looks up the distribution metadata of ``opencv-contrib-python`` at run time, and that wheel
needs libGL. This one holds no code: it only requires ``opencv-contrib-python-headless``, which
provides the same ``cv2``.

    python deploy/wheels/make_opencv_wheel.py [FOLDER]
"""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

NAME = "opencv_contrib_python"
VERSION = "4.10.0.84+headless"
INFO = f"{NAME}-{VERSION}.dist-info"
MEMBERS = {
    f"{INFO}/METADATA": (
        "Metadata-Version: 2.1\n"
        "Name: opencv-contrib-python\n"
        f"Version: {VERSION}\n"
        "Summary: Metadata only: stands for opencv-contrib-python-headless\n"
        "Requires-Dist: opencv-contrib-python-headless==4.10.0.84\n"
    ),
    f"{INFO}/WHEEL": (
        "Wheel-Version: 1.0\nGenerator: resee\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    ),
}


def _record(members: dict[str, str]) -> str:
    rows = []
    for path, text in members.items():
        digest = (
            base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        )
        rows.append(f"{path},sha256={digest},{len(text.encode())}")
    return "\n".join([*rows, f"{INFO}/RECORD,,"]) + "\n"


def write_wheel(folder: Path) -> Path:
    """Write the wheel into ``folder`` and return its path; the same bytes every time."""
    path = folder / f"{NAME}-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, text in {**MEMBERS, f"{INFO}/RECORD": _record(MEMBERS)}.items():
            wheel.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)
    return path


if __name__ == "__main__":
    sys.stdout.write(
        f"{write_wheel(Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent))}\n"
    )
