"""Pushes that are repeated, confirmed, replaced; what is sealed; what the versions differ in; what the scores would give."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import orjson
import pytest
import rfc8785
from sqlalchemy import text
from sqlmodel import select

from schema.list_life import ListAct
from schema.selection import Basis, Limit, Pool, Priority, SelectionFacts
from sync.database import Database
from sync.doctor import examine
from sync.lists import Confirmation, ListItem, items_of
from sync.lists.acts import Request, move
from sync.lists.comparison import Difference, differences
from sync.lists.rules import issuers, rules_of
from sync.lists.shadow import Candidate, Deviation, choose, shadow_of
from sync.lists.submission import Push, submit
from sync.repository.lists import ListStore
from sync.repository.messages import MessageStore
from sync.scope import EVERYTHING
from sync.tables import EntryRow

CONFIRMED = (Confirmation("已逐项核实"),)
START = datetime(2025, 10, 1, tzinfo=UTC)
REASON = {"reason_zh": "试", "reason_en": "test"}


@pytest.fixture
def push(world):
    cast, database = world

    def go(*names: str, issuer: str = "41", **more):
        return submit(database, Push(issuer, cast.sound(*names), CONFIRMED, **more), "省")

    return go


def versions(database: Database) -> list[tuple[int, str]]:
    with database.read() as session:
        return [(row.version, row.state) for row in ListStore(session, EVERYTHING).versions()]


def test_what_is_sealed_is_canonical_json_with_its_digest_in_the_receipt(push) -> None:
    row = push("a", "b").sealed
    digest = hashlib.sha256(rfc8785.dumps(orjson.loads(row.content))).hexdigest()
    assert (row.digest, row.receipt) == (digest, f"TJ-41-001-{digest[:8].upper()}")


def test_what_was_sealed_reads_back_as_it_was_pushed(world) -> None:
    cast, database = world
    items = [
        ListItem(2, cast.names["a"], None, None, "备注 “一”"),
        ListItem(1, cast.names["vague"], "N06", "另一个名称", None),
    ]
    row = submit(database, Push("41", items, CONFIRMED), "省").sealed
    assert items_of(row) == items[::-1]


def test_a_reason_for_a_confirmation_is_sealed_with_the_list(push) -> None:
    content = orjson.loads(push("a", "published").sealed.content)
    assert [(each["rank"], each["code"], each["reason"]) for each in content["confirmed"]] == [
        (1, "CLAUSE_UNDETERMINED", "已逐项核实"),
        (2, "CLAUSE_UNDETERMINED", "已逐项核实"),
        (2, "PUBLICITY_NOT_OVER", "已逐项核实"),
    ]


@pytest.mark.parametrize(
    ("confirmation", "left"),
    [
        (Confirmation("核实"), []),
        (Confirmation("核实", "CLAUSE_UNDETERMINED"), []),
        (Confirmation("核实", item=2), [1]),
        (Confirmation("核实", "NOT_JUDGED"), [1, 2]),
        (Confirmation("  "), [1, 2]),
    ],
)
def test_a_confirmation_is_about_the_code_and_the_row_it_names(world, confirmation, left) -> None:
    cast, database = world
    outcome = submit(database, Push("41", cast.sound("a", "b"), [confirmation]), "省", dry_run=True)
    assert [finding.item for finding in outcome.findings if finding.stops] == left


def test_the_same_push_with_the_same_key_gets_the_first_answer(world, push) -> None:
    first, second = push("a", "b", key="k"), push("a", "b", key="k")
    same = (second.sealed.receipt, second.findings, second.repeated)
    assert (same, versions(world[1])) == ((first.sealed.receipt, first.findings, True), [(1, "SEALED")])


def test_another_list_with_a_used_key_is_refused(world, push) -> None:
    push("a", "b", key="k")
    refused = [problem.code for problem in push("b", "a", key="k").problems]
    assert (refused, versions(world[1])) == (["KEY_REUSED"], [(1, "SEALED")])


@pytest.mark.parametrize("key", ["", "k" * 201])
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_key_that_cannot_be_kept_is_refused(world, dry_run, key) -> None:
    cast, database = world
    push = Push("41", cast.sound("a"), CONFIRMED, key)
    assert [each.code for each in submit(database, push, "省", dry_run=dry_run).problems] == ["KEY_INVALID"]


@pytest.mark.parametrize("dry_run", [True, False])
def test_no_deadline_is_kept_by_a_clock_that_was_set_back(world, accept, dry_run) -> None:
    cast, database = world
    receipt = accept(database, Push("41", cast.sound("a"), CONFIRMED))
    move(database, EVERYTHING, Request(receipt, ListAct.PUBLISH), actor="组委会", now=START + timedelta(days=2))
    cast.prepared(database, {"set": {"deadline": START + timedelta(days=1)}})
    outcome = submit(database, Push("41", cast.sound("b"), CONFIRMED), "省", dry_run=dry_run, now=START)
    assert [problem.code for problem in outcome.problems] == ["CLOCK_BEHIND"]


def test_a_refused_push_leaves_its_key_free(push) -> None:
    push("a", "gone", key="k")
    assert push("a", key="k").problems == ()


def test_a_faulty_list_leaves_nothing_behind(world, push) -> None:
    push("a", "gone")
    with world[1].read() as session:
        kept = [ListStore(session, EVERYTHING).versions(), MessageStore(session, EVERYTHING).all()]
    assert kept == [[], []]


def test_a_later_version_takes_the_place_of_one_that_nobody_accepted(world, push) -> None:
    push("a")
    push("b")
    assert versions(world[1]) == [(2, "SEALED"), (1, "SUPERSEDED")]


def test_a_version_that_counts_goes_on_counting_while_a_later_one_waits(world, push, accept) -> None:
    cast, database = world
    accept(database, Push("41", cast.sound("a"), CONFIRMED))
    push("b")
    assert versions(database) == [(2, "SEALED"), (1, "ACCEPTED")]


def test_two_clerks_who_push_at_once_leave_one_list_that_waits(filled) -> None:
    with filled.read() as session:
        query = select(EntryRow.id).where(
            EntryRow.region == "41", EntryRow.stage == "AWARDED", EntryRow.status == "ACTIVE", EntryRow.match == "EXACT"
        )
        entry = min(session.scalars(query))
    with ThreadPoolExecutor(4) as clerks:
        pushed = [Push("41", [ListItem(1, entry)], CONFIRMED) for _ in range(8)]
        list(clerks.map(lambda push: submit(filled, push, "省"), pushed))
    states = sorted(state for _, state in versions(filled))
    assert (states, examine(filled)) == (["SEALED", *["SUPERSEDED"] * 7], [])


def test_two_clerks_with_one_key_get_one_answer(filled) -> None:
    with filled.read() as session:
        query = select(EntryRow.id).where(
            EntryRow.region == "41", EntryRow.stage == "AWARDED", EntryRow.status == "ACTIVE", EntryRow.match == "EXACT"
        )
        entry = min(session.scalars(query))
    with ThreadPoolExecutor(4) as clerks:
        pushed = [Push("41", [ListItem(1, entry)], CONFIRMED, "once")] * 8
        receipts = {outcome.sealed.receipt for outcome in clerks.map(lambda push: submit(filled, push, "省"), pushed)}
    assert (len(receipts), len(versions(filled))) == (1, 1)


@pytest.mark.parametrize("dry_run", [True, False])
def test_beside_a_confirmed_list_no_other_is_pushed(world, accept, dry_run) -> None:
    cast, database = world
    receipt = accept(database, Push("41", cast.sound("a"), CONFIRMED))
    for act, now in ((ListAct.PUBLISH, START), (ListAct.CONFIRM, START + timedelta(days=10))):
        move(database, EVERYTHING, Request(receipt, act), actor="组委会", now=now)
    outcome = submit(database, Push("41", cast.sound("b"), CONFIRMED), "省", dry_run=dry_run)
    assert [problem.code for problem in outcome.problems] == ["LIST_SETTLED"]


def test_two_versions_differ_field_by_field() -> None:
    before = [ListItem(1, "a", "N01"), ListItem(2, "b", remark="x"), ListItem(3, "c")]
    after = [ListItem(1, "b"), ListItem(2, "a", "N02"), ListItem(3, "d", title="新")]
    assert differences(before, after) == [
        Difference("b", "rank", "2", "1"),
        Difference("b", "remark", "x", None),
        Difference("a", "rank", "1", "2"),
        Difference("a", "nationalTrack", "N01", "N02"),
        Difference("d", "entryId", None, "d"),
        Difference("d", "rank", None, "3"),
        Difference("d", "title", None, "新"),
        Difference("c", "entryId", "c", None),
        Difference("c", "rank", "3", None),
    ]


FIELD = [
    Candidate("a", "N01", 90, 60), Candidate("b", "N01", 80, 95), Candidate("c", "N01", 70, 99), Candidate("d", "N01", 60, 100),
    Candidate("e", "N02", 65, 70), Candidate("f", "N02", 50, 80, first=True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "chosen"),
    [
        (SelectionFacts(), "fabced"),
        (SelectionFacts(total=Limit(most=2, **REASON)), "fa"),
        (SelectionFacts(per_track=Limit(most=2, **REASON)), "fabced"),
        (SelectionFacts(per_track=Limit(most=2, set_by="组委会", **REASON)), "fabe"),
        (SelectionFacts(pool=Pool(firsts=1, **REASON)), "faecb"),
        (SelectionFacts(pool=Pool(firsts=1, places=(2, 2), **REASON), total=Limit(most=3, **REASON)), "fae"),
    ],
)
def test_entries_are_chosen_by_score_track_and_pool_those_with_priority_first(rules, chosen) -> None:
    assert "".join(choose(FIELD, rules)) == chosen


def test_the_pushed_list_is_held_against_what_scores_and_rules_would_give(world, push) -> None:
    cast, database = world
    with database.write() as session:
        session.execute(text("UPDATE entry SET score = NULL"))
        for score, name in ((90, "a"), (80, "b"), (70, "c"), (60, "crowded")):
            entry = {"id": cast.names[name], "score": score}
            session.execute(text("UPDATE entry SET score = :score WHERE id = :id"), entry)
    row = push("b", "a").sealed
    with database.read() as session:
        lines = shadow_of(session, row).lines
    assert [(line.entry_id, line.deviation, line.pushed_rank, line.computed_rank) for line in lines] == [
        (cast.names["b"], Deviation.OTHER_RANK, 1, 2),
        (cast.names["a"], Deviation.OTHER_RANK, 2, 1),
        (cast.names["c"], Deviation.ONLY_COMPUTED, None, 3),
    ]


def test_a_rule_that_is_set_goes_before_the_inferred_one_and_says_who_set_it(world) -> None:
    cast, database = world
    cast.prepared(database, {"set": {"total": 12}})
    with database.read() as session:
        total = rules_of(session, issuers()["41"]).selection.total
    assert (total.most, total.basis, total.set_by) == (12, Basis.SET, "组委会")


def test_priority_is_printed_where_a_notice_prints_it(world) -> None:
    with world[1].read() as session:
        found = {code: rules_of(session, issuer).selection.priorities for code, issuer in issuers().items()}
    assert {code: [type(each) for each in part] for code, part in found.items() if part} == {"13": [Priority]}


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("UPDATE recommendation_list SET content = replace(content, 'N06', 'N07')", "DIGEST_DIFFERS"),
        ("UPDATE recommendation_list SET state = 'ACCEPTED'", "STATE_WITHOUT_EVENT"),
        ("UPDATE recommendation_list SET version = 2", "VERSION_MISSING"),
        ("DELETE FROM message", "NOT_TOLD"),
        ("DELETE FROM list_event WHERE act = 'VALIDATE'", "EVENT_IMPOSSIBLE"),
        ("UPDATE list_key SET issuer = '13'", "KEY_WITHOUT_LIST"),
    ],
)
def test_the_doctor_finds_what_was_bent_by_hand(world, push, damage, code) -> None:
    cast, database = world
    submit(database, Push("41", [ListItem(1, cast.names["vague"], "N06")], CONFIRMED, "k"), "省", now=datetime.now(UTC))
    with database.write() as session:
        session.execute(text(damage))
    assert code in [problem.code for problem in examine(database)]
