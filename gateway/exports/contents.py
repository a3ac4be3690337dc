"""What each export holds, within the viewer's scope: the same records that GraphQL shows, so nothing more can be seen here.

Rows are made page by page while they are written; at no time are there more than a page of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from adapters.registry import regions
from gateway import cases, entries, facts
from gateway.exports.conditions import Conditions
from gateway.exports.words import chinese, time, together
from schema.clause_file import national_clauses
from schema.list_life import COUNTED, STATE_NAMES, ListState
from schema.types.catalogue import NATIONAL_TRACKS
from schema.types.entry import Entry
from schema.vocabulary import EligibilityStatus
from sync import roster, waivers
from sync.database import Session
from sync.lists import items_of
from sync.lists.rules import issuers
from sync.repository.browse import EntryBrowser, Sort, SortKey, Wanted
from sync.repository.cases import CaseStore
from sync.repository.eligibility import EligibilityStore
from sync.repository.keyset import Slice
from sync.repository.lists import ListStore
from sync.scope import Scope
from sync.workbooks.tables import TableToWrite, Value

_PAGE: Final = 100
_PAGE_OF_CASES: Final = 100
Rows = Iterator[Sequence[Value]]


def entry_table(session: Session, scope: Scope, asked: Conditions) -> TableToWrite:
    """参赛项目, with where each was read and when."""
    headings = (
        ("项目编号", 20), ("地区", 8), ("承办市州", 10), ("项目名称", 44), ("省内赛道", 20), ("省内赛题", 36), ("子赛题", 24),
        ("建议国家赛道", 14), ("对应方式", 16), ("申报国家赛道", 14), ("赛程阶段", 10), ("参赛状态", 10), ("奖项", 8), ("得分", 8),
        ("参赛资格", 10), ("团队名称", 20), ("参赛代表", 20), ("牵头单位", 32), ("统一社会信用代码", 22), ("其他参赛单位", 40),
        ("报名时间", 20), ("更新时间", 20), ("项目简介", 60), ("数据来源", 40), ("来源位置", 16), ("来源 SHA-256", 66),
        ("读取时间", 20),
    )  # fmt: skip
    return TableToWrite("参赛项目", headings, _entry_rows(session, scope, asked))


def _entry_rows(session: Session, scope: Scope, asked: Conditions) -> Rows:
    now = datetime.now(UTC)
    lifted = waivers.waived_standings(session, now)
    listing = EntryBrowser(session, scope).listing(Wanted(asked.entries, lifted), [Sort(SortKey.ID)])
    store, after = EligibilityStore(session), None
    while page := listing.rows(Slice(_PAGE, after=after)):
        ids = [row.id for row in page]
        standings = {entry: row.status for entry, row in store.rows(ids).items()} | lifted
        for entry in entries.load(session, scope, page):
            yield _entry_row(entry, standings.get(str(entry.id)))
        after = listing.place(page[-1])
        session.expunge_all()


def _entry_row(entry: Entry, standing: str | None) -> Sequence[Value]:
    lead, source = entry.lead_organisation, entry.source
    return (
        str(entry.id), entry.region.name, entry.city, entry.title, entry.track.name, entry.topic.title,
        entry.sub_topic.title if entry.sub_topic else None,
        entry.proposed_national_track.name if entry.proposed_national_track else None, chinese(entry.match),
        entry.declared_national_track.name if entry.declared_national_track else None, chinese(entry.stage),
        chinese(entry.status), chinese(entry.award), entry.score,
        chinese(EligibilityStatus(standing)) if standing else None, entry.team.name,
        together(person.name for person in entry.team.representatives), lead.name, lead.credit_code,
        together(unit.name for unit in entry.organisations if not unit.is_lead), time(entry.submitted_at),
        time(entry.updated_at), entry.summary, source.url, source.locator, source.sha256, time(source.fetched_at),
    )  # fmt: skip


def case_table(session: Session, scope: Scope, asked: Conditions) -> TableToWrite:
    """查重案件, a row for each entry of a case; of another region's entry no more than its region, title and lead."""
    headings = (
        ("案件编号", 20), ("类型", 18), ("状态", 10), ("地区", 8), ("项目编号", 20), ("项目名称", 44), ("牵头单位", 32), ("保留", 8),
        ("证据", 60), ("裁定理由", 30), ("裁定人", 14), ("立案时间", 20), ("最近变化", 20),
    )  # fmt: skip
    return TableToWrite("查重案件", headings, _case_rows(session, scope, asked))


def _case_rows(session: Session, scope: Scope, asked: Conditions) -> Rows:
    rows = CaseStore(session, scope).cases(asked.case_statuses(), asked.case_kinds())
    for start in range(0, len(rows), _PAGE_OF_CASES):
        for case in cases.load(session, scope, rows[start : start + _PAGE_OF_CASES]):
            last = case.decisions[-1] if case.decisions else None
            for side in case.entries:
                kept = case.kept_entry_id is not None and case.kept_entry_id == side.entry_id
                yield (
                    str(case.id), chinese(case.kind), chinese(case.status), side.region.name,
                    str(side.entry_id) if side.entry_id else None, side.title, side.lead_organisation, "是" if kept else None,
                    together(line.zh for pair in case.pairs for line in pair.lines),
                    last.reason if last else None, last.author if last else None,
                    time(case.opened_at), time(case.changed_at),
                )  # fmt: skip


