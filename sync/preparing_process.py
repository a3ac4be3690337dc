"""A process that prepares rows: our side of it, and its own.

It is our interpreter on the other end of two pipes, one portion after the other, pickled. So it needs nothing of whoever
started us (multiprocessing would run their main module again), and it ends when we do, however we end: its input closes.
"""

import gc
import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from sync.preparing import Desk, Portion, Task

_READY = b"ready"


class PreparingProcess:
    """One process, and the thread of ours that feeds it from a queue of portions."""

    def __init__(self, desk: "Desk", portions: "SimpleQueue[Portion | None]") -> None:
        """Starts at once; the first portion is taken when the process stands."""
        self._desk = desk
        self._portions = portions
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own words
            [sys.executable, "-P", "-c", f"from {__name__} import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},  # our modules, wherever found
        )
        self._thread = Thread(target=self._feed, name="preparing", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, and wait until it has ended. It holds nothing that could be lost."""
        self._portions.put(None)
        self._process.kill()
        self._thread.join()

    def _feed(self) -> None:
        with self._process as process, suppress(OSError, EOFError):
            if process.stdin is None or process.stdout is None:
                return
            _send(process.stdin, self._desk)
            if pickle.load(process.stdout) != _READY:  # noqa: S301  from our own process
                return
            while (portion := self._portions.get()) is not None:
                if portion.take():
                    page = None
                    try:
                        _send(process.stdin, portion.task)
                        page = pickle.load(process.stdout)  # noqa: S301  as above
                    finally:
                        portion.settle(page)


def main() -> None:
    """The process itself: reads its desk, says that it stands, then does task after task until its input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever gives us work
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    with suppress(OSError, EOFError):  # whoever gives us work is gone
        desk: Desk = pickle.load(source)  # noqa: S301  from the process that started us
        desk.ready()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        _send(answers, _READY)
        while True:
            task: Task = pickle.load(source)  # noqa: S301  as above
            try:
                page = desk.done(task)
            except Exception:  # noqa: BLE001  a defect shows itself where it can be told, in the other process
                page = None
            _send(answers, page)


def _send(stream: IO[bytes], content: object) -> None:
    stream.write(pickle.dumps(content, pickle.HIGHEST_PROTOCOL))
    stream.flush()
