from dataclasses import replace
from pathlib import Path

import pytest

from adapters.lookups import Lookups
from adapters.registry import regions
from sync.remap import Remapper
from sync.repository.payloads import PayloadStore

SLUGS = tuple(adapter.manifest.slug for adapter in regions().values())


def remapper(world, slug: str, lookups: Lookups | None = None) -> Remapper:
    adapter = world.sites[slug].adapter
    return Remapper(
        world.database, replace(adapter, lookups=lookups or adapter.lookups), world.puller._preparer._desk.tokens
    )


@pytest.fixture
def corrected(world, tmp_path: Path):
    """Lookups of a region in which one stage label leads elsewhere."""

    def make(slug: str, added: dict[str, str]) -> Lookups:
        adapter = world.sites[slug].adapter
        tables = {name: dict(table) for name, table in adapter.lookups._tables.items()}
        tables["stage"].update(added)
        path = tmp_path / slug / "lookups.toml"
        path.parent.mkdir()
        lines = [
            f"[{name}]\n" + "\n".join(f'"{k}" = "{v}"' for k, v in table.items()) for name, table in tables.items()
        ]
        path.write_text("\n".join(lines), "utf-8")
        return Lookups(path)

    return make


@pytest.mark.parametrize("slug", SLUGS)
async def test_mapping_again_with_the_same_mapping_changes_nothing(world, slug) -> None:
    await world.pull()
    before = world.everything()
    report = remapper(world, slug).entries(dry_run=False)
    assert (report.rows, report.changed, report.rejected, world.everything()) == (25, 0, 0, before)


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_corrected_crosswalk_is_applied_without_asking_the_province(world, slug, corrected, code) -> None:
    await world.pull()
    adapter = world.sites[slug].adapter
    label, member = next((k, v) for k, v in adapter.lookups.labels("stage").items() if v == "FINAL")
    changed = remapper(world, slug, corrected(slug, {label: "VERIFICATION"})).entries(dry_run=False).changed
    finals = len(world.rows("entry", f"region = '{code[slug]}' AND stage = 'FINAL'"))
    expected = sum(made.stage == member for made in world.sound(slug))
    assert (changed, finals) == (expected, 0)


async def test_a_dry_run_says_what_would_change_and_changes_nothing(world, corrected) -> None:
    await world.pull()
    before = world.everything()
    label = next(k for k, v in world.sites["henan"].adapter.lookups.labels("stage").items() if v == "FINAL")
    report = remapper(world, "henan", corrected("henan", {label: "VERIFICATION"})).entries(dry_run=True)
    assert (report.changed > 0, world.everything()) == (True, before)


async def test_the_next_pull_after_a_remapping_finds_nothing_new(world) -> None:
    await world.pull()
    remapper(world, "hebei").entries(dry_run=False)
    (row,) = await world.pull("hebei")
    assert (row.created, row.changed, row.withdrawn) == (0, 0, 0)


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_row_in_quarantine_becomes_an_entry_once_its_label_is_known(world, slug, corrected, code) -> None:
    await world.pull()
    flawed = next(made for made in world.content.registrations[slug] if made.flaw == "unknown_stage")
    kept = next(row for row in world.rows("quarantine") if row["key"] == flawed.native_id)
    label = kept["problems"].split("“")[1].split("”")[0]
    report = remapper(world, slug, corrected(slug, {label: "FINAL"})).quarantine(dry_run=False)
    left = {row["key"] for row in world.rows("quarantine", f"region = '{code[slug]}'")}
    stage = world.rows("entry", f"id = '{flawed.entry_id}'")[0]["stage"]
    assert (report.released, flawed.native_id in left, stage) == (1, False, "FINAL")


async def test_what_is_kept_holds_no_personal_number(world) -> None:
    await world.pull()
    numbers = world.content.personal_numbers()
    with world.database.read() as session:
        texts = [
            str(kept.row)
            for slug in SLUGS
            for part in PayloadStore(session).kept(world.sites[slug].adapter.manifest.code)
            for kept in part
        ]
    assert (len(texts), [text for text in texts for number in numbers if number in text]) == (25 * len(SLUGS), [])
