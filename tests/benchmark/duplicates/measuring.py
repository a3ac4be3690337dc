"""Runs a command and measures it whole: wall time, CPU time and peak memory of the process and all it starts."""

import os
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PAUSE = 0.1  # seconds between two looks at memory, at least
_SHARE = 20  # times as long as a look took: in a large process it takes long, and holds that up


@dataclass(frozen=True)
class Cost:
    """Seconds and megabytes. Memory is the peak of the sum over all processes, shared pages counted once (PSS)."""

    wall: float
    cpu: float
    memory: float


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _family(int(child)))]


def _megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def measured(command: list[str], environment: Mapping[str, str], log: Path) -> Cost:
    """Run `command` to its end. Raises RuntimeError with the end of its log where it fails."""
    start = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **environment})
        peak = [0.0]
        ended = threading.Event()

        def watch() -> None:
            pause = _PAUSE
            while not ended.wait(pause):
                began = time.perf_counter()
                peak[0] = max(peak[0], sum(map(_megabytes, _family(process.pid))))
                pause = max(_PAUSE, _SHARE * (time.perf_counter() - began))

        watcher = threading.Thread(target=watch)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watcher.join()
    if process.returncode not in (0, 1):  # 1: done, and something was found
        raise RuntimeError(f"{command[0]} ended with {process.returncode}\n{log.read_text('utf-8', 'replace')[-3000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, max(peak[0], usage.ru_maxrss / 1024))
