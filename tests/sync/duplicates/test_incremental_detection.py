"""Over the database: comparing what changed gives the pairs and cases that comparing everything gives."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema.vocabulary import CaseStatus
from sync.database import Database
from sync.decisions import decide
from sync.detector import Detector, pairs_of
from sync.duplicates.detection import detect
from sync.duplicates.index import Index
from sync.duplicates.records import Member, Partner, Record
from sync.duplicates.scoring import fitted_model
from sync.repository.cases import CaseStore
from sync.repository.detection import DetectionStore
from sync.repository.entries import EntryStore
from sync.scope import EVERYTHING

MODEL = fitted_model()
PEOPLE = [Member(name, "", f"id-{name}", f"tel-{name}") for name in ("欧阳明远", "司徒清", "上官云帆", "慕容雪")]
TITLES = ["青石坡村智慧茶园溯源平台", "茶园溯源智慧系统（青石坡村）", "供水管网漏损识别解决方案"]
ABSTRACTS = [
    "针对茶园信息分散的现状，项目在柳坪村布设感知终端457台，回传土壤墒情，准确率达94.5%，服务茶农2128户。",
    "在柳坪村布设457台感知终端，土壤墒情回传准确率94.5%。",
    "汇聚管网压力与流量，累计入库4067万条，可在11分钟内定位漏点，漏损率降低3.7%。",
]
ORGANISATIONS = ["长沙云帆科技有限公司", "云帆科技（长沙）股份有限公司", "郑州禾芯数据有限公司"]
PLACES = ["41", "43", "61"]
bodies = st.builds(
    Record,
    id=st.just("41:x"),
    project_name=st.sampled_from(TITLES),
    abstract=st.sampled_from(ABSTRACTS),
    org_name=st.sampled_from(ORGANISATIONS),
    partners=st.just(()) | st.just((Partner("湘江实验室", ""),)),
    team_name=st.sampled_from(["云帆队", "禾芯队"]),
    members=st.lists(st.sampled_from(PEOPLE), max_size=3, unique_by=lambda each: each.name).map(tuple),
)
places = st.integers(0, 7)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("put"), places, bodies),
        st.tuples(st.just("withdraw"), places, st.none()),
        st.tuples(st.just("decide"), places, st.sampled_from([CaseStatus.CONFIRMED, CaseStatus.DISMISSED])),
    ),
    max_size=12,
)
some = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def named(place: int, body: Record) -> Record:
    return replace(body, id=f"{PLACES[place % 3]}:E{place}")


def cases(database: Database) -> list[tuple[Any, ...]]:
    """What is to be the same, in a stable order: ids are by chance."""
    with database.read() as session:
        store = CaseStore(session, EVERYTHING)
        members, rows = store.memberships(), store.cases()
        decisions = store.decisions([row.id for row in rows])
        return sorted(
            (row.kind, tuple(members[row.id]), row.status, row.score, row.kept_entry_id or "", len(decisions[row.id]))
            for row in rows
        )


def decide_one(database: Database, place: int, status: CaseStatus) -> None:
    """Decide the case at this place of the stable order, if there is any."""
    with database.read() as session:
        store = CaseStore(session, EVERYTHING)
        members = store.memberships()
        open_cases = sorted((row.kind, members[row.id], row.id) for row in store.cases([CaseStatus.OPEN]))
    if open_cases:
        _, entries, case = open_cases[place % len(open_cases)]
        kept = entries[0] if status is CaseStatus.CONFIRMED else None
        decide(database, EVERYTHING, case=case, status=status, reason="核实", author="甲", kept_entry=kept)


def play(database: Database, first, later, store, *, every_time: bool) -> Detector:
    """Detect all, then let things happen and detect what changed: after each, or only where a decision needs cases."""
    detector = Detector(database, stale=float("inf"))
    store(database, *(named(place, body) for place, body in enumerate(first)))
    detector.run()
    for act, place, what in later:
        if act == "put":
            store(database, named(place, what))
        elif act == "withdraw":
            with database.write() as session:
                EntryStore(session).withdraw([f"{PLACES[place % 3]}:E{place}"], datetime.now(UTC))
        else:
            detector.run()
            decide_one(database, place, what)
        if every_time:
            detector.run()
    detector.run()
    return detector


def told(pairs) -> list[tuple[Any, ...]]:
    return [(pair.id_a, pair.id_b, pair.kind, pair.score) for pair in pairs]


@given(first=st.lists(bodies, min_size=1, max_size=6), later=acts)
@some
def test_after_any_history_the_stored_pairs_are_those_of_comparing_everything(
    backend, store, low_caps, first, later
) -> None:
    database = Database(backend.new("empty"))
    play(database, first, later, store, every_time=True)
    with database.read() as session:
        found, records = DetectionStore(session).pairs(), DetectionStore(session).records()
    database.close()
    snapshot = Index([named(place, body) for place, body in enumerate(first)]).rarity
    expected, _ = pairs_of(Index(records, snapshot), {record.id for record in records}, (), MODEL)
    assert told(found) == told(expected)


@given(st.lists(bodies, max_size=8))
@some
def test_an_index_finds_the_pairs_that_a_full_run_finds(first) -> None:
    records = [named(place, body) for place, body in enumerate(first)]
    found, _ = pairs_of(Index(records), {record.id for record in records}, (), MODEL)
    assert told(found) == told(detect(records, MODEL).pairs)


@given(first=st.lists(bodies, min_size=1, max_size=6), later=acts)
@some
def test_how_often_detection_ran_in_between_makes_no_difference_to_cases_and_decisions(
    backend, store, first, later
) -> None:
    ends = []
    for every_time in (True, False):
        database = Database(backend.new("empty"))
        play(database, first, later, store, every_time=every_time)
        ends.append(cases(database))
        database.close()
    assert ends[0] == ends[1]


def test_only_what_changed_is_compared_again(database, store) -> None:
    detector = Detector(database, stale=float("inf"))
    project = {"project_name": TITLES[0], "abstract": ABSTRACTS[0], "org_name": ORGANISATIONS[0]}
    store(database, *(Record(id=f"41:E{n}", **project | {"org_name": f"第{n}家公司"}) for n in range(5)))
    detector.run()
    store(database, Record(id="43:E9", **project))
    report = detector.run()
    assert (report.full, report.entries, report.compared) == (False, 6, 1)


def test_a_change_that_detection_does_not_read_is_not_compared_again(database, store) -> None:
    detector = Detector(database, stale=float("inf"))
    record = Record(id="41:E1", project_name=TITLES[0], org_name=ORGANISATIONS[0])
    store(database, record)
    detector.run()
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE entry SET score = 90, content_hash = 'another'")
    assert detector.run().compared == 0


def test_everything_is_compared_again_once_the_snapshot_is_stale(database, store) -> None:
    detector = Detector(database, stale=0.5)
    store(database, Record(id="41:E1", project_name=TITLES[0]), Record(id="41:E2", project_name=TITLES[2]))
    detector.run()
    runs = []
    for number in (3, 4):
        store(database, Record(id=f"41:E{number}", project_name=f"第{number}个项目"))
        runs.append(detector.run().full)
    store(database, Record(id="41:E5", project_name="第五个项目"))
    assert [*runs, detector.run().full] == [False, False, True]


def test_an_index_is_given_up_when_another_process_has_detected(database, store) -> None:
    here, elsewhere = (Detector(database, stale=float("inf")) for _ in range(2))
    store(database, Record(id="41:E1", project_name=TITLES[0]))
    here.run()
    elsewhere.run()
    assert [here.run().full, here.run().full] == [True, False]


class LostError(Exception):
    """A claim was lost while comparing."""


def test_a_run_that_lost_its_claim_writes_nothing_and_the_next_compares_everything(database, store) -> None:
    def lost(session) -> None:
        raise LostError

    detector = Detector(database, stale=float("inf"))
    detector.run()
    store(database, *(Record(id=f"{code}:E1", project_name=TITLES[0], abstract=ABSTRACTS[0]) for code in ("41", "43")))
    with pytest.raises(LostError):
        detector.run(confirm=lost)
    with database.read() as session:
        written = DetectionStore(session).pairs()
    report = detector.run()
    assert (written, report.full, report.opened) == ([], True, 1)
