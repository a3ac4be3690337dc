"""Detection over whole corpora: what holds for any of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schema.vocabulary import CaseKind
from sync.duplicates.comparison import FEATURES, Pairs, Prepared, compare, glance
from sync.duplicates.detection import detect
from sync.duplicates.encoding import encode
from sync.duplicates.index import Index, Touched
from sync.duplicates.rarity import Rarity
from sync.duplicates.records import Member, Partner, Record
from sync.duplicates.scoring import Model, fitted_model, possible, score

MODEL = fitted_model()
TITLES = [
    "青石坡村智慧茶园溯源平台",
    "高速公路拥堵治理系统",
    "医保基金欺诈识别智能体",
    "供水管网漏损识别解决方案",
    "",
    "智",
    "🎉🎉",
]
ABSTRACTS = [
    "针对茶园信息分散的现状，项目在柳坪村布设感知终端457台，回传土壤墒情，准确率达94.5%。",
    "经授权接入门架流水，清洗后可用率达87.2%，自2024年3月在松垭镇试运行以来服务货车司机2128户。",
    "汇聚结算明细与药品追溯码，累计入库4067万条，可在11分钟内给出处置建议。",
    "",
]
ORGANISATIONS = ["长沙云帆科技有限公司", "云帆科技（长沙）股份有限公司", "郑州禾芯数据有限公司", "郑州大学", ""]
texts = st.sampled_from
members = st.builds(
    Member, name=texts(["王伟", "李娜", "欧阳明远", ""]), role=st.just(""),
    id_token=texts(["t1", "t2", "t3", "t4", ""]), phone_token=texts(["p1", "p2", "p3", ""]),
)  # fmt: skip
bodies = st.builds(
    Record, id=st.just("x"), region=texts(["41", "43"]), city=texts(["郑州", "长沙", ""]), project_name=texts(TITLES),
    org_name=texts(ORGANISATIONS), org_uscc=texts(["91A", "91B", ""]), team_name=texts(["云帆队", "禾芯队", ""]),
    partners=st.lists(st.builds(Partner, name=texts(ORGANISATIONS), uscc=texts(["91C", ""])), max_size=2).map(tuple),
    members=st.lists(members, max_size=4).map(tuple), abstract=texts(ABSTRACTS),
)  # fmt: skip
# Shrinking a failure takes minutes, since every step encodes a corpus; the seed that is printed repeats it.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
quick = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=PHASES,
)


def numbered(records) -> list[Record]:
    return [replace(record, id=f"{place:03d}") for place, record in enumerate(records)]


def features(left: Record, right: Record) -> np.ndarray:
    encoded = encode([left, right])
    prepared = Prepared.of(encoded, Rarity.of(encoded))
    return compare(Pairs(prepared, np.array([0]), prepared, np.array([1])))


def pairs(records) -> list[tuple[str, str, CaseKind, float]]:
    return [(pair.id_a, pair.id_b, pair.kind, pair.score) for pair in detect(records, MODEL).pairs]


@given(bodies, bodies)
@quick
def test_comparing_is_the_same_both_ways(left, right) -> None:
    encoded = encode([left, right])
    prepared = Prepared.of(encoded, Rarity.of(encoded))
    one, two = np.array([0]), np.array([1])
    assert (
        compare(Pairs(prepared, one, prepared, two)).tolist() == compare(Pairs(prepared, two, prepared, one)).tolist()
    )


@given(bodies, bodies)
@quick
def test_the_order_of_members_and_partners_does_not_matter(left, right) -> None:
    turned = replace(left, members=left.members[::-1], partners=left.partners[::-1])
    assert features(left, right).tolist() == features(turned, right).tolist()


@given(st.lists(bodies, max_size=8), st.randoms(use_true_random=False))
@quick
def test_the_order_of_entries_does_not_matter(records, chance) -> None:
    records = numbered(records)
    shuffled = chance.sample(records, len(records))
    assert pairs(records) == pairs(shuffled)


@given(bodies, bodies, st.integers(0, 3))
@quick
def test_one_more_shared_token_never_lowers_the_score(left, right, already) -> None:
    shared = tuple(Member("", "", f"s{number}", "") for number in range(already + 1))

    def best(count: int) -> float:
        one = replace(left, members=left.members + shared[:count])
        two = replace(right, members=right.members + shared[:count])
        return max(float(found[0]) for found in score(features(one, two), MODEL).values())

    assert best(already + 1) >= best(already)


@given(bodies, bodies, texts(["欧阳明远", "王伟", ""]), texts(["p1", ""]))
@quick
def test_a_token_given_to_a_namesake_on_both_sides_never_lowers_the_score(left, right, name, phone) -> None:
    def best(token: str) -> float:
        one, two = (replace(each, members=(*each.members, Member(name, "", token, phone))) for each in (left, right))
        return max(float(found[0]) for found in score(features(one, two), MODEL).values())

    assert best("s0") >= best("")


@given(st.lists(bodies, min_size=2, max_size=8))
@quick
def test_no_pair_that_would_be_reported_is_given_up_at_a_glance(records) -> None:
    encoded = encode(records)
    prepared = Prepared.of(encoded, Rarity.of(encoded))
    first, second = np.triu_indices(len(records), 1)
    pairs = Pairs(prepared, first, prepared, second)
    scores = score(compare(pairs), MODEL)
    reported = np.any([scores[kind] >= each.review for kind, each in MODEL.thresholds.items()], axis=0)
    assert np.flatnonzero(reported & ~possible(glance(pairs), MODEL)).tolist() == []


def _known(index: Index) -> dict[tuple[str, str], list[float]]:
    """All pairs of an index, each with its comparison."""
    return {
        (record.id, other): row
        for record in index.records()
        for others in [[each for each in index.candidates(record.id) if each > record.id]]
        for other, row in zip(others, index.features(record.id, others).tolist(), strict=True)
    }


changes = st.lists(st.tuples(st.integers(0, 11), st.none() | bodies), max_size=15)


@given(st.lists(bodies, min_size=1, max_size=10), changes)
@quick
def test_an_index_kept_in_step_knows_the_same_pairs_as_one_made_anew(first, later) -> None:
    index = Index(numbered(first))
    for place, body in later:
        identifier = f"{place:03d}"
        if body is not None:
            index.add(replace(body, id=identifier))
        elif identifier in index:
            index.remove(identifier)
    assert _known(index) == _known(Index(index.records(), index.rarity))


@given(st.lists(bodies, min_size=1, max_size=6), st.lists(bodies, max_size=6))
@quick
def test_entries_added_together_are_known_as_if_they_had_come_one_by_one(low_caps, first, later) -> None:
    together, apart = Index(numbered(first)), Index(numbered(first))
    came = [replace(body, id=f"{place:03d}") for place, body in enumerate(later, start=3)]
    together.add(*came)
    for record in came:
        apart.add(record)
    assert _known(together) == _known(apart)


def candidate_pairs(index: Index) -> set[frozenset[str]]:
    return {frozenset((record.id, other)) for record in index.records() for other in index.candidates(record.id)}


@given(st.lists(bodies, min_size=1, max_size=10), changes)
@quick
def test_an_index_names_every_entry_whose_candidates_changed(low_caps, first, later) -> None:
    index = Index(numbered(first))
    before = candidate_pairs(index)
    for place, body in later:
        identifier = f"{place:03d}"
        touched = Touched(set(), set())
        if body is not None:
            touched = index.add(replace(body, id=identifier))
        elif identifier in index:
            touched = index.remove(identifier)
        after = candidate_pairs(index)
        changed = [pair for pair in before ^ after if identifier not in pair]
        assert [pair for pair in changed if not pair <= (touched.lost if pair in before else touched.gained)] == []
        before = after


def test_a_matching_file_reads_back_as_it_was_written() -> None:
    assert Model.parse(MODEL.text()) == MODEL


@pytest.mark.parametrize("name", [curve.feature for curve in MODEL.questions["PEOPLE"].curves])
def test_every_curve_is_of_a_known_feature(name) -> None:
    assert set(name.split("*")) - set(FEATURES) == set()


def test_no_curve_turns_back() -> None:
    curves = [curve for question in MODEL.questions.values() for curve in question.curves]
    turning = [c for c in curves if list(c.bits) not in (sorted(c.bits), sorted(c.bits, reverse=True))]
    assert turning == []


CROWDS = {
    "a thousand equal titles": lambda n: Record(id=f"{n:05d}", region="41", project_name="智慧农业大数据平台"),
    "one company with 3,000 entries": lambda n: Record(id=f"{n:05d}", region="41", org_name="云帆科技有限公司", org_uscc="91A"),
    "one phone in 5,000 teams": lambda n: Record(id=f"{n:05d}", region="41", members=(Member("", "", "", "p"),)),
    "one token in 5,000 teams": lambda n: Record(id=f"{n:05d}", region="41", members=(Member("", "", "t", ""),)),
    "equal summaries": lambda n: Record(id=f"{n:05d}", region="41", abstract=ABSTRACTS[0] * 20),
}  # fmt: skip


@pytest.mark.parametrize("crowd", CROWDS)
def test_a_crowd_that_shares_one_thing_makes_no_pairs_and_is_reported(crowd) -> None:
    found = detect([CROWDS[crowd](number) for number in range(3000)], MODEL)
    assert (found.candidates, sum(found.set_aside.values()) > 0) == (0, True)


def test_a_duplicate_inside_a_crowd_is_still_found_by_what_else_it_shares() -> None:
    crowd = [CROWDS["one company with 3,000 entries"](number) for number in range(500)]
    people = (Member("欧阳明远", "", "k1", ""), Member("司徒清", "", "k2", ""))
    crowd[7] = replace(crowd[7], members=people, project_name=TITLES[0], abstract=ABSTRACTS[0])
    crowd[400] = replace(crowd[400], members=people, project_name=TITLES[0], abstract=ABSTRACTS[0], region="43")
    assert {(one, two) for one, two, _, _ in pairs(crowd)} == {("00007", "00400")}


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_is_found_among_too_few(count) -> None:
    assert pairs(numbered([Record(id="x")] * count)) == []
