"""Korean lines need a program or a model that cannot be shipped: the one command that adds it."""

import contextlib
import json
import urllib.request

COMMAND = "sudo apt-get install -y tesseract-ocr tesseract-ocr-kor"


def advice(model_server: str) -> str:
    """Return what a person can do so that Korean is read; empty when it is, or nobody answers.

    ``model_server`` is the URL of the server that is asked.
    """
    with (
        contextlib.suppress(OSError, ValueError),
        urllib.request.urlopen(f"{model_server}/health", timeout=2) as answer,  # noqa: S310  ours
    ):
        if json.load(answer).get("korean") is False:
            return f"is not read here yet; this adds it:  {COMMAND}"
    return ""
