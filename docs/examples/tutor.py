"""Talk to the tutor: python docs/examples/tutor.py [conversation], the token in RESEE_TOKEN.

Each line is said; /correct, /words, /level and /exam before it say what is wanted. Words are shown
as they come. A connection that breaks is opened again and goes on after the last number that was
seen: nothing is missed, nothing comes twice.
"""

import asyncio
import json
import os
import sys
import urllib.request
import uuid
from typing import Any

import websockets

API = os.environ.get("RESEE_API", "http://127.0.0.1:8000/api/v1")
LIVE = os.environ.get("RESEE_LIVE", "ws://127.0.0.1:8001/live/v1/")
TOKEN = os.environ["RESEE_TOKEN"]
INTENTS = {
    "/correct": "correction", "/words": "vocabulary", "/level": "level_test", "/exam": "exam",
}  # fmt: skip
seen = {"number": 0}
done = asyncio.Event()


def begin() -> str:
    """Begin a conversation and return its id."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{API}/conversations/", b"{}", headers)  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return str(json.load(answer)["id"])


async def listen(socket: Any) -> None:
    """Show what comes; returns when the connection ends."""
    async for text in socket:
        told = json.loads(text)
        seen["number"] = max(seen["number"], told.get("number", 0))
        match told["type"]:
            case "chunk":
                print(told["text"], end="", flush=True)
            case "place" if told["place"]:
                print(f"(you are number {told['place']} in the queue)", flush=True)
            case "end":
                reply = told["message"]
                note = f"  [{reply['code'] or reply['answered_by']}]" if reply["is_cached"] else ""
                print(note, flush=True)
                done.set()
            case "problem":
                print(told["problem"]["detail"], flush=True)
                done.set()


async def talk(conversation: str) -> None:
    """Say line after line, over as many connections as it takes."""
    waiting: dict[str, Any] | None = None
    async for socket in websockets.connect(LIVE, proxy=None):
        try:
            await send(socket, type="sign_in", token=TOKEN)
            await send(socket, type="follow", conversation=conversation, after=seen["number"])
            listening = asyncio.create_task(listen(socket))
            while True:
                if waiting is None:
                    line = (await asyncio.to_thread(sys.stdin.readline)).strip()
                    if not line:
                        return
                    word, _, rest = line.partition(" ")
                    intent = INTENTS.get(word, "")
                    text = (rest or "please") if intent else line
                    waiting = {"id": str(uuid.uuid4()), "text": text, "intent": intent}
                    done.clear()
                await send(socket, type="say", conversation=conversation, **waiting)
                ended = asyncio.create_task(done.wait())
                await asyncio.wait({ended, listening}, return_when=asyncio.FIRST_COMPLETED)
                if not ended.done():  # the connection broke: say it again, it is taken once
                    ended.cancel()
                    print("(connecting again)", flush=True)
                    break
                waiting = None
        except websockets.ConnectionClosed:
            print("(connecting again)", flush=True)


async def send(socket: Any, **body: Any) -> None:
    """Send one message of JSON."""
    await socket.send(json.dumps(body))


if __name__ == "__main__":
    asyncio.run(talk(sys.argv[1] if len(sys.argv) > 1 else begin()))
