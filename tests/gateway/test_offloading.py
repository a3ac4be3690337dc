"""Work in a thread: its answer, its failure, its context, and that nobody leaves before it has ended."""

import asyncio
import threading
import time
from contextvars import ContextVar

import pytest

from gateway.offloading import in_thread

WHO = ContextVar("who", default="nobody")


async def test_what_comes_of_it_comes_back() -> None:
    assert await in_thread(lambda: 41 + 1) == 42


async def test_its_failure_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


async def test_it_knows_what_its_asker_knows() -> None:
    WHO.set("asker")
    assert await in_thread(WHO.get) == "asker"


async def test_it_is_done_beside_the_loop() -> None:
    assert await in_thread(threading.get_ident) != threading.get_ident()


async def test_many_are_done_at_a_time() -> None:
    meeting = threading.Barrier(3)
    assert sorted(await asyncio.gather(*(in_thread(meeting.wait) for _ in range(3)))) == [0, 1, 2]


async def test_what_takes_long_holds_up_nobody_else() -> None:
    go_on = threading.Event()
    long = [asyncio.create_task(in_thread(go_on.wait)) for _ in range(5)]
    async with asyncio.timeout(30):
        quick = [await in_thread(lambda: 42), await in_thread(lambda: 43)]
    waiting = [each.done() for each in long]
    go_on.set()
    assert (quick, waiting, await asyncio.gather(*long)) == ([42, 43], [False] * 5, [True] * 5)


async def test_large_work_is_done_a_piece_at_a_time() -> None:
    doing, most = [0], [0]

    def work() -> None:
        doing[0] += 1
        time.sleep(0.01)
        most[0] = max(most[0], doing[0])
        doing[0] -= 1

    await asyncio.gather(*(in_thread(work, is_large=True) for _ in range(6)))
    assert most == [1]


async def test_large_work_that_takes_long_holds_up_no_other() -> None:
    go_on = threading.Event()
    long = [asyncio.create_task(in_thread(go_on.wait, is_large=True)) for _ in range(3)]
    async with asyncio.timeout(30):
        quick = await in_thread(lambda: 42, is_large=True)
    go_on.set()
    assert (quick, await asyncio.gather(*long)) == (42, [True] * 3)


async def test_whoever_is_cancelled_waits_until_it_has_ended() -> None:
    begun, go_on, seen = threading.Event(), threading.Event(), []

    def work() -> None:
        begun.set()
        go_on.wait()
        seen.append("ended")

    asking = asyncio.create_task(in_thread(work))
    await in_thread(begun.wait)
    asking.cancel()
    await asyncio.sleep(0)
    waits = not asking.done()
    go_on.set()
    await asyncio.wait([asking])
    assert (waits, asking.cancelled(), seen) == (True, True, ["ended"])