def list_table(session: Session, scope: Scope, asked: Conditions) -> TableToWrite:
    """推荐名单, a row for each item of each version."""
    headings = (
        ("回执号", 24), ("地区", 8), ("推荐单位", 10), ("版本", 6), ("状态", 8), ("有效", 6), ("名次", 6),
        ("项目编号", 20), ("项目名称", 44), ("牵头单位", 32), ("申报国家赛道", 16), ("报送人", 16), ("报送时间", 20), ("名单 SHA-256", 66),
    )  # fmt: skip
    return TableToWrite("推荐名单", headings, _list_rows(session, scope, asked))


def _list_rows(session: Session, scope: Scope, asked: Conditions) -> Rows:
    for row in ListStore(session, scope).versions(asked.regions()):
        items, state, issuer = items_of(row), ListState(row.state), issuers().get(row.issuer)
        known = entries.by_ids(session, scope, [item.entry_id for item in items])
        for item in items:
            track = NATIONAL_TRACKS.get(item.national_track or "")
            yield (
                row.receipt, facts.region_types()[row.region].name, issuer.name if issuer else row.issuer, row.version,
                STATE_NAMES[state], "是" if state in COUNTED else None, item.rank, item.entry_id,
                *_named(known.get(item.entry_id)), track.name if track else None, row.submitted_by, time(row.submitted_at), row.digest,
            )  # fmt: skip


def roster_table(session: Session, scope: Scope, asked: Conditions) -> TableToWrite:
    """总决赛名册 as it stands; a region's own items."""
    headings = (
        ("地区", 8), ("名次", 6), ("项目编号", 20), ("项目名称", 44), ("牵头单位", 32), ("国家赛道", 16), ("状态", 8), ("理由", 50),
        ("不符合或未定的条款", 30), ("已豁免的条款", 20), ("查重案件", 20), ("成立的异议", 16), ("名单回执号", 24), ("名单版本", 8),
        ("名册版本", 8), ("名册 SHA-256", 66),
    )  # fmt: skip
    return TableToWrite("总决赛名册", headings, _roster_rows(session, scope, asked))


def _roster_rows(session: Session, scope: Scope, asked: Conditions) -> Rows:
    (whole, version), codes = roster.current(session, datetime.now(UTC)), asked.regions()
    items = [each for each in whole.items if scope.covers(each.region) and (not codes or each.region in codes)]
    for start in range(0, len(items), _PAGE):
        page = items[start : start + _PAGE]
        known = entries.by_ids(session, scope, [item.entry_id for item in page])
        for item in page:
            track = NATIONAL_TRACKS.get(item.national_track or "")
            yield (
                facts.region_types()[item.region].name, item.rank, item.entry_id, *_named(known.get(item.entry_id)),
                track.name if track else None, chinese(item.state), item.reason_zh, together(item.clauses),
                together(item.waived), together(item.cases), item.objection, item.receipt, item.version,
                version.number if version else None, whole.digest,
            )  # fmt: skip


def clause_table(session: Session, scope: Scope, asked: Conditions) -> TableToWrite:
    """通知的规则, in their own words; public, so the same for everybody."""
    del session, scope
    headings = (
        ("规则编号", 24), ("地区", 8), ("适用市州", 10), ("类别", 14), ("通知原文", 90), ("在通知中的位置", 20), ("判定方法", 26),
        ("留有余地的原话", 20), ("推定适用", 10), ("说明", 40),
    )  # fmt: skip
    return TableToWrite("通知规则", headings, _clause_rows(asked))


def _clause_rows(asked: Conditions) -> Rows:
    codes, kinds = asked.regions(), asked.clause_kinds()
    books = [(facts.region_types()[code].name, code, each.catalogue.book.clauses) for code, each in regions().items()]
    for name, code, clauses in (*books, ("全国", "", national_clauses().clauses)):
        for clause in clauses:
            if (not codes or code in codes) and (not kinds or clause.kind in kinds):
                yield (
                    clause.id, name, clause.city, chinese(clause.kind), clause.text, clause.locator, clause.predicate,
                    clause.leeway, "是" if clause.inferred else None, clause.remark,
                )  # fmt: skip


def _named(entry: Entry | None) -> tuple[str | None, str | None]:
    """Title and lead organisation, as far as the entry still exists."""
    return (entry.title, entry.lead_organisation.name) if entry else (None, None)


CONTENTS: Final[Mapping[str, Callable[[Session, Scope, Conditions], TableToWrite]]] = {
    "entries": entry_table,
    "cases": case_table,
    "lists": list_table,
    "roster": roster_table,
    "clauses": clause_table,
}
WHOLE: Final = frozenset({"roster"})  # computed over all regions; of it a region is shown its part
