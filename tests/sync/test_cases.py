from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.registry import regions
from adapters.sandbox.registrations import Corpus
from schema.errors import RequestError
from schema.vocabulary import CaseKind, CaseStatus
from sync.blocking import EntryView, candidate_pairs, plain
from sync.cases import decide, detect, find
from sync.comparison import compare
from sync.database import Database
from sync.repository.cases import CaseStore
from sync.repository.entries import EntryStore
from sync.scope import EVERYTHING, Scope

BASE = EntryView(
    id="41:A", region="41", city=None, topic_id="HA-T01-01", title="智慧工厂平台", team_name="云帆团队",
    project_key="智慧工厂平台", team_key="云帆团队", organisation_keys=("91A",), organisation_names=("甲公司",),
    id_tokens=frozenset({"t1", "t2"}),
)  # fmt: skip


def other(**changes) -> EntryView:
    """An entry of another province that shares nothing with BASE but what `changes` say."""
    away = replace(
        BASE, id="43:B", region="43", title="他山平台", project_key="他山平台", team_name="他山队", team_key="他山队",
        organisation_keys=("91Z",), organisation_names=("乙公司",), id_tokens=frozenset({"t9"}),
    )  # fmt: skip
    return replace(away, **changes)


def kinds(left: EntryView, right: EntryView) -> set[CaseKind]:
    return {match.kind for match in compare(left, right)}


@pytest.mark.parametrize(
    ("situation", "entry", "expected"),
    [
        ("the same title and organisation in another province", other(project_key=BASE.project_key, organisation_keys=("91A",)), {CaseKind.SAME_PROJECT}),
        ("the same title of another organisation", other(project_key=BASE.project_key), set()),
        ("the same organisation with another project", other(organisation_keys=("91A",)), set()),
        ("the partner now leads with the same title", other(project_key=BASE.project_key, organisation_keys=("91Z", "91A"), organisation_names=("乙公司", "甲公司")), {CaseKind.SAME_PROJECT}),
        ("the same team in another province", other(team_key=BASE.team_key, organisation_keys=("91A",), id_tokens=BASE.id_tokens), {CaseKind.SAME_TEAM}),
        ("the same team name of one company with other people", other(team_key=BASE.team_key, organisation_keys=("91A",)), set()),
        ("the same team whose people are not known", other(team_key=BASE.team_key, organisation_keys=("91A",), id_tokens=frozenset()), {CaseKind.SAME_TEAM}),
        ("one person in two teams", other(id_tokens=frozenset({"t1", "t8"})), {CaseKind.SAME_PERSON}),
        ("the same team with two projects in one province", replace(BASE, id="41:C", project_key="另一项目"), {CaseKind.TEAM_TWO_PROJECTS}),
        ("the same project under two topics of one province", replace(BASE, id="41:C", topic_id="HA-T01-02", team_key="另一队", id_tokens=frozenset()), {CaseKind.SAME_PROJECT}),
        ("the same team in two cities of one province", replace(BASE, id="41:C", city="长沙", project_key="另一项目"), {CaseKind.SAME_TEAM}),
    ],
)  # fmt: skip
def test_a_pair_breaks_exactly_the_prohibitions_of_its_situation(situation, entry, expected) -> None:
    assert kinds(BASE, entry) == expected, situation


def test_comparing_is_symmetric() -> None:
    twin = other(project_key=BASE.project_key, organisation_keys=("91A",), id_tokens=frozenset({"t1"}))
    assert compare(BASE, twin) == compare(twin, BASE)


@pytest.mark.parametrize("text", ["数据要素×交通", "数据要素x交通", "数据要素 Ｘ 交通", "数据要素·×·交通！"])
def test_width_case_spaces_and_the_times_sign_do_not_make_another_title(text) -> None:
    assert plain(text) == "数据要素x交通"


def test_a_block_of_thousands_stays_linear_and_connected() -> None:
    views = [other(id=f"43:{number:05d}", id_tokens=frozenset({"shared"})) for number in range(3000)]
    assert len(candidate_pairs(views)) == 2999


def _views(database: Database) -> list[EntryView]:
    with database.read() as session:
        return EntryStore(session).views()


def _cases(database: Database) -> set[tuple[str, ...]]:
    with database.read() as session:
        store = CaseStore(session, EVERYTHING)
        members = store.memberships()
        return {(case.kind, *members[case.id]) for case in store.cases()}


def _one(database: Database) -> tuple[str, list[str]]:
    with database.read() as session:
        store = CaseStore(session, EVERYTHING)
        case = min(store.cases(), key=lambda row: row.id)
        return case.id, store.memberships()[case.id]


def test_exactly_the_planted_duplicates_are_found(filled: Database, corpus: Corpus) -> None:
    assert _cases(filled) == {(label.kind, *label.entries) for label in corpus.duplicates}


def test_no_case_holds_entries_that_share_only_their_organisation(filled: Database, corpus: Corpus) -> None:
    pairs = {entries for _, *entries in map(tuple, _cases(filled)) for entries in [tuple(entries)]}
    assert pairs.isdisjoint({label.entries for label in corpus.look_alikes})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(filled_sqlite: Database, seed) -> None:
    views = _views(filled_sqlite)
    shuffled = seed.sample(views, len(views))
    assert find(shuffled) == find(views)


