"""Brings together what goes into the roster as the database stands."""

from collections.abc import Sequence
from datetime import datetime

from schema.quotas import quota_of
from schema.roster import RosterAct
from schema.vocabulary import OF_PAIRS, CaseStatus, EntryStatus, Verdict
from sync.database import Session
from sync.entry_facts import region_facts
from sync.lists.items import items_of
from sync.lists.rules import all_rules
from sync.repository.browse import EntryBrowser
from sync.repository.cases import CaseStore
from sync.repository.eligibility import EligibilityStore
from sync.repository.lists import ListStore
from sync.repository.parts import in_parts
from sync.repository.rosters import RosterStore
from sync.repository.waivers import WaiverStore
from sync.roster.inputs import Case, CountedList, Decision, Inputs, ListedItem, Standing
from sync.scope import EVERYTHING


def gather(session: Session, now: datetime) -> Inputs:
    """The inputs at this moment; `now` says which waivers hold."""
    lists = _lists(session)
    ids = sorted({item.entry_id for each in lists for item in each.items})
    return Inputs(
        lists=tuple(lists),
        standings=tuple(_standings(session, ids, now)),
        cases=tuple(_cases(session, ids)),
        decisions=tuple(_decisions(session, set(ids))),
    )


def _lists(session: Session) -> list[CountedList]:
    """Every region's own list that counts; those from below it have been held against it when it was pushed."""
    counted = ListStore(session, EVERYTHING).counted()
    return [
        CountedList(
            row.region, row.receipt, row.version, row.digest, quota_of(rules.selection),
            tuple(ListedItem(item.rank, item.entry_id, item.national_track) for item in items_of(row)),
        )
        for rules in all_rules(session)
        if rules.issuer.lower is None and (row := counted.get(rules.issuer.code)) is not None
    ]  # fmt: skip


def _standings(session: Session, ids: Sequence[str], now: datetime) -> list[Standing]:
    store = EligibilityStore(session)
    judged = {entry: pattern for entry, (pattern, _) in store.forms(ids).items()}
    patterns = store.patterns(judged.values())
    waivers = {
        (row.entry_id, row.clause_id, row.clause_version) for row in WaiverStore(session, EVERYTHING).holding(now)
    }
    kinds = {
        clause.id: clause.kind for code in {entry[:2] for entry in ids} for clause in region_facts(code).law.clauses
    }
    found = []
    for part in in_parts(ids):
        for entry, row in EntryBrowser(session, EVERYTHING).by_ids(part).items():
            lines = [
                line
                for line in (patterns[judged[entry]] if entry in judged else ())
                if kinds.get(line.clause_id) not in OF_PAIRS
            ]
            waived = {line.clause_id for line in lines if (entry, line.clause_id, line.clause_version) in waivers}
            left = [line for line in lines if line.clause_id not in waived]
            found.append(
                Standing(
                    entry, EntryStatus(row.status), row.national_track,
                    not_met=tuple(line.clause_id for line in left if line.verdict is Verdict.NOT_MET),
                    open=tuple(line.clause_id for line in left if line.verdict is Verdict.UNDETERMINED),
                    waived=tuple(line.clause_id for line in lines if line.clause_id in waived),
                )
            )  # fmt: skip
    return found


def _cases(session: Session, ids: Sequence[str]) -> list[Case]:
    store = CaseStore(session, EVERYTHING)
    rows = {row.id: row for part in in_parts(ids) for cases in store.of_entries(part).values() for row in cases}
    members = store.entries(list(rows))
    return [
        Case(row.id, CaseStatus(row.status), row.kept_entry_id, tuple(each.entry_id for each in members[row.id]))
        for row in rows.values()
    ]


def _decisions(session: Session, listed: set[str]) -> list[Decision]:
    return [
        Decision(row.entry_id, RosterAct(row.act), row.reason, row.objection)
        for row in RosterStore(session).words()
        if row.entry_id in listed and row.act != RosterAct.CLEAR
    ]
