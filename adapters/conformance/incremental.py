"""Rules about later pulls: what they leave the hub with is what a full pull would."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Final

from adapters.conformance.paging import missing
from adapters.conformance.replica import Replica
from adapters.conformance.rule import Needs, broken, rule
from adapters.conformance.subject import Subject, later, pull
from adapters.source import Position
from schema.errors import Problem
from schema.records import Entry

_PAGE: Final = 3
_CHANGED: Final = 2 * _PAGE + 1  # more than a page in every later pull
_ZONES: Final = (timezone(timedelta(hours=-5)), timezone(timedelta(hours=14)))


@rule("incremental.full", "增量拉取与全量拉取结果相同", "incremental pulls give what a full pull gives")
async def full(subject: Subject) -> list[Problem]:
    """Entries are changed and added, more than a page of them, between two pulls."""
    adapter, entries = subject.with_capabilities(page_size=_PAGE), subject.entries
    site, replica, fresh = subject.site(entries), Replica(adapter), Replica(adapter)
    async with subject.served(site) as endpoint:
        await replica.pull(endpoint)
        for index, one in enumerate(entries[:_CHANGED]):
            moment = later(entries) + timedelta(minutes=index)
            site.put(replace(one, title=f"{one.title}（修订）", updated_at=moment))
            site.put(replace(one, native_id=f"{one.native_id}N", updated_at=moment, submitted_at=moment))
        await replica.pull(endpoint)
        await fresh.pull(endpoint)
    problems = list(missing(entries, list(fresh.entries), "full pull"))
    different = sorted(entry for entry, _ in set(replica.entries.items()) ^ set(fresh.entries.items()))
    if different:
        zh, en = (
            f"{len(set(different))} 个项目与全量拉取不同",
            f"{len(set(different))} entries are not as a full pull has them",
        )
        problems.append(broken("incremental pull", zh, en, different[0]))
    return problems


@rule("incremental.boundary", "同一时刻的多条变更不丢", "rows that share a moment are all pulled")
async def boundary(subject: Subject) -> list[Problem]:
    """More rows than a page have one time; then one more is given just the time that the watermark stands at."""
    adapter = subject.with_capabilities(page_size=_PAGE, overlap_minutes=0)
    moment = subject.entries[0].updated_at
    entries = [replace(one, updated_at=moment) for one in subject.entries[: 3 * _PAGE + 1]]
    site, replica = subject.site(entries), Replica(adapter)
    new = replace(entries[0], native_id=f"{entries[0].native_id}N")
    async with subject.served(site) as endpoint:
        await replica.pull(endpoint)
        problems = list(missing(entries, list(replica.entries), "rows of one moment"))
        site.put(new)
        await replica.pull(endpoint)
    return [*problems, *missing([new], list(replica.entries), "a row at the watermark")]


@rule("incremental.clock", "时钟与时区偏差不丢变更", "clocks and time zones that differ cost no change")
async def clock(subject: Subject) -> list[Problem]:
    """A row comes with a time that the platform's slow clock wrote, within the overlap; the same moment is asked for in
    other zones.
    """
    capabilities = subject.adapter.manifest.capabilities
    if capabilities.changes == "full":
        return []
    if not capabilities.overlap_minutes:
        zh, en = "按时间增量必须留有重叠", "a source asked by time needs an overlap"
        return [broken("manifest.toml: capabilities.overlap_minutes", zh, en, 0)]
    adapter, entries = subject.adapter, subject.entries
    site, replica = subject.site(entries), Replica(adapter)
    newest = max(one.updated_at for one in entries)
    slow = newest - timedelta(minutes=capabilities.overlap_minutes / 2)
    new = replace(entries[0], native_id=f"{entries[0].native_id}N", updated_at=slow)
    async with subject.served(site) as endpoint:
        await replica.pull(endpoint)
        site.put(new)
        await replica.pull(endpoint)
        problems = list(missing([new], list(replica.entries), "a row of a slow clock"))
        asked = entries[len(entries) // 2].updated_at - timedelta(minutes=1)
        due = [one for one in entries if one.updated_at >= asked]
        for zone in _ZONES:
            found = await pull(adapter, endpoint, Position(asked.astimezone(zone)))
            problems += missing(due, found.ids, f"asked at {asked.astimezone(zone).isoformat()}")
    return problems


@rule("incremental.deletions", "撤回与恢复均能反映", "withdrawal and return are seen")
async def deletions(subject: Subject) -> list[Problem]:
    """One entry is withdrawn, pulls follow, it comes back."""
    entries = subject.entries
    gone = entries[1]
    site, replica, fresh = subject.site(entries), Replica(subject.adapter), Replica(subject.adapter)
    problems: list[Problem] = []
    async with subject.served(site) as endpoint:
        await replica.pull(endpoint)
        site.cancel(gone.native_id, later(entries))
        for held, name in ((replica, "incremental"), (fresh, "full")):
            await held.pull(endpoint)
            if gone.entry_id in held.entries:
                zh, en = "已撤回的项目仍在", "the withdrawn entry is still there"
                problems.append(broken(f"{name} pull", zh, en, gone.entry_id))
        site.put(replace(gone, updated_at=later(entries, 6)))
        await replica.pull(endpoint)
    return [*problems, *missing([gone], list(replica.entries), "an entry that came back")]


@rule("incremental.idempotent", "重复拉取不产生变化", "pulling twice changes nothing", Needs.PLATFORM)
async def idempotent(subject: Subject) -> list[Problem]:
    """Every row is recognised the second time, unless its own time says that it changed in between."""
    async with subject.platform() as endpoint:
        first = await pull(subject.adapter, endpoint)
        second = await pull(subject.adapter, endpoint, known=first.known)
    times = {row.record.id: _changed_at(row.record) for row in first.mapped}
    restless = sorted(row.record.id for row in second.mapped if times.get(row.record.id) == _changed_at(row.record))
    zh, en = f"{len(restless)} 行未变却被视为变更", f"{len(restless)} rows seem changed and are not"
    return [broken("second pull", zh, en, restless[0])] if restless else []


def _changed_at(record: Entry | object) -> datetime | None:
    return record.updated_at if isinstance(record, Entry) else None


RULES = (full, boundary, clock, deletions, idempotent)
