"""What changes of a stored entry is kept in the transaction that overwrites it."""

from dataclasses import replace
from datetime import datetime

import orjson
import pytest
from sqlalchemy import text

from schema.provenance import CHINA

AFTERWARDS = datetime(2025, 10, 1, 9, 30, tzinfo=CHINA)


def parts(world, entry: str) -> list[dict]:
    """The changes of an entry, oldest first."""
    with world.database.engine.connect() as connection:
        found = connection.execute(
            text("SELECT changes FROM entry_change WHERE entry_id = :e ORDER BY id"), {"e": entry}
        )
        return [each if isinstance(each, dict) else orjson.loads(each) for (each,) in found]


async def test_new_entries_have_no_history(world) -> None:
    await world.pull()
    assert world.rows("entry_change") == []


@pytest.mark.parametrize("slug", ["henan", "shaanxi"])
async def test_a_changed_title_is_kept_with_what_it_was_and_became(world, slug) -> None:
    await world.pull()
    made = world.sound(slug)[0]
    world.sites[slug].put(replace(made, updated_at=AFTERWARDS, title="改过的名称"))
    await world.pull(slug)
    assert parts(world, made.entry_id) == [{"TITLE": [made.title, "改过的名称"]}]


async def test_a_changed_team_is_kept_as_masks_and_tokens_and_nothing_personal(world) -> None:
    await world.pull()
    made = next(each for each in world.sound("henan") if len(each.people) > 1)
    world.sites["henan"].put(replace(made, updated_at=AFTERWARDS, people=made.people[:1]))
    await world.pull("henan")
    (change,) = parts(world, made.entry_id)
    before, after = change["REPRESENTATIVES"]
    assert (set(change), len(before), len(after), made.people[0].name in str(change)) == (
        {"REPRESENTATIVES"}, len(made.people), 1, False,
    )  # fmt: skip


async def test_people_in_another_order_are_no_change_of_the_team(world) -> None:
    await world.pull()
    made = next(each for each in world.sound("shanxi") if len(each.people) > 1)
    world.sites["shanxi"].put(replace(made, updated_at=AFTERWARDS, people=made.people[::-1]))
    await world.pull("shanxi")
    assert [set(each) & {"REPRESENTATIVES"} for each in parts(world, made.entry_id)] in ([], [set()])


async def test_a_change_names_its_run_and_the_platforms_time(world) -> None:
    await world.pull()
    made = world.sound("henan")[0]
    world.sites["henan"].put(replace(made, updated_at=AFTERWARDS, title="改过的名称"))
    (run,) = await world.pull("henan")
    (row,) = world.rows("entry_change")
    assert (row["run_id"], row["entry_id"]) == (run.id, made.entry_id)


async def test_pulling_again_adds_nothing_to_a_history(world) -> None:
    await world.pull()
    made = world.sound("henan")[0]
    world.sites["henan"].put(replace(made, updated_at=AFTERWARDS, title="改过的名称"))
    await world.pull("henan")
    await world.pull("henan", full=True)
    assert len(parts(world, made.entry_id)) == 1
