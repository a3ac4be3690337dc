"""A province whose platform goes bad: the others are pulled, its last good data is served with its age and the cause, and
it heals by itself. Every way of going bad for every region over SQLite; over PostgreSQL one region a way.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from adapters.registry import regions
from adapters.sandbox.platform import Fault
from gateway.auth import OPERATOR
from gateway.execution import execute
from gateway.hub import Hub
from schema.vocabulary import PullStatus
from sync.database import Database

MANIFESTS = [adapter.manifest for adapter in regions().values()]
FAULTS = (
    Fault("status", 503, 99), Fault("status", 429, 99), Fault("status", 404, 99), Fault("html", times=99),
    Fault("truncated", times=99), Fault("cut", times=99), Fault("encoding", times=99), Fault("delay", 4, 99),
)  # fmt: skip
EVERY = [("sqlite", fault, each.slug) for fault in FAULTS for each in MANIFESTS]
SOME = [("postgres", fault, MANIFESTS[index % len(MANIFESTS)].slug) for index, fault in enumerate(FAULTS)]
DAYS = 3  # more than any region's target
ASK = """{ regions { code freshness { isFresh ageMinutes lastStatus causeZh causeEn } }
  entries { totalCount } }"""


@pytest.fixture
def database(request, kind) -> Iterator[Database]:
    made = Database(request.getfixturevalue(f"{kind}_backend").new("empty"))
    yield made
    made.close()


@pytest.fixture
def hub(world) -> Iterator[Hub]:
    """The hub that serves what is pulled."""
    made = Hub(world.puller._settings, world.database)
    yield made
    made.stop()


async def served(hub: Hub) -> tuple[dict[str, dict], int]:
    """What it says of each region's freshness, and how many entries it serves."""
    answer = await execute(hub, OPERATOR, ASK, {})
    assert answer.get("errors") is None
    return {each["code"]: each["freshness"] for each in answer["data"]["regions"]}, answer["data"]["entries"][
        "totalCount"
    ]


def time_passes(database: Database) -> None:
    """The last good pull of every region was days ago."""
    ago = f"datetime(succeeded_at, '-{DAYS} days')" if database.is_sqlite else f"succeeded_at - interval '{DAYS} days'"
    with database.write() as session:
        session.execute(text(f"UPDATE region_state SET succeeded_at = {ago}"))


@pytest.mark.parametrize(
    ("kind", "fault", "slug"), [*EVERY, *SOME], ids=lambda each: f"{each.kind}-{each.value}" if isinstance(each, Fault) else each
)  # fmt: skip
async def test_a_platform_that_goes_bad_is_served_as_it_was_with_age_and_cause_and_heals(
    world, hub, slug, fault
) -> None:
    await world.pull()
    before, (_, count) = world.everything(), await served(hub)
    time_passes(world.database)
    site = world.sites[slug]
    site.fault = fault
    rows = await world.pull(full=True)  # so that there is an answer with text in it to be spoilt
    code = site.adapter.manifest.code
    told = {row.region: (row.status, len(row.problems)) for row in rows}
    (problem,) = next(row.problems for row in rows if row.region == code)
    good = {"isFresh": True, "ageMinutes": 0, "lastStatus": "SUCCEEDED", "causeZh": None, "causeEn": None}
    stale = {"isFresh": False, "ageMinutes": DAYS * 24 * 60, "lastStatus": "FAILED"}
    stale |= {"causeZh": problem["zh"], "causeEn": problem["en"]}
    fine = dict.fromkeys(regions(), (PullStatus.SUCCEEDED, 0))
    assert (told, world.everything()) == (fine | {code: (PullStatus.FAILED, 1)}, before)
    assert await served(hub) == (dict.fromkeys(regions(), good) | {code: stale}, count)
    site.fault = None
    (row,) = await world.pull(slug)
    assert (row.status, world.everything()) == (PullStatus.SUCCEEDED, before)
    assert await served(hub) == (dict.fromkeys(regions(), good), count)
