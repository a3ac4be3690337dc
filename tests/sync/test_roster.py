from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from schema.quotas import Basis, Quota
from schema.vocabulary import CaseStatus, EntryStatus, RosterState
from sync.lists import ListItem
from sync.roster import Roster, SealedList, Standing, compute

FINE = Standing(EntryStatus.ACTIVE, "N01", ())


def quota(total: int) -> Quota:
    return Quota(total=total, basis=Basis.PRINTED, reason_zh="试", reason_en="test")


def sealed(region: str, entries: list[str], total: int = 2) -> SealedList:
    items = tuple(ListItem(rank, entry) for rank, entry in enumerate(entries, start=1))
    return SealedList(region, f"TJ-{region}", items, quota(total))


def states(roster: Roster) -> list[tuple[str, RosterState]]:
    return [(item.entry_id, item.state) for item in roster.items]


def test_entries_beyond_the_quota_are_alternates() -> None:
    roster = compute([sealed("41", ["a", "b", "c"])], dict.fromkeys("abc", FINE))
    assert states(roster) == [("a", RosterState.INCLUDED), ("b", RosterState.INCLUDED), ("c", RosterState.ALTERNATE)]


def test_an_excluded_entry_promotes_the_next_in_order() -> None:
    gone = Standing(EntryStatus.WITHDRAWN, "N01", ())
    roster = compute([sealed("41", ["a", "b", "c"])], {"a": gone, "b": FINE, "c": FINE})
    assert states(roster) == [("a", RosterState.EXCLUDED), ("b", RosterState.INCLUDED), ("c", RosterState.INCLUDED)]


def test_an_open_case_holds_the_place_and_promotes_nobody() -> None:
    held = Standing(EntryStatus.ACTIVE, "N01", (("C1", CaseStatus.OPEN, None),))
    roster = compute([sealed("41", ["a", "b", "c"])], {"a": held, "b": FINE, "c": FINE})
    assert states(roster) == [("a", RosterState.HELD), ("b", RosterState.INCLUDED), ("c", RosterState.ALTERNATE)]


def test_two_regions_with_one_project_are_both_held_until_the_case_is_decided() -> None:
    case = (("C1", CaseStatus.OPEN, None),)
    standings = {"a": Standing(EntryStatus.ACTIVE, None, case), "b": Standing(EntryStatus.ACTIVE, None, case)}
    roster = compute([sealed("41", ["a"]), sealed("43", ["b"])], standings)
    assert states(roster) == [("a", RosterState.HELD), ("b", RosterState.HELD)]


def test_a_confirmed_case_excludes_all_but_the_entry_that_stays() -> None:
    case = (("C1", CaseStatus.CONFIRMED, "b"),)
    standings = {"a": Standing(EntryStatus.ACTIVE, None, case), "b": Standing(EntryStatus.ACTIVE, None, case)}
    roster = compute([sealed("41", ["a"]), sealed("43", ["b"])], standings)
    assert states(roster) == [("a", RosterState.EXCLUDED), ("b", RosterState.INCLUDED)]


def test_a_dismissed_case_changes_nothing() -> None:
    cleared = Standing(EntryStatus.ACTIVE, "N01", (("C1", CaseStatus.DISMISSED, None),))
    assert states(compute([sealed("41", ["a"])], {"a": cleared})) == [("a", RosterState.INCLUDED)]


def test_a_declared_track_goes_before_the_proposed_one() -> None:
    listed = SealedList("41", "TJ", (ListItem(1, "a", "N06"), ListItem(2, "b")), quota(2))
    roster = compute([listed], {"a": FINE, "b": FINE})
    assert [item.national_track for item in roster.items] == ["N06", "N01"]


STATUS = st.sampled_from(EntryStatus)
CASES = st.lists(
    st.tuples(st.sampled_from(["C1", "C2"]), st.sampled_from(CaseStatus), st.sampled_from(["41:0", "43:0"])), max_size=2
)
STANDING = st.builds(Standing, STATUS, st.sampled_from(["N01", None]), CASES.map(tuple))
SITUATIONS = st.fixed_dictionaries({f"{region}:{n}": STANDING for region in ("41", "43") for n in range(6)})


def lists_of(standings: dict[str, Standing], total: int) -> list[SealedList]:
    return [sealed(code, sorted(entry for entry in standings if entry[:2] == code), total) for code in ("41", "43")]


@given(standings=SITUATIONS, total=st.integers(1, 6))
def test_no_region_ever_takes_more_places_than_its_quota(standings, total) -> None:
    roster = compute(lists_of(standings, total), standings)
    taken = Counter(item.region for item in roster.items if item.state in (RosterState.INCLUDED, RosterState.HELD))
    assert max(taken.values(), default=0) <= total


@given(standings=SITUATIONS, total=st.integers(1, 6))
def test_no_confirmed_duplicate_has_two_included_entries(standings, total) -> None:
    roster = compute(lists_of(standings, total), standings)
    included = {item.entry_id for item in roster.items if item.state is RosterState.INCLUDED}
    losers = {
        e for e, s in standings.items() for _, status, kept in s.cases if status is CaseStatus.CONFIRMED and kept != e
    }
    assert included & losers == set()


@given(standings=SITUATIONS, total=st.integers(1, 6))
def test_nobody_is_lost_and_nobody_stands_twice(standings, total) -> None:
    roster = compute(lists_of(standings, total), standings)
    assert sorted(item.entry_id for item in roster.items) == sorted(standings)


@given(standings=SITUATIONS, total=st.integers(1, 6))
def test_the_order_in_which_lists_and_rows_arrive_does_not_matter(standings, total) -> None:
    lists = lists_of(standings, total)
    turned = [SealedList(each.region, each.receipt, each.items[::-1], each.quota) for each in lists[::-1]]
    assert compute(turned, dict(reversed(standings.items()))) == compute(lists, standings)
