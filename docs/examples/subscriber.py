"""How another service listens to Resee's events: needs redis-py and the address, nothing else.

    REDIS_URL=redis://127.0.0.1:6379/0 python subscriber.py my-service [--until-idle]

Every event comes at least once, also those sent while this was away. A service that must not act
twice keeps the ids it has acted on together with what it did.
"""

import json
import os
import sys
from typing import Any

from redis import Redis, ResponseError

STREAM = "events"


def main(group: str, *, until_idle: bool) -> None:
    """Print each event as a line of JSON, then acknowledge it."""
    redis = Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)
    try:
        redis.xgroup_create(STREAM, group, id="0", mkstream=True)
    except ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):  # that it exists: go on where it stood
            raise
    position = "0"  # first what was delivered before and not acknowledged, then what is new
    while True:
        found: Any = redis.xreadgroup(group, "one", {STREAM: position}, count=100, block=1000)
        entries = found[0][1] if found else []
        if not entries and position == "0":
            position = ">"
        elif not entries and until_idle:
            return
        for entry_id, entry in entries:
            print(json.dumps(json.loads(entry["event"])), flush=True)
            redis.xack(STREAM, group, entry_id)


if __name__ == "__main__":
    main(sys.argv[1], until_idle="--until-idle" in sys.argv)
