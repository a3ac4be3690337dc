"""Leaves a platform that fails alone for a while, so that whoever asks is told at once and the platform can recover.

One circuit for each host and port. It opens after so many passing faults without an answer between them, or at once
when the platform itself asks for a pause too long to wait out. While it is open nothing is sent; then one request is let
through, and what becomes of it closes the circuit or opens it again. Any answer closes it, also one that we do not like.

We looked for a library first. purgatory counts a request that was cancelled as an answer or as a fault, reads the wall
clock, and lets every waiting request through at once; pybreaker knows no coroutines but Tornado's; aiobreaker had its last
release in 2021. None of them can be told how long the platform itself wants to be left alone.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from schema.errors import PassingFault, Problem
from schema.provenance import CHINA

LONGEST_WAIT: Final = 30.0  # seconds that a request waits when it is told to; longer pauses are the circuit's
_LONGEST_REST: Final = 3600.0  # seconds; nobody's Retry-After may keep a region stale for longer than this


class RestingFault(PassingFault):
    """Nothing was sent: the circuit is open. Not tried again within the request that finds it so."""


@dataclass(slots=True)
class _Circuit:
    """`faults` in a row, the last of them, and until when (on the monotonic clock) nothing is sent."""

    faults: int = 0
    last: PassingFault | None = None
    until: float = 0.0
    probing: bool = False


class Circuits:
    """The circuits of all platforms that one holder asks; kept as long as what they have seen is to count."""

    def __init__(self, faults: int = 8, pause: float = 60.0) -> None:
        self._most = faults  # two requests given up for good
        self._pause = pause  # seconds; less than the five minutes after which a failed pull is tried again
        self._circuits: dict[str, _Circuit] = {}

    @contextmanager
    def watched(self, url: str) -> Iterator[None]:
        """Around one attempt. Raises RestingFault where the circuit of the address is open."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.hostname}:{parts.port or ''}".rstrip(":")
        circuit = self._circuits.setdefault(host, _Circuit())
        waited = circuit.until - time.monotonic()
        if waited > 0 or circuit.probing:
            raise RestingFault([_resting(host, max(waited, 0)), *(circuit.last.problems if circuit.last else ())])
        probe = circuit.probing = circuit.until > 0
        try:
            yield
        except PassingFault as fault:
            self._count(circuit, fault)
            raise
        except Exception:
            self._circuits[host] = _Circuit()  # it answered
            raise
        else:
            self._circuits[host] = _Circuit()
        finally:
            if (
                probe
            ):  # a request that was on its way before the circuit opened says nothing of the one let through since
                circuit.probing = False

    def _count(self, circuit: _Circuit, fault: PassingFault) -> None:
        asked = min(fault.retry_after or 0, _LONGEST_REST)
        circuit.faults += 1
        circuit.last = PassingFault(fault.problems)  # without the trace, which would keep the request alive
        if circuit.probing or circuit.faults >= self._most or asked > LONGEST_WAIT:
            circuit.until = time.monotonic() + max(self._pause, asked)


def _resting(host: str, seconds: float) -> Problem:
    moment = datetime.now(CHINA) + timedelta(seconds=seconds)
    clock = f"{moment:%m-%d %H:%M:%S}"
    return Problem(
        "PLATFORM_RESTING",
        host,
        value=moment.isoformat(timespec="seconds"),
        zh=f"该平台连续失败，暂停访问至北京时间 {clock}",
        en=f"the platform failed again and again and is left alone until {clock}, Beijing time",
        remedy_zh="到时自动重试；急用时请先联系省平台恢复，再重新拉取",
        remedy_en="tried again by itself then; if it is urgent, call the province",
    )