def test_detecting_again_changes_nothing(filled: Database) -> None:
    before = _cases(filled)
    report = detect(filled)
    assert (_cases(filled), report.opened, report.grown, report.closed) == (before, 0, 0, 0)


def test_a_decision_survives_the_next_detection(filled: Database) -> None:
    case, entries = _one(filled)
    decide(
        filled,
        EVERYTHING,
        case=case,
        status=CaseStatus.CONFIRMED,
        reason="同一项目",
        author="甲",
        kept_entry=entries[0],
    )
    detect(filled)
    with filled.read() as session:
        row = CaseStore(session, EVERYTHING).case(case)
        assert row is not None
        assert (row.status, row.kept_entry_id) == (CaseStatus.CONFIRMED, entries[0])


def test_every_decision_stays_on_record(filled: Database) -> None:
    case, entries = _one(filled)
    decide(filled, EVERYTHING, case=case, status=CaseStatus.DISMISSED, reason="两回事", author="甲")
    decide(
        filled,
        EVERYTHING,
        case=case,
        status=CaseStatus.CONFIRMED,
        reason="再看是一回事",
        author="乙",
        kept_entry=entries[1],
    )
    with filled.read() as session:
        decisions = CaseStore(session, EVERYTHING).decisions([case])[case]
    assert [(each.status, each.author, each.reason) for each in decisions] == [
        ("DISMISSED", "甲", "两回事"),
        ("CONFIRMED", "乙", "再看是一回事"),
    ]


def test_an_open_case_is_dropped_when_one_side_withdraws(filled: Database) -> None:
    case, entries = _one(filled)
    with filled.write() as session:
        EntryStore(session).withdraw(entries[:1], _now())
    detect(filled)
    with filled.read() as session:
        assert CaseStore(session, EVERYTHING).case(case) is None


def test_a_decided_case_is_kept_when_one_side_withdraws(filled: Database) -> None:
    case, entries = _one(filled)
    decide(filled, EVERYTHING, case=case, status=CaseStatus.CONFIRMED, reason="是", author="甲", kept_entry=entries[0])
    with filled.write() as session:
        EntryStore(session).withdraw(entries[1:], _now())
    detect(filled)
    with filled.read() as session:
        row = CaseStore(session, EVERYTHING).case(case)
        assert row is not None
        assert row.status == CaseStatus.CONFIRMED


def test_a_third_entry_reopens_a_decided_case_under_the_same_id(filled_sqlite: Database) -> None:
    with filled_sqlite.read() as session:
        store = CaseStore(session, EVERYTHING)
        case = next(row for row in store.cases() if row.kind == CaseKind.SAME_PERSON)
        first, second = store.memberships()[case.id]
        views = {view.id: view for view in EntryStore(session).views()}
    shared = views[first].id_tokens & views[second].id_tokens
    decide(filled_sqlite, EVERYTHING, case=case.id, status=CaseStatus.DISMISSED, reason="误报", author="甲")
    third = next(view.id for view in views.values() if view.id not in (first, second) and not view.id_tokens & shared)
    with filled_sqlite.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE entry_representative SET id_token = ? WHERE entry_id = ? AND position = 0", (min(shared), third)
        )
    detect(filled_sqlite)
    with filled_sqlite.read() as session:
        store = CaseStore(session, EVERYTHING)
        row = store.case(case.id)
        assert row is not None
        assert (row.status, store.memberships()[case.id]) == (CaseStatus.OPEN, sorted([first, second, third]))


@pytest.mark.parametrize(
    ("decision", "codes"),
    [
        ({"status": CaseStatus.CONFIRMED, "reason": "是"}, ["KEPT_ENTRY_INVALID"]),
        ({"status": CaseStatus.CONFIRMED, "reason": "是", "kept_entry": "41:nobody"}, ["KEPT_ENTRY_INVALID"]),
        ({"status": CaseStatus.DISMISSED, "reason": "  "}, ["REASON_MISSING"]),
        ({"status": CaseStatus.OPEN, "reason": ""}, ["DECISION_INVALID", "REASON_MISSING"]),
    ],
)
def test_a_decision_that_lacks_something_is_refused_with_all_that_it_lacks(
    filled_sqlite: Database, decision, codes
) -> None:
    case, _ = _one(filled_sqlite)
    with pytest.raises(RequestError) as refused:
        decide(filled_sqlite, EVERYTHING, case=case, author="甲", **decision)
    assert [problem.code for problem in refused.value.problems] == codes


def test_a_case_outside_the_scope_does_not_exist(filled_sqlite: Database) -> None:
    case, entries = _one(filled_sqlite)
    outside = next(code for code in regions() if code not in {entry[:2] for entry in entries})
    with pytest.raises(RequestError) as refused:
        decide(filled_sqlite, Scope(outside), case=case, status=CaseStatus.DISMISSED, reason="无", author="甲")
    assert refused.value.code == "CASE_UNKNOWN"


def test_withdrawn_entries_are_not_compared(filled_sqlite: Database) -> None:
    views = _views(filled_sqlite)
    with filled_sqlite.write() as session:
        EntryStore(session).withdraw([views[0].id], _now())
    assert views[0].id not in {view.id for view in _views(filled_sqlite)}


def _now() -> datetime:
    return datetime.now(UTC)
