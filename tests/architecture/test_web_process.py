"""The web process stays small: no model library is loaded by it."""

import subprocess
import sys

_PROGRAM = """
import sys
import config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
config.wsgi.application
import config.ai.gateway
heavy = {"torch", "transformers", "paddleocr", "paddlex", "onnxruntime", "xllamacpp", "cv2"}
heavy |= {"langchain", "langchain_core", "openai", "pydantic"}
print(" ".join(sorted(heavy & {name.partition(".")[0] for name in sys.modules})))
"""


def _loaded(program: str) -> str:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_web_process_loads_no_model_library() -> None:
    assert _loaded(_PROGRAM) == ""


def test_a_planted_import_is_seen() -> None:
    assert _loaded("import onnxruntime" + _PROGRAM) == "onnxruntime"
