"""Reads and marks a stranger's file in a process of its own, bounded in memory and time, so that no file can harm the hub.

The process is our interpreter with our modules; it gets one request and gives one answer, both plain bytes: nothing that
could run here comes back from it. At most two of them live at once.
"""

import logging
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any, Final

import orjson

from schema.errors import Problem, RequestError
from sync.workbooks.kinds import damaged, kind_of, too_large

_log = logging.getLogger("dexhub.workbooks")
MOST_MEMORY: Final = 768 << 20  # bytes of address space
MOST_SECONDS: Final = 30
_OUT_OF_MEMORY: Final = 3  # how the process ends when it was refused memory
_TWO_AT_ONCE: Final = threading.BoundedSemaphore(2)


def confined(task: str, body: bytes, arguments: Mapping[str, Any] | None = None) -> bytes:
    """What `task` ("read" or "mark", see `main`) makes of a file; RequestError with what is wrong with it."""
    kind_of(body)  # what no process is worth starting for
    request = orjson.dumps({"task": task, **(arguments or {})}) + b"\n" + body
    command = [sys.executable, "-P", "-c", f"from {__name__} import main; main()"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        with _TWO_AT_ONCE:
            ran = subprocess.run(  # noqa: S603  our own interpreter and our own words
                command, input=request, capture_output=True, timeout=MOST_SECONDS, env=environment, check=False
            )
    except subprocess.TimeoutExpired:
        raise _too_costly() from None
    if ran.returncode < 0 or ran.returncode == _OUT_OF_MEMORY:
        raise _too_costly()
    head, _, answer = ran.stdout.partition(b"\n")
    if ran.returncode or not head:
        _log.error("a file could not be read: %s", ran.stderr.decode("utf-8", "replace")[-2000:])
        raise damaged()
    told = orjson.loads(head)
    if told["problems"]:
        raise RequestError([Problem(**each) for each in told["problems"]], status=told["status"])
    return answer


def _too_costly() -> RequestError:
    return too_large("读取该文件所需内存或时间超过限度", "reading it takes more memory or time than allowed")


def main() -> None:
    """The process itself."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # openpyxl would load numpy where it is installed, which takes ten times the memory of its own.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    head, _, body = sys.stdin.buffer.read().partition(b"\n")
    try:
        answer, told = _answer(orjson.loads(head), body), {"problems": [], "status": 200}
    except RequestError as error:
        answer, told = b"", {"problems": [each.as_dict() for each in error.problems], "status": error.status}
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    sys.stdout.buffer.write(orjson.dumps(told) + b"\n" + answer)


def _answer(request: Mapping[str, Any], body: bytes) -> bytes:
    from sync.workbooks import marking, reading  # noqa: PLC0415  once memory is bounded and numpy left out
    from sync.workbooks.findings import Mark  # noqa: PLC0415  as above
    from sync.workbooks.grids import open_book  # noqa: PLC0415  as above

    book = open_book(kind_of(body), body)
    if request["task"] == "mark":
        return marking.mark_book(book, [Mark.of(each) for each in request["marks"]])
    return orjson.dumps(reading.read(book))
