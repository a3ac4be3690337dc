"""25 entries a region: the bounds of the manifests let 3 be withdrawn and 10 be rewritten in one run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.registry import regions
from schema.errors import RequestError
from schema.provenance import CHINA
from schema.vocabulary import PullStatus, Stage
from sync import guard
from sync.repository.guard_stops import GuardStopStore
from sync.scope import EVERYTHING

AFTERWARDS = datetime(2025, 10, 1, 9, 30, tzinfo=CHINA)
SLUGS = tuple(adapter.manifest.slug for adapter in regions().values())


def stops(world):
    with world.database.read() as session:
        return GuardStopStore(session, EVERYTHING).all(100)


def override(world, run_id: str, reason: str = "省平台已书面确认") -> None:
    with world.database.write() as session:
        guard.override(session, run_id, "甲", reason, datetime.now(UTC))


def drop(world, slug: str, number: int) -> None:
    for index, made in enumerate(world.sound(slug)[:number]):
        world.sites[slug].cancel(made.native_id, AFTERWARDS + timedelta(seconds=index))


def rewrite(world, slug: str, number: int, title: str = "另一个项目") -> None:
    for index, made in enumerate(world.sound(slug)[:number]):
        at = AFTERWARDS + timedelta(seconds=index)
        world.sites[slug].put(replace(made, title=f"{title}{index}", updated_at=at))


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_run_that_would_withdraw_too_much_withdraws_nothing(world, slug) -> None:
    await world.pull()
    drop(world, slug, 4)
    (row,) = await world.pull(slug)
    codes = [(problem["code"], problem["value"]) for problem in row.problems]
    assert (row.status, row.withdrawn, codes) == (PullStatus.PAUSED, 0, [("GUARD_STOPPED", "4")])


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_run_within_the_bound_withdraws(world, slug) -> None:
    await world.pull()
    drop(world, slug, 3)
    (row,) = await world.pull(slug)
    assert (row.status, row.withdrawn) == (PullStatus.SUCCEEDED, 3)


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_run_that_would_rewrite_too_much_rewrites_nothing(world, slug) -> None:
    await world.pull()
    before = world.rows("entry")
    rewrite(world, slug, 11)
    (row,) = await world.pull(slug)
    assert (row.status, row.changed, world.rows("entry")) == (PullStatus.PAUSED, 0, before)


async def test_the_difference_is_kept_for_review(world) -> None:
    await world.pull()
    rewrite(world, "henan", 11)
    (row,) = await world.pull("henan")
    (stop,) = stops(world)
    expected = sorted((made.entry_id, made.title) for made in world.sound("henan")[:11])
    kept = sorted((line["entry"], line["before"]) for line in stop.difference)
    assert (stop.run_id, stop.kind, stop.number, stop.bound, stop.entries, kept) == (
        row.id,
        "rewrites",
        11,
        10,
        25,
        expected,
    )


async def test_what_is_new_is_stored_even_by_a_run_that_is_paused(world) -> None:
    await world.pull()
    made = world.sound("henan")[0]
    drop(world, "henan", 4)
    world.sites["henan"].put(replace(made, native_id="HA2025777777", updated_at=AFTERWARDS))
    (row,) = await world.pull("henan")
    assert (row.status, row.created, world.status_of("41:HA2025777777")) == (PullStatus.PAUSED, 1, made.status)


async def test_a_paused_run_does_not_move_the_watermark(world) -> None:
    await world.pull()
    before = world.rows("region_state", "region = '41'")
    drop(world, "henan", 4)
    await world.pull("henan")
    assert world.rows("region_state", "region = '41'") == before


async def test_growth_never_pauses(world) -> None:
    await world.pull()
    made = world.sound("henan")[0]
    for number in range(60):
        at = AFTERWARDS + timedelta(seconds=number)
        world.sites["henan"].put(replace(made, native_id=f"HA20259{number:05d}", updated_at=at))
    (row,) = await world.pull("henan")
    assert (row.status, row.created) == (PullStatus.SUCCEEDED, 60)


async def test_a_contest_that_moves_to_its_next_stage_never_pauses(world) -> None:
    await world.pull()
    for index, made in enumerate(world.sound("henan")):
        at = AFTERWARDS + timedelta(seconds=index)
        world.sites["henan"].put(replace(made, stage=Stage.FINAL, score=99.5, award=None, updated_at=at))
    (row,) = await world.pull("henan")
    assert (row.status, row.changed) == (PullStatus.SUCCEEDED, 25)


@pytest.mark.parametrize("slug", SLUGS)
async def test_an_override_lets_the_next_run_pass(world, slug) -> None:
    await world.pull()
    drop(world, slug, 4)
    (paused,) = await world.pull(slug)
    override(world, paused.id)
    (row,) = await world.pull(slug)
    assert (row.status, row.withdrawn) == (PullStatus.SUCCEEDED, 4)


async def test_an_override_is_used_once(world) -> None:
    await world.pull()
    rewrite(world, "henan", 11)
    (paused,) = await world.pull("henan")
    override(world, paused.id)
    await world.pull("henan")
    for index, made in enumerate(world.sound("henan")[:11]):
        at = AFTERWARDS + timedelta(days=1, seconds=index)
        world.sites["henan"].put(replace(made, title=f"又一个项目{index}", updated_at=at))
    (again,) = await world.pull("henan")
    assert again.status == PullStatus.PAUSED


async def test_an_override_is_on_record_with_author_reason_and_use(world) -> None:
    await world.pull()
    drop(world, "henan", 4)
    (paused,) = await world.pull("henan")
    override(world, paused.id, " 核实过 ")
    await world.pull("henan")
    (stop,) = stops(world)
    assert (stop.overridden_by, stop.reason, stop.used_at is not None) == ("甲", "核实过", True)


async def test_an_override_of_one_region_does_not_open_another(world) -> None:
    await world.pull()
    drop(world, "henan", 4)
    drop(world, "hunan", 4)
    rows = await world.pull("henan", "hunan")
    override(world, next(row.id for row in rows if row.region == "41"))
    rows = await world.pull("henan", "hunan")
    assert {row.region: row.status for row in rows} == {"41": PullStatus.SUCCEEDED, "43": PullStatus.PAUSED}


@pytest.mark.parametrize(
    ("run_id", "reason", "codes"),
    [
        (None, "", ["REASON_MISSING"]),
        ("nothing", "有", ["STOP_UNKNOWN"]),
        ("nothing", " ", ["STOP_UNKNOWN", "REASON_MISSING"]),
    ],
)
async def test_an_override_that_lacks_something_is_refused(world, run_id, reason, codes) -> None:
    await world.pull()
    drop(world, "henan", 4)
    (paused,) = await world.pull("henan")
    with pytest.raises(RequestError) as refused:
        override(world, run_id or paused.id, reason)
    assert [problem.code for problem in refused.value.problems] == codes
