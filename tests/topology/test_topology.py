"""The whole deployment without Docker: the main job, the live process and restarts, through nginx.

It takes minutes to start, so these tests run with PROOF=1 alone, where Debian's servers are there.
"""

import json
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from websockets.sync.client import connect

from config.demo.client import PREFIX
from config.demo.page import textbook_page
from tests.topology.conftest import MARKS
from tests.topology.rolling import figures
from tests.topology.stage import Stage, Visitor, wait_for

pytestmark = MARKS


@pytest.fixture
def http(stage: Stage, mina: Visitor) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {mina.token}"}
    with httpx.Client(base_url=stage.url, headers=headers, trust_env=False, timeout=60) as client:
        yield client


def test_the_main_job_from_photo_to_statistics(stage: Stage) -> None:
    done = stage.manage("demo", "--seed", "7")  # as the learner that the start has made
    assert done.returncode == 0, done.stderr
    assert "Dashboard" in done.stdout
    ((answers,),) = stage.sql(
        "SELECT count(*) FROM review_reviewhistory JOIN accounts_user ON accounts_user.id = user_id"
        " WHERE email = 'demo@resee.local'"
    )
    assert answers >= 3


def test_a_reply_comes_by_websocket_and_as_unbuffered_events(
    stage: Stage, mina: Visitor, http: httpx.Client
) -> None:
    conversation = http.post(f"{PREFIX}/conversations/").json()["id"]
    headers = {"Authorization": f"Bearer {mina.token}"}
    address = f"{stage.url.replace('http', 'ws')}/live/v1/"
    with connect(address, proxy=None, additional_headers=headers, open_timeout=60) as socket:
        socket.send(json.dumps({"type": "follow", "conversation": conversation, "after": 0}))
        said = {"text": "What is a verb?", "id": str(uuid4())}
        path = f"{PREFIX}/conversations/{conversation}/messages/"
        assert http.post(path, json=said).status_code == 202
        kinds: list[str] = []
        while "end" not in kinds:
            kinds.append(json.loads(socket.recv(timeout=60))["type"])
    path = f"/live/v1/conversations/{conversation}/events/"
    with http.stream("GET", path, params={"after": 0}) as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in events.headers
        lines = events.iter_lines()
        assert any(line == "event: end" for line in lines)  # the answer itself goes on


def test_a_scan_tells_of_itself_while_it_is_read(http: httpx.Client) -> None:
    page = textbook_page(seed=7).image_bytes
    scan = http.post(f"{PREFIX}/scans/", files={"file": ("page.jpg", page)}).json()["id"]
    path = f"{PREFIX}/scans/{scan}/events/"
    with http.stream("GET", path, headers={"Accept": "text/event-stream"}) as events:
        assert events.status_code == 200
        assert next(iter(events.iter_lines()))

    def ended() -> bool:
        return bool(http.get(f"{PREFIX}/scans/{scan}/").json()["state"] == "succeeded")

    wait_for(ended)
    assert http.get(f"{PREFIX}/scans/{scan}/original/").content == page  # from the object store


def test_static_files_are_kept_and_packed_by_the_proxy(http: httpx.Client) -> None:
    css = "/static/unfold/css/styles.css"
    http.get(css)
    answer = http.get(css)
    assert answer.headers["x-cache"] == "HIT"
    assert answer.headers["content-encoding"] == "gzip"
    assert http.get("/api/schema/").headers["content-encoding"] == "gzip"


def test_what_is_for_operators_stays_inside(http: httpx.Client, stage: Stage) -> None:
    assert [http.get(path).status_code for path in ("/metrics", "/readyz")] == [404, 404]
    web = f"http://127.0.0.1:{stage.port + 1}"
    for path in ("/metrics", "/healthz"):
        inside = httpx.get(web + path, headers={"Host": "10.42.0.7:8000"}, trust_env=False)
        assert inside.status_code == 200, path


def test_everything_is_restarted_and_nobody_notices(stage: Stage) -> None:
    visitors = [stage.sign_up(f"learner{number}") for number in range(4)]
    found = figures(stage, visitors)
    told = json.dumps(found)
    assert (found["lost"], found["doubled"], found["jobs_failed"]) == (0, 0, 0), told
    assert (found["frames_lost"], found["frames_doubled"]) == (0, 0), told
    assert found["requests_failed"] == 0, told
    assert min(found["reviews"], found["pages"], found["messages"], found["frames"]) > 0, told
