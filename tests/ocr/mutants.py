"""Reads mutated files in a process of its own: ``python -m tests.ocr.mutants COUNT SEED``.

It may use little memory, and each file little time. The last line says what became of the files;
without one the process has crashed.
"""

import json
import random
import resource
import signal
import sys
import warnings
from collections import Counter

from config.errors import Invalid
from ocr import pages
from tests.ocr import images, pdfs

MEMORY_MAX = 3 * 1024**3  # bytes of address space, libraries included
SECONDS_MAX = 10  # a file


def sound_files() -> list[bytes]:
    """One file of each accepted type, the PDF in both kinds."""
    picture = images.noise((64, 48))
    kinds = [images.encoded(picture, kind) for kind in ("JPEG", "PNG", "WEBP", "TIFF")]
    return [*kinds, pdfs.text_pdf(["A line of text", "and one more"]), pdfs.scanned_pdf(picture)]


def mutated(sound: bytes, chance: random.Random) -> bytes:
    """Change some bytes; cut, double or move a piece of the file now and then."""
    data = bytearray(sound)
    for _ in range(chance.randrange(1, 12)):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    first, last = sorted(chance.sample(range(4, len(data)), 2))
    what = chance.randrange(6)
    if what == 0:
        del data[first:last]
    elif what == 1:
        data[first:first] = data[first:last]
    elif what == 2:
        del data[last:]
    return bytes(data)


def outcome(data: bytes) -> str:
    """Return "read" or the code of the refusal."""
    try:
        for number in range(1, pages.check(data).page_count + 1):
            pages.text_lines(data, page=number)
            assert pages.decode(data, page=number).ndim == 3
    except Invalid as error:
        return error.code
    return "read"


def main(count: int, seed: int) -> None:
    """Print how often each outcome was seen."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    warnings.simplefilter("ignore")
    chance = random.Random(seed)
    sound = sound_files()
    outcomes: Counter[str] = Counter()
    for number in range(count):
        signal.alarm(SECONDS_MAX)  # ends the process: a file took too long
        outcomes[outcome(mutated(sound[number % len(sound)], chance))] += 1
    sys.stdout.write(json.dumps(outcomes) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
