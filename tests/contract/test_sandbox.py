"""The generator of corpora: repeatable, labelled truthfully, and of nobody who lives."""

import re
import unicodedata
from collections import Counter
from itertools import combinations

import pytest

from adapters.sandbox.identities import BIRTH_YEARS, PHONE_PREFIX
from adapters.sandbox.registrations import Corpus, Registration
from adapters.sandbox.serve import corpus, even_sizes, platforms
from adapters.sandbox.writing import SUMMARY_LENGTH
from schema.vocabulary import CaseKind

SMALL = 100


def registrations(content: Corpus) -> dict[str, Registration]:
    return {made.entry_id: made for part in content.registrations.values() for made in part}


def pairs(content: Corpus, kind: str) -> list[tuple[Registration, Registration]]:
    made = registrations(content)
    labels = [label for label in (*content.duplicates, *content.look_alikes) if label.kind == kind]
    return [(made[label.entries[0]], made[label.entries[1]]) for label in labels]


def plain(title: str) -> str:
    text = unicodedata.normalize("NFKC", title).casefold().replace("×", "x")
    return "".join(text.split())


def people(made: Registration) -> set[str]:
    return {person.id_number for person in made.people}


def test_the_same_seed_gives_the_same_corpus() -> None:
    assert corpus(even_sizes(SMALL), 7) == corpus(even_sizes(SMALL), 7)


def test_another_seed_gives_another_corpus() -> None:
    assert corpus(even_sizes(SMALL), 7) != corpus(even_sizes(SMALL), 8)


@pytest.mark.parametrize("total", [0, 1, 7, 60])
def test_a_corpus_of_any_size_can_be_made(total: int) -> None:
    assert len(registrations(corpus(even_sizes(total), 1))) == total


def test_sizes_are_even_and_leave_nothing_over() -> None:
    regions = len(even_sizes(0))
    assert sorted(even_sizes(2 * regions + 2).values()) == [2] * (regions - 2) + [3, 3]


def test_the_same_corpus_is_served_in_the_same_rows(content: Corpus) -> None:
    assert [site.rows() for site in platforms(content)] == [site.rows() for site in platforms(content)]


def test_every_label_names_entries_of_the_corpus(content: Corpus) -> None:
    labels = (*content.duplicates, *content.look_alikes, *content.rule_breaks, *content.flaws)
    named = {entry for label in labels for entry in label.entries}
    assert named - registrations(content).keys() == set()


def test_every_kind_of_duplicate_is_planted(content: Corpus) -> None:
    assert {label.kind for label in content.duplicates} == set(CaseKind)


def test_every_duplicate_label_is_a_pair_of_two_entries(content: Corpus) -> None:
    labels = (*content.duplicates, *content.look_alikes)
    assert [label for label in labels if len(set(label.entries)) != 2] == []


def told(made: Registration) -> tuple[object, ...]:
    """What of a project no disguise changes: what is said of it, in whatever order, and by whom."""
    return sorted(re.split("[，。；]+", made.summary)), [each.credit_code for each in made.companies]


def test_planted_projects_say_the_same_of_the_same_organisations(content: Corpus) -> None:
    found = pairs(content, CaseKind.SAME_PROJECT)
    assert [(one.entry_id, other.entry_id) for one, other in found if told(one) != told(other)] == []


def test_some_planted_projects_bear_another_title_and_another_name_of_their_organisation(content: Corpus) -> None:
    found = pairs(content, CaseKind.SAME_PROJECT)
    assert any(plain(one.title) != plain(two.title) and one.companies != two.companies for one, two in found)


def test_planted_teams_share_name_and_people(content: Corpus) -> None:
    found = pairs(content, CaseKind.SAME_TEAM)
    assert [one.entry_id for one, other in found if (one.team, one.people) != (other.team, other.people)] == []


def test_planted_persons_are_in_both_teams(content: Corpus) -> None:
    assert [one.entry_id for one, two in pairs(content, CaseKind.SAME_PERSON) if not people(one) & people(two)] == []


def test_planted_second_projects_are_of_one_team_in_one_region_with_two_titles(content: Corpus) -> None:
    found = pairs(content, CaseKind.TEAM_TWO_PROJECTS)
    assert [
        one.entry_id
        for one, other in found
        if (one.team, one.people, one.region) != (other.team, other.people, other.region) or one.title == other.title
    ] == []


def test_planted_look_alikes_share_organisations_and_nobody(content: Corpus) -> None:
    found = pairs(content, "SAME_ORGANISATION_ONLY")
    assert [
        one.entry_id for one, other in found if one.companies != other.companies or people(one) & people(other)
    ] == []


def test_whoever_is_in_two_entries_was_planted_there(content: Corpus) -> None:
    entries: dict[str, set[str]] = {}
    for made in registrations(content).values():
        for number in people(made):
            entries.setdefault(number, set()).add(made.entry_id)
    shared = {frozenset(pair) for holders in entries.values() for pair in combinations(sorted(holders), 2)}
    assert shared - {frozenset(label.entries) for label in content.duplicates} == set()


def test_every_region_has_five_flawed_rows(content: Corpus) -> None:
    counted = Counter(label.entries[0].partition(":")[0] for label in content.flaws)
    assert list(counted.values()) == [5] * len(content.registrations)


def test_flawed_rows_are_labelled_with_their_flaw(content: Corpus) -> None:
    made = registrations(content)
    flawed = {entry: one.flaw for entry, one in made.items() if one.flaw}
    assert flawed == {label.entries[0]: label.kind for label in content.flaws}


def test_every_summary_has_200_to_400_characters(content: Corpus) -> None:
    low, high = SUMMARY_LENGTH
    lengths = [len(made.summary) for made in registrations(content).values()]
    assert (low, high, [length for length in lengths if not low <= length <= high]) == (200, 400, [])


def test_every_identity_number_is_of_somebody_not_yet_born(content: Corpus) -> None:
    years = {int(number[6:10]) for made in registrations(content).values() for number in people(made)}
    assert (BIRTH_YEARS, years - set(range(2090, 2100))) == ((2090, 2099), set())


def test_every_phone_has_the_prefix_that_nobody_has(content: Corpus) -> None:
    phones = {person.phone[:3] for made in registrations(content).values() for person in made.people}
    assert phones == {PHONE_PREFIX} == {"154"}


def test_titles_of_one_lead_are_never_repeated_by_chance(content: Corpus) -> None:
    planted = {entry for label in content.duplicates for entry in label.entries}
    titles = [(m.title, m.companies[0].name) for m in registrations(content).values() if m.entry_id not in planted]
    assert [title for title, times in Counter(titles).items() if times > 1] == []
