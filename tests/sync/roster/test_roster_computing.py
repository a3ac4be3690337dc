"""The roster as a function: who is where and why, whatever the order of arrival."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from schema.quotas import Basis, Quota
from schema.roster import RosterAct, RosterReason
from schema.vocabulary import CaseStatus, EntryStatus, RosterState
from sync.roster.computing import PLACED, Roster, compare, compute, contradicting
from sync.roster.inputs import Case, CountedList, Decision, Inputs, ListedItem, Standing

INCLUDED, HELD, EXCLUDED, ALTERNATE = (
    RosterState.INCLUDED,
    RosterState.HELD,
    RosterState.EXCLUDED,
    RosterState.ALTERNATE,
)


def quota(total: int) -> Quota:
    return Quota(total=total, basis=Basis.PRINTED, reason_zh="试", reason_en="test")


def listed(region: str, entries: list[str], total: int = 2) -> CountedList:
    items = tuple(ListedItem(rank, entry) for rank, entry in enumerate(entries, start=1))
    return CountedList(region, f"TJ-{region}", 1, "0" * 64, quota(total), items)


def fine(*entries: str) -> tuple[Standing, ...]:
    return tuple(Standing(entry, EntryStatus.ACTIVE, "N01") for entry in entries)


def case(identifier: str, status: CaseStatus, kept: str | None, *entries: str) -> Case:
    return Case(identifier, status, kept, entries)


def states(roster: Roster) -> list[tuple[str, RosterState]]:
    return [(item.entry_id, item.state) for item in roster.items]


def test_entries_beyond_the_quota_are_alternates() -> None:
    roster = compute(Inputs((listed("41", ["a", "b", "c"]),), fine("a", "b", "c")))
    assert states(roster) == [("a", INCLUDED), ("b", INCLUDED), ("c", ALTERNATE)]


def tracked(per_track: int | None, *tracks: str) -> Inputs:
    """A list of entries a, b, … of these national tracks, with four places."""
    entries = "abcdefgh"[: len(tracks)]
    each = CountedList(
        "41", "TJ-41", 1, "0" * 64, quota(4).model_copy(update={"per_track": per_track}),
        tuple(ListedItem(rank, entry) for rank, entry in enumerate(entries, start=1)),
    )  # fmt: skip
    pairs = zip(entries, tracks, strict=True)
    return Inputs((each,), tuple(Standing(entry, EntryStatus.ACTIVE, track) for entry, track in pairs))


def test_where_places_are_counted_by_track_the_next_of_another_track_goes_before() -> None:
    found = [(item.entry_id, item.state, item.reason) for item in compute(tracked(1, "N01", "N01", "N02")).items]
    assert found == [
        ("a", INCLUDED, RosterReason.WITHIN_QUOTA), ("b", ALTERNATE, RosterReason.TRACK_FULL), ("c", INCLUDED, RosterReason.WITHIN_QUOTA),
    ]  # fmt: skip


def test_where_nothing_binds_the_places_of_a_track_all_of_one_track_may_go() -> None:
    assert [state for _, state in states(compute(tracked(None, *["N01"] * 5)))] == [*[INCLUDED] * 4, ALTERNATE]


def test_an_excluded_entry_promotes_the_next_of_its_own_track() -> None:
    made = tracked(1, "N01", "N01", "N02", "N02")
    gone = tuple(
        replace(each, status=EntryStatus.WITHDRAWN) if each.entry_id == "a" else each for each in made.standings
    )
    assert [state for _, state in states(compute(replace(made, standings=gone)))] == [
        EXCLUDED,
        INCLUDED,
        INCLUDED,
        ALTERNATE,
    ]


def test_an_excluded_entry_promotes_the_next_in_order() -> None:
    standings = (Standing("a", EntryStatus.WITHDRAWN), *fine("b", "c"))
    assert states(compute(Inputs((listed("41", ["a", "b", "c"]),), standings))) == [
        ("a", EXCLUDED),
        ("b", INCLUDED),
        ("c", INCLUDED),
    ]


def test_an_open_case_holds_the_place_and_promotes_nobody() -> None:
    cases = (case("C1", CaseStatus.OPEN, None, "a", "x"),)
    roster = compute(Inputs((listed("41", ["a", "b", "c"]),), fine("a", "b", "c"), cases))
    assert states(roster) == [("a", HELD), ("b", INCLUDED), ("c", ALTERNATE)]


def test_two_regions_with_one_project_are_both_held_until_the_case_is_decided() -> None:
    cases = (case("C1", CaseStatus.OPEN, None, "a", "b"),)
    roster = compute(Inputs((listed("41", ["a"]), listed("43", ["b"])), fine("a", "b"), cases))
    assert states(roster) == [("a", HELD), ("b", HELD)]


def test_a_confirmed_case_excludes_all_but_the_entry_that_stays() -> None:
    cases = (case("C1", CaseStatus.CONFIRMED, "b", "a", "b"),)
    roster = compute(Inputs((listed("41", ["a"]), listed("43", ["b"])), fine("a", "b"), cases))
    assert states(roster) == [("a", EXCLUDED), ("b", INCLUDED)]


def test_a_dismissed_case_changes_nothing() -> None:
    cases = (case("C1", CaseStatus.DISMISSED, None, "a", "b"),)
    assert states(compute(Inputs((listed("41", ["a"]),), fine("a"), cases))) == [("a", INCLUDED)]


def test_confirmed_cases_that_drop_entries_in_a_circle_hold_them_and_lose_none() -> None:
    cases = (case("C1", CaseStatus.CONFIRMED, "b", "a", "b"), case("C2", CaseStatus.CONFIRMED, "a", "a", "b"))
    roster = compute(Inputs((listed("41", ["a"]), listed("43", ["b"])), fine("a", "b"), cases))
    assert [(item.state, item.reason) for item in roster.items] == [(HELD, RosterReason.CASES_CONTRADICT)] * 2


def test_a_chain_of_cases_that_ends_in_one_entry_is_no_circle() -> None:
    cases = (case("C1", CaseStatus.CONFIRMED, "b", "a", "b"), case("C2", CaseStatus.CONFIRMED, "c", "b", "c"))
    assert contradicting(cases) == frozenset()


def test_a_clause_that_is_not_met_excludes_and_is_named() -> None:
    standing = Standing("a", EntryStatus.ACTIVE, None, not_met=("HA-x",), open=("HA-y",), waived=("HA-z",))
    (item,) = compute(Inputs((listed("41", ["a"]),), (standing,))).items
    assert (item.state, item.reason, item.clauses, item.waived) == (
        EXCLUDED,
        RosterReason.CLAUSE_NOT_MET,
        ("HA-x", "HA-y"),
        ("HA-z",),
    )


def test_a_clause_that_is_open_bars_nobody() -> None:
    standing = Standing("a", EntryStatus.ACTIVE, None, open=("HA-y",))
    assert states(compute(Inputs((listed("41", ["a"]),), (standing,)))) == [("a", INCLUDED)]


def test_what_the_organiser_excludes_is_out_and_says_by_which_objection() -> None:
    words = (Decision("a", RosterAct.EXCLUDE, "抄袭", "Y1"),)
    items = compute(Inputs((listed("41", ["a", "b"], 1),), fine("a", "b"), (), words)).items
    assert ([item.state for item in items], items[0].objection) == ([EXCLUDED, INCLUDED], "Y1")


def test_what_the_organiser_holds_keeps_its_place() -> None:
    words = (Decision("a", RosterAct.HOLD, "待核实"),)
    assert states(compute(Inputs((listed("41", ["a", "b"], 1),), fine("a", "b"), (), words))) == [
        ("a", HELD),
        ("b", ALTERNATE),
    ]


def test_a_declared_track_goes_before_the_proposed_one() -> None:
    made = CountedList("41", "TJ", 1, "", quota(2), (ListedItem(1, "a", "N06"), ListedItem(2, "b")))
    assert [item.national_track for item in compute(Inputs((made,), fine("a", "b"))).items] == ["N06", "N01"]


def test_an_item_names_the_version_and_row_of_its_list_and_its_cases() -> None:
    cases = (case("C2", CaseStatus.DISMISSED, None, "a", "b"), case("C1", CaseStatus.DISMISSED, None, "a", "c"))
    (item,) = compute(Inputs((listed("41", ["a"]),), fine("a"), cases)).items
    assert (item.receipt, item.version, item.rank, item.cases) == ("TJ-41", 1, 1, ("C1", "C2"))


def test_a_comparison_tells_who_moved_up() -> None:
    before = Inputs((listed("41", ["a", "b"], 1),), fine("a", "b"))
    after = before.deciding({"a": Decision("a", RosterAct.EXCLUDE, "x")}, {})
    found = compare(compute(before), compute(after))
    assert [(change.after.entry_id, change.promoted) for change in found] == [("a", False), ("b", True)]


def test_a_comparison_tells_what_came_and_what_went() -> None:
    before, after = (
        compute(Inputs((listed(code, [entry]),), fine(entry))) for code, entry in (("41", "a"), ("43", "b"))
    )
    assert [(c.before and c.before.entry_id, c.after and c.after.entry_id) for c in compare(before, after)] == [
        (None, "b"),
        ("a", None),
    ]


ENTRIES = [f"{region}:{n}" for region in ("41", "43") for n in range(6)]
CASES = st.lists(
    st.builds(
        lambda number, status, entries: Case(f"C{number}", status, entries[0] if status is CaseStatus.CONFIRMED else None, tuple(entries)),
        st.integers(0, 99), st.sampled_from(CaseStatus), st.lists(st.sampled_from(ENTRIES), min_size=2, max_size=3, unique=True),
    ),
    max_size=5, unique_by=lambda each: each.id,
)  # fmt: skip
WORDS = st.lists(
    st.builds(Decision, st.sampled_from(ENTRIES), st.sampled_from([RosterAct.EXCLUDE, RosterAct.HOLD]), st.just("x")),
    max_size=4, unique_by=lambda each: each.entry_id,
)  # fmt: skip
STANDINGS = st.lists(
    st.builds(
        Standing, st.sampled_from(ENTRIES), st.sampled_from(EntryStatus), st.sampled_from(["N01", None]),
        st.sampled_from([(), ("HA-a",)]),
    ),
    unique_by=lambda each: each.entry_id,
)  # fmt: skip


@st.composite
def inputs(draw: st.DrawFn) -> Inputs:
    total = draw(st.integers(1, 6))
    lists = tuple(listed(code, [e for e in ENTRIES if e[:2] == code], total) for code in ("41", "43"))
    return Inputs(lists, tuple(draw(STANDINGS)), tuple(draw(CASES)), tuple(draw(WORDS)))


@given(inputs())
def test_no_region_ever_takes_more_places_than_its_quota(made) -> None:
    taken = Counter(item.region for item in compute(made).items if item.state in PLACED)
    assert max(taken.values(), default=0) <= made.lists[0].quota.total


@given(inputs())
def test_no_place_stays_empty_while_somebody_waits(made) -> None:
    items = compute(made).items
    waiting = {item.region for item in items if item.state is ALTERNATE}
    taken = Counter(item.region for item in items if item.state in PLACED)
    assert {taken[region] for region in waiting} <= {made.lists[0].quota.total}


@given(inputs())
def test_no_confirmed_duplicate_has_two_included_entries(made) -> None:
    included = {item.entry_id for item in compute(made).items if item.state is INCLUDED}
    confirmed = [set(each.entries) for each in made.cases if each.status is CaseStatus.CONFIRMED]
    assert [entries for entries in confirmed if len(entries & included) > 1] == []


@given(inputs())
def test_nobody_is_lost_and_nobody_stands_twice(made) -> None:
    assert sorted(item.entry_id for item in compute(made).items) == ENTRIES


@given(inputs(), st.randoms())
def test_the_bytes_are_the_same_in_any_order_of_arrival(made, chance) -> None:
    def shuffled(things: tuple) -> tuple:
        return tuple(chance.sample(things, len(things)))

    lists = tuple(CountedList(e.region, e.receipt, e.version, e.digest, e.quota, shuffled(e.items)) for e in made.lists)
    cases = tuple(Case(e.id, e.status, e.kept, shuffled(e.entries)) for e in made.cases)
    other = Inputs(shuffled(lists), shuffled(made.standings), shuffled(cases), shuffled(made.decisions))
    assert (compute(other).content, other.content) == (compute(made).content, made.content)


@given(inputs())
def test_inputs_and_roster_read_back_from_what_is_stored(made) -> None:
    roster = compute(made)
    assert (Inputs.read(made.content), Roster.read(roster.content)) == (made, roster)
