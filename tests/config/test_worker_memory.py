"""A worker that decodes what people send may take so much memory and no more."""

import subprocess
import sys

import pytest

CODE = """
import resource
from config.celery import app, limit_memory
app.amqp.queues.select({queues!r})
limit_memory()
print(resource.getrlimit(resource.RLIMIT_AS)[0])
try:
    bytearray(3001 * 1024**2)
except MemoryError:
    print("refused")
"""


@pytest.mark.parametrize(
    ("queues", "said"),
    [
        (["ocr"], [str(3000 * 1024**2), "refused"]),
        (["ai"], ["-1"]),  # a model's file is mapped as a whole
        (["ocr", "storage"], ["-1"]),
    ],
)
def test_a_process_is_bounded_if_all_it_serves_is(queues: list[str], said: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(queues=queues)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == said
