"""A platform that goes on failing is left alone, and is asked again when its time has come."""

import asyncio
from datetime import datetime

import pytest
from aiohttp import web

from adapters import circuit
from adapters.circuit import Circuits, RestingFault
from adapters.transport import Limits, open_transport
from schema.errors import PassingFault, SourceError
from schema.provenance import CHINA

ONCE = Limits(attempts=1)
LONG = 1000.0  # seconds, which no test waits out


class Platform:
    """Answers as it is told and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.status = 503
        self.headers: dict[str, str] = {}
        self.reached = asyncio.Event()
        self.free = asyncio.Event()
        self.free.set()

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        if not self.free.is_set():
            self.reached.set()
            await self.free.wait()
        return web.Response(status=self.status, headers=self.headers)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def url(serve, platform: Platform) -> str:
    return await serve(platform.answer)


async def told(url: str, circuits: Circuits, limits: Limits = ONCE) -> str:
    """How one pull's request ends; every pull has a transport of its own."""
    try:
        async with open_transport(limits, circuits) as transport:
            await transport.get(url)
    except SourceError as error:
        return error.code
    return "answered"


async def test_after_faults_in_a_row_nothing_more_is_sent_by_any_pull(url: str, platform: Platform) -> None:
    circuits = Circuits(faults=3, pause=LONG)
    codes = [await told(url, circuits) for _ in range(5)]
    assert (codes, platform.asked) == (["PLATFORM_UNREACHABLE"] * 3 + ["PLATFORM_RESTING"] * 2, 3)


async def test_an_answer_between_faults_begins_the_count_anew(url: str, platform: Platform) -> None:
    circuits = Circuits(faults=2, pause=LONG)
    for status in (503, 200, 503, 200, 503):
        platform.status = status
        await told(url, circuits)
    assert platform.asked == 5


async def test_an_answer_that_we_do_not_like_is_an_answer(url: str, platform: Platform) -> None:
    circuits = Circuits(faults=2, pause=LONG)
    for status in (503, 404, 503, 401, 503):
        platform.status = status
        await told(url, circuits)
    assert platform.asked == 5


async def test_after_its_rest_one_answer_closes_the_circuit(url: str, platform: Platform) -> None:
    circuits = Circuits(faults=2, pause=0.05)
    for _ in range(2):
        await told(url, circuits)
    platform.status = 200
    await asyncio.sleep(0.1)
    assert [await told(url, circuits) for _ in range(3)] == ["answered"] * 3


async def test_after_its_rest_one_fault_opens_the_circuit_again(url: str, platform: Platform) -> None:
    circuits = Circuits(faults=2, pause=0.05)
    for _ in range(2):
        await told(url, circuits)
    await asyncio.sleep(0.1)
    circuits._pause = LONG
    codes = [await told(url, circuits, Limits(attempts=4, pause=0.001)) for _ in range(2)]
    assert (codes, platform.asked) == (["PLATFORM_RESTING"] * 2, 3)


async def test_after_its_rest_one_request_at_a_time_is_let_through(url: str, platform: Platform) -> None:
    circuits = Circuits(faults=1, pause=0.01)
    await told(url, circuits)
    await asyncio.sleep(0.02)
    platform.status = 200
    platform.free.clear()
    first = asyncio.create_task(told(url, circuits))
    await platform.reached.wait()
    second = await told(url, circuits)
    platform.free.set()
    assert (await first, second) == ("answered", "PLATFORM_RESTING")


def test_a_request_that_was_on_its_way_before_lets_no_second_one_through() -> None:
    circuits = Circuits(faults=1, pause=0.0)
    url = "https://platform.example/a"
    early = circuits.watched(url)
    early.__enter__()
    with pytest.raises(PassingFault), circuits.watched(url):
        raise PassingFault(())
    probe = circuits.watched(url)
    probe.__enter__()
    early.__exit__(asyncio.CancelledError, asyncio.CancelledError(), None)
    with pytest.raises(RestingFault), circuits.watched(url):
        pass


async def test_a_request_that_is_given_up_by_us_neither_opens_nor_closes(url: str, platform: Platform) -> None:
    circuits = Circuits(faults=1, pause=0.01)
    await told(url, circuits)
    await asyncio.sleep(0.02)
    platform.free.clear()
    probe = asyncio.create_task(told(url, circuits))
    await platform.reached.wait()
    probe.cancel()
    await asyncio.wait([probe])
    platform.free.set()
    circuits._pause = LONG
    assert [await told(url, circuits), await told(url, circuits)] == ["PLATFORM_UNREACHABLE", "PLATFORM_RESTING"]


async def test_another_platform_is_asked_as_ever(serve, url: str) -> None:
    circuits = Circuits(faults=1, pause=LONG)
    other = Platform()
    other.status = 200
    await told(url, circuits)
    assert [await told(url, circuits), await told(await serve(other.answer), circuits)] == [
        "PLATFORM_RESTING",
        "answered",
    ]


async def test_a_retry_after_too_long_to_wait_out_is_kept_by_the_circuit(url: str, platform: Platform) -> None:
    platform.headers = {"Retry-After": str(int(circuit.LONGEST_WAIT) + 1)}
    circuits = Circuits(pause=0.0)
    codes = [await told(url, circuits, Limits()) for _ in range(2)]
    assert (codes, platform.asked) == (["PLATFORM_UNREACHABLE", "PLATFORM_RESTING"], 1)


async def test_who_is_refused_learns_when_it_is_tried_again_and_why(url: str) -> None:
    circuits = Circuits(faults=1, pause=LONG)
    await told(f"{url}/?secret=1", circuits)
    with pytest.raises(RestingFault) as caught:
        async with open_transport(ONCE, circuits) as transport:
            await transport.get(url)
    resting, cause = caught.value.problems
    again = datetime.fromisoformat(resting.value or "")
    assert (resting.place, cause.code) == (url, "PLATFORM_UNREACHABLE")
    assert (again > datetime.now(CHINA), f"{again:%H:%M:%S}" in resting.zh) == (True, True)


def test_a_fault_that_is_kept_as_cause_keeps_no_trace() -> None:
    circuits = Circuits(faults=1, pause=LONG)
    with pytest.raises(PassingFault), circuits.watched("https://platform.example/a"):
        raise PassingFault(())
    assert [each.last.__traceback__ for each in circuits._circuits.values() if each.last] == [None]
