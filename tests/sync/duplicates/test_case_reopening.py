"""A decision stands while there is nothing new; what is new opens the case again, beside what was decided."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schema.vocabulary import CaseKind, CaseStatus
from sync.case_evidence import Basis, PairEvidence, news, read
from sync.decisions import decide
from sync.detector import detect
from sync.duplicates.records import Member, Record
from sync.repository.audit import AuditStore
from sync.repository.cases import CaseStore
from sync.repository.entries import EntryStore
from sync.scope import EVERYTHING

PEOPLE = tuple(Member(name, "", f"id-{name}", "") for name in ("欧阳明远", "司徒清", "上官云帆"))
LEFT = Record(
    id="41:A", project_name="青石坡村智慧茶园溯源平台", org_name="郑州云帆科技有限公司", team_name="云帆队",
    abstract="针对茶园信息分散的现状，项目在柳坪村布设感知终端457台，回传土壤墒情，准确率达94.5%。", members=PEOPLE,
)  # fmt: skip
RIGHT = Record(
    id="43:B", project_name="供水管网漏损识别解决方案", org_name="长沙禾芯数据有限公司", team_name="禾芯队",
    abstract="汇聚管网压力与流量，累计入库4067万条，可在11分钟内定位漏点。", members=(PEOPLE[0],),
)  # fmt: skip
STRANGER = Record(id="61:S", project_name="低空物流调度智能体", org_name="西安天衡低空科技有限公司", team_name="天衡队")


@pytest.fixture
def dismissed(database, store):
    """One person in two teams, which a clerk has dismissed; the id of the case."""
    store(database, LEFT, RIGHT, STRANGER)
    detect(database)
    with database.read() as session:
        (case,) = CaseStore(session, EVERYTHING).cases()
    decide(database, EVERYTHING, case=case.id, status=CaseStatus.DISMISSED, reason="同名同证系录入错误", author="甲")
    return case.id


def stands(database, case):
    with database.read() as session:
        store = CaseStore(session, EVERYTHING)
        row = store.case(case)
        return row.kind, row.status, store.memberships()[case]


def test_a_dismissed_case_stays_dismissed_when_nothing_changed(database, dismissed) -> None:
    detect(database)
    assert stands(database, dismissed) == (CaseKind.SAME_PERSON, CaseStatus.DISMISSED, ["41:A", "43:B"])


def test_a_change_that_adds_no_evidence_leaves_a_dismissed_case_as_it_is(database, store, dismissed) -> None:
    store(database, replace(RIGHT, team_name="新禾芯队"))
    detect(database)
    assert stands(database, dismissed) == (CaseKind.SAME_PERSON, CaseStatus.DISMISSED, ["41:A", "43:B"])


def test_a_third_entry_opens_a_decided_case_again_under_the_same_id(database, store, dismissed) -> None:
    store(database, replace(STRANGER, members=(PEOPLE[0],)))
    detect(database)
    assert stands(database, dismissed) == (CaseKind.SAME_PERSON, CaseStatus.OPEN, ["41:A", "43:B", "61:S"])


def test_a_finding_that_weighs_more_opens_a_decided_case_again_as_what_it_is_now(database, store, dismissed) -> None:
    store(database, replace(RIGHT, members=PEOPLE))
    detect(database)
    assert stands(database, dismissed) == (CaseKind.SAME_TEAM, CaseStatus.OPEN, ["41:A", "43:B"])


@pytest.mark.parametrize(
    ("status", "before", "after", "told"),
    [
        (CaseStatus.DISMISSED, 0.6, 0.95, ["the score rose from 0.600 to 0.950"]),
        (CaseStatus.DISMISSED, 0.6, 0.9, []),
        (CaseStatus.DISMISSED, 0.95, 0.6, []),
        (CaseStatus.CONFIRMED, 0.6, 0.99, []),
    ],
)
def test_a_score_is_news_to_a_dismissed_case_when_it_has_risen_by_three_bits(status, before, after, told) -> None:
    bases = [
        Basis(
            CaseKind.SAME_PROJECT,
            ("41:A", "43:B"),
            (PairEvidence(("41:A", "43:B"), CaseKind.SAME_PROJECT, score, 0, 0, (), ()),),
        )
        for score in (before, after)
    ]
    assert [each.en for each in news(status, *bases)] == told


def test_an_opened_case_shows_what_was_decided_on_beside_what_is_found_now(database, store, dismissed) -> None:
    store(database, replace(STRANGER, members=(PEOPLE[0],)))
    detect(database)
    with database.read() as session:
        cases = CaseStore(session, EVERYTHING)
        (decision,), row = cases.decisions([dismissed])[dismissed], cases.case(dismissed)
    pairs = [sorted(pair.entries for pair in read(evidence)) for evidence in (decision.evidence, row.evidence)]
    assert pairs == [[("41:A", "43:B")], [("41:A", "43:B"), ("41:A", "61:S"), ("43:B", "61:S")]]


def test_when_the_new_evidence_goes_the_decision_stands_again(database, store, dismissed) -> None:
    store(database, replace(STRANGER, members=(PEOPLE[0],)))
    detect(database)
    with database.write() as session:
        EntryStore(session).withdraw(["61:S"], datetime.now(UTC))
    detect(database)
    assert stands(database, dismissed) == (CaseKind.SAME_PERSON, CaseStatus.DISMISSED, ["41:A", "43:B"])


def test_what_detection_does_to_a_decided_case_is_on_record(database, store, dismissed) -> None:
    store(database, replace(STRANGER, members=(PEOPLE[0],)))
    detect(database)
    with database.write() as session:
        EntryStore(session).withdraw(["61:S"], datetime.now(UTC))
    detect(database)
    with database.read() as session:
        found = [(made.actor, made.action, made.subject) for made, *_ in AuditStore(session).walk()]
    assert found == [
        (who, what, dismissed)
        for who, what in (("甲", "CASE_DECIDED"), ("detection", "CASE_REOPENED"), ("detection", "CASE_RESTORED"))
    ]


def test_more_of_the_same_does_not_open_a_confirmed_case(database, store) -> None:
    copy = replace(LEFT, id="43:B", members=PEOPLE[:2])
    store(database, LEFT, copy, STRANGER)
    detect(database)
    with database.read() as session:
        case = next(row.id for row in CaseStore(session, EVERYTHING).cases() if row.kind == CaseKind.SAME_PROJECT)
    decide(database, EVERYTHING, case=case, status=CaseStatus.CONFIRMED, reason="是", author="甲", kept_entry="41:A")
    store(database, replace(copy, members=PEOPLE))
    detect(database)
    assert stands(database, case) == (CaseKind.SAME_PROJECT, CaseStatus.CONFIRMED, ["41:A", "43:B"])
