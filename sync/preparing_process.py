"""A process that prepares rows: our side of it, and its own.

It is our interpreter on the other end of a socket, one portion after the other, pickled. So it needs nothing of whoever
started us (multiprocessing would run their main module again), and it ends when we do, however we end: its input closes.

Our side is a task on the loop that stores. Threads would fight with storing for the interpreter and let the process wait;
so enough portions are under way at any time for as long as storing takes, and what is done waits on its own side.
"""

import asyncio
import gc
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from sync.desk import Desk, PreparedPage, Task
    from sync.preparing import Portion, Portions

_READY: Final = b"ready"
_UNDER_WAY: Final = 16  # portions sent and not yet answered; with fewer it waits where several regions store in turn
_BUFFER: Final = 1 << 20  # bytes each way; an answer has some 660,000
_LENGTH: Final = 8  # bytes before each message that tell how long it is


class PreparingProcess:
    """One process, and the task of ours that feeds it from a queue of portions."""

    def __init__(self, desk: "Desk", portions: "Portions") -> None:
        """Starts at once; the first portion is taken when the process stands."""
        self._portions = portions
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own words
                [sys.executable, "-P", "-c", f"from {__name__} import main; main()"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                },  # our modules, wherever found
            )
        self._work = asyncio.create_task(self._feed(desk, ours))

    async def stop(self) -> None:
        """End it, and wait until it has ended. It holds nothing that could be lost."""
        self._process.kill()
        self._work.cancel()
        await asyncio.wait([self._work])
        self._process.wait()

    async def _feed(self, desk: "Desk", ours: socket.socket) -> None:
        answers, tasks = await asyncio.open_unix_connection(sock=ours, limit=_BUFFER)
        sent: deque[Portion] = deque()
        try:
            with suppress(OSError, EOFError):  # it has ended; what it leaves is done by whoever waits for it
                await _send(tasks, desk)
                await _received(answers)  # it stands
                with self._portions.standing():
                    while True:
                        while len(sent) < _UNDER_WAY and (portion := await self._portions.first(wait=not sent)):
                            sent.append(portion)
                            await _send(tasks, portion.task)
                        answer = await _received(answers)
                        sent.popleft().settle(answer)
        finally:
            for portion in sent:
                portion.settle(None)
            tasks.close()


async def _send(stream: asyncio.StreamWriter, content: object) -> None:
    body = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    stream.write(len(body).to_bytes(_LENGTH) + body)
    await stream.drain()


async def _received(stream: asyncio.StreamReader) -> bytes:
    """What was sent, still packed: it is half as large as its objects while it waits to be stored."""
    length = int.from_bytes(await stream.readexactly(_LENGTH))
    return await stream.readexactly(length)


def unpacked(answer: bytes) -> "PreparedPage | None":
    """A page as a process sent it; None where it could not do its task."""
    page: PreparedPage | None = pickle.loads(answer)  # noqa: S301  from our own process
    return page


def main() -> None:
    """The process itself: reads its desk, says that it stands, then does task after task until its input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever gives us work
    # The socket is our standard input, and answers go back the same way.
    with suppress(OSError, EOFError), open(0, "rb", _BUFFER) as tasks, open(0, "wb", _BUFFER, closefd=False) as answers:
        desk: Desk = _read(tasks)
        desk.ready()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        answered: SimpleQueue[bytes] = SimpleQueue()
        Thread(target=_write, args=(answers, answered), daemon=True).start()
        answered.put(pickle.dumps(_READY))
        while True:
            task: Task = _read(tasks)
            try:
                page = desk.done(task)
            except Exception:  # noqa: BLE001  a defect shows itself where it can be told, in the other process
                page = None
            answered.put(pickle.dumps(page, pickle.HIGHEST_PROTOCOL))


def _read(stream: IO[bytes]) -> Any:  # noqa: ANN401  whatever was sent
    length = int.from_bytes(stream.read(_LENGTH))
    body = stream.read(length)
    if not body or len(body) < length:
        raise EOFError
    return pickle.loads(body)  # noqa: S301  from the process that started us


def _write(stream: IO[bytes], answers: SimpleQueue[bytes]) -> None:
    """On a thread of its own: whoever reads the answers may be storing, and there is more to do meanwhile."""
    with suppress(OSError):  # there is nobody left, which the end of the tasks says as well
        while True:
            body = answers.get()
            stream.write(len(body).to_bytes(_LENGTH) + body)
            stream.flush()
