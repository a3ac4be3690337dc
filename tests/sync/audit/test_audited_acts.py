"""What stands on record of each kind of act."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from adapters.registry import regions
from schema.errors import RequestError
from schema.vocabulary import CaseStatus, Register
from sync import guard, registers, waivers
from sync.decisions import decide
from sync.lists.setting import set_rules
from sync.registers import RegisterLine
from sync.repository.audit import AuditStore
from sync.repository.cases import CaseStore
from sync.repository.guard_stops import GuardStopStore
from sync.scope import EVERYTHING
from sync.tables import GuardStopRow, SelectionSettingRow

NOW = datetime(2025, 9, 1, tzinfo=UTC)
WHO = {"author": "组委会", "reason": "核实", "now": NOW}


def on_record(database) -> list[tuple]:
    with database.read() as session:
        return [
            (r.actor, r.action, r.subject, r.reason, orjson.loads(r.change)) for r, _, _ in AuditStore(session).walk()
        ]


def test_a_change_of_a_register_with_a_digest_of_its_lines(database) -> None:
    registers.change(database, Register.TAX_OFFENDERS, [RegisterLine(Register.TAX_OFFENDERS, "甲公司")], **WHO)
    ((*said, change),) = on_record(database)
    assert (said, change["added"], len(change["digest"])) == (
        ["组委会", "REGISTER_CHANGED", "TAX_OFFENDERS", "核实"],
        1,
        64,
    )


def test_a_change_of_a_register_that_changes_nothing_leaves_no_record(database) -> None:
    for _ in range(2):
        registers.change(database, Register.TAX_OFFENDERS, [], **WHO)
    assert len(on_record(database)) == 1


def test_a_waiver_and_its_revocation(filled) -> None:
    clause = next(c for a in regions().values() for c in a.catalogue.clauses if c.waivable)
    code = next(code for code, a in regions().items() if clause in a.catalogue.clauses)
    with filled.read() as session:
        entry = next(
            iter(sorted(e for e in CaseStore(session, EVERYTHING).memberships().values() for e in e if e[:2] == code))
        )
    made = waivers.waive(filled, clause=clause.id, entry=entry, expires_at=NOW + timedelta(1), **WHO)
    waivers.revoke(filled, waiver=made.id, author="乙", reason="撤", now=NOW)
    assert [each[:4] for each in on_record(filled)] == [
        ("组委会", "WAIVER_GRANTED", made.id, "核实"),
        ("乙", "WAIVER_REVOKED", made.id, "撤"),
    ]


def test_a_decision_on_a_case(filled) -> None:
    with filled.read() as session:
        case = CaseStore(session, EVERYTHING).cases()[0]
        entries = [each.entry_id for each in CaseStore(session, EVERYTHING).entries([case.id])[case.id]]
    decide(
        filled, EVERYTHING, case=case.id, status=CaseStatus.CONFIRMED, reason="同一", author="甲", kept_entry=entries[0]
    )
    change = {"status": "CONFIRMED", "kept": entries[0], "entries": entries}
    assert on_record(filled) == [("甲", "CASE_DECIDED", case.id, "同一", change)]


def test_a_decision_that_is_refused_leaves_no_record(filled) -> None:
    with pytest.raises(RequestError):
        decide(filled, EVERYTHING, case="C0", status=CaseStatus.DISMISSED, reason="x", author="甲")
    assert on_record(filled) == []


def test_a_quota_that_is_set(database) -> None:
    set_rules(database, SelectionSettingRow(issuer="41", total=9, reason="纪要", author="组委会", set_at=NOW))
    change = {"total": 9, "per_track": None, "alternates": None, "firsts": None, "deadline": None}
    assert on_record(database) == [("组委会", "QUOTA_SET", "41", "纪要", change)]


def test_an_override_of_a_guard(database) -> None:
    with database.write() as session:
        row = GuardStopRow(
            run_id="r1", region="41", stopped_at=NOW, kind="deletions", number=9, bound=5, entries=100, difference=[]
        )  # fmt: skip
        GuardStopStore(session, EVERYTHING).add(row)
    with database.write() as session:
        guard.override(session, "r1", "甲", "平台换库", NOW)
    change = {"region": "41", "kind": "deletions", "number": 9, "bound": 5}
    assert on_record(database) == [("甲", "GUARD_OVERRIDDEN", "r1", "平台换库", change)]
