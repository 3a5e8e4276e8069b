"""The product as learners meet it: an address, and a way to become one of them.

The fixture ``product`` says which: by default one in the tests' own process, in tests/topology the
whole deployment behind nginx. A flow asks it for nothing but HTTP and a WebSocket.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from resee_client import Resee

from tests.chat.live import LiveServer
from tests.llm_server import Behaviour

PASSWORD = "a page a day, every day"
GLOSSES = {"emerge": "나타나다", "hesitate": "망설이다", "stubborn": "고집 센"}
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Product:
    """Where it answers, the language model that it asks, and ``sign_up``: a name to an address."""

    url: str
    live: LiveServer
    model: Behaviour
    sign_up: Callable[[str], str]

    @contextmanager
    def learner(self, name: str) -> Iterator[Resee]:
        """Sign a new learner up and log in."""
        with Resee(self.url, timeout=SECONDS) as api:
            api.log_in(self.sign_up(name), PASSWORD)
            yield api


def token_of(api: Resee) -> str:
    """Return the access token that a client sends."""
    return str(api._http.headers["Authorization"]).removeprefix("Bearer ")


def write_glosses(path: Path) -> None:
    """Write an operator's own dictionary, for where there is no other."""
    rows = [{"word": word, "language": "ko", "gloss": gloss} for word, gloss in GLOSSES.items()]
    path.write_text("\n".join(json.dumps(row) for row in rows))
