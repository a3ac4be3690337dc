"""What only a province knows of its entries, asked of its simulated platform over HTTP, in every dialect."""

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.base import Adapter
from adapters.native import NativeReader
from adapters.sandbox.faults import Fault
from adapters.sandbox.platform import Platform
from adapters.transport import Endpoint
from schema.records import Entry


@pytest.fixture
def stored(adapter: Adapter, first_pulls: Mapping[str, Any]) -> dict[str, Entry]:
    """The region's entries as a pull brings them."""
    records = [row.record for row in first_pulls[adapter.manifest.slug].mapped]
    return {record.id: record for record in records if isinstance(record, Entry)}


@pytest.fixture
def page(stored: dict[str, Entry]) -> list[str]:
    """The ids of a page of 50."""
    return list(stored)[:50]


@pytest.fixture
def reader(adapter: Adapter, endpoint: Endpoint) -> NativeReader:
    return NativeReader(adapter, endpoint)


@pytest.fixture
def answers(platform: Platform) -> list[int]:
    """One number for each answer the platform has given."""
    given: list[int] = []
    platform.after_answer = lambda: given.append(1)
    return given


async def test_they_are_those_of_a_full_pull(reader, stored) -> None:
    found = await reader.read(stored)
    assert {entry: native.fields for entry, native in found.items()} == {e: r.native for e, r in stored.items()}


async def test_a_page_costs_one_request(reader, page, answers) -> None:
    await reader.read(page)
    assert len(answers) == 1


async def test_what_was_answered_is_not_asked_again_for_a_while(reader, page, answers) -> None:
    await reader.read(page)
    await reader.read(page[:10])
    assert len(answers) == 1


async def test_what_is_no_longer_good_is_asked_again_and_has_not_changed(adapter, endpoint, page, answers) -> None:
    forgetful = NativeReader(adapter, endpoint, keep=0)
    first, again = [await forgetful.read(page) for _ in range(2)]
    assert (again, len(answers)) == (first, 2)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("status", 503), "PLATFORM_UNREACHABLE"),
        (Fault("delay", 5), "PLATFORM_UNREACHABLE"),
        (Fault("cut"), "PLATFORM_UNREACHABLE"),
    ],
    ids=["busy", "frozen", "cut off"],
)
async def test_a_platform_that_fails_is_the_only_problem_of_every_entry(
    adapter, platform, endpoint, page, fault, code
) -> None:
    platform.fault = fault
    found = await NativeReader(adapter, endpoint, seconds=0.5).read(page)
    assert {tuple(problem.code for problem in native.problems) for native in found.values()} == {(code,)}


@pytest.mark.parametrize("fault", [Fault("html"), Fault("truncated")], ids=["a page for people", "half an answer"])
async def test_nonsense_gives_no_fields_and_a_problem_for_every_entry(reader, platform, page, fault) -> None:
    platform.fault = fault
    found = await reader.read(page)
    assert [entry for entry, native in found.items() if native.fields or not native.problems] == []


async def test_after_two_faults_in_a_row_the_platform_is_left_alone(adapter, platform, endpoint, page, answers) -> None:
    reader = NativeReader(adapter, endpoint)
    platform.fault = Fault("status", 503, times=9)
    codes = [(await reader.read(page[:1]))[page[0]].problems[0].code for _ in range(3)]
    assert (codes, len(answers)) == (["PLATFORM_UNREACHABLE"] * 2 + ["PLATFORM_RESTING"], 2)


async def test_an_entry_that_the_platform_does_not_have_is_its_own_problem_alone(adapter, reader, page) -> None:
    strange = f"{adapter.manifest.code}:NOBODY"
    found = await reader.read([page[0], strange])
    codes = {entry: [problem.code for problem in native.problems] for entry, native in found.items()}
    assert codes == {page[0]: [], strange: ["NATIVE_ENTRY_UNKNOWN"]}


async def test_a_region_without_a_platform_is_told_so(adapter, page) -> None:
    found = await NativeReader(adapter, None).read(page[:1])
    assert found[page[0]].problems[0].code == "PLATFORM_NOT_CONFIGURED"
