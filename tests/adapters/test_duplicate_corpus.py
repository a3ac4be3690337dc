"""The labelled generator: what it promises of shares, labels, disguises and chance."""

import re
from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from adapters.sandbox.duplicates.labelled import LabelledCorpus, Truth
from adapters.sandbox.duplicates.phrases import TABLES, language, table
from adapters.sandbox.duplicates.plan import DEGREES, LOOK_ALIKES, Shares
from schema.vocabulary import CaseKind

TOTAL = 2000
SHARES = Shares(duplicates=0.1, look_alikes=0.2)
TOKEN = re.compile(r"k1\.[0-9a-f]{32}")
FIELDS = [
    "id",
    "region",
    "city",
    "submitted_at",
    "track",
    "topic",
    "project_name",
    "org_name",
    "org_uscc",
    "partners",
    "team_name",
    "members",
    "abstract",
]


@pytest.fixture(scope="module", params=TABLES)
def made(request) -> tuple[dict[str, dict[str, Any]], Truth]:
    corpus = LabelledCorpus(request.param, 4, TOTAL, SHARES)
    return {row["id"]: row for row in corpus.rows()}, corpus.truth()


def tokens(row: dict[str, Any], kind: str) -> set[str]:
    return {member[kind] for member in row["members"] if member[kind]}


def people(row: dict[str, Any]) -> set[str]:
    return tokens(row, "id_token") | tokens(row, "phone_token")


def test_the_same_table_and_seed_give_the_same_corpus() -> None:
    one, other = (LabelledCorpus("B", 4, 400) for _ in range(2))
    assert (list(one.rows()), one.truth()) == (list(other.rows()), other.truth())


def test_truth_does_not_depend_on_whether_the_rows_were_asked_for_first() -> None:
    asked, other = (LabelledCorpus("A", 4, 400) for _ in range(2))
    list(asked.rows())
    assert asked.truth() == other.truth()


def test_another_seed_or_table_shares_no_person() -> None:
    worlds = [LabelledCorpus(name, seed, 300) for name, seed in (("A", 4), ("A", 6), ("B", 4), ("C", 4))]
    seen = [{token for row in corpus.rows() for token in people(row)} for corpus in worlds]
    assert [one & other for one, other in combinations(seen, 2)] == [set()] * 6


def test_a_corpus_has_as_many_entries_as_asked_and_no_id_twice(made) -> None:
    assert len(made[0]) == TOTAL


def test_every_row_has_the_fields_of_the_offline_form_in_order(made) -> None:
    assert {tuple(row) for row in made[0].values()} == {tuple(FIELDS)}


def test_planted_entries_are_as_many_as_the_shares_say(made) -> None:
    pairs = [each.pair for each in made[1].duplicates]
    planted = (
        len({end for pair in pairs for end in pair}) + len(pairs)
    ) / 3  # 1 of a pair, 2 of a triple and its 3 pairs
    assert (planted, len(made[1].look_alikes)) == (TOTAL * SHARES.duplicates, TOTAL * SHARES.look_alikes)


def test_shares_that_would_need_more_models_than_there_are_are_refused() -> None:
    with pytest.raises(ValueError, match="at most half"):
        LabelledCorpus("A", 1, 100, Shares(0.4, 0.3))


def test_every_labelled_pair_exists_is_in_order_and_is_labelled_once(made) -> None:
    rows, truth = made
    pairs = [each.pair for each in (*truth.duplicates, *truth.look_alikes)]
    assert ([pair for pair in pairs if not pair[0] < pair[1] or set(pair) - set(rows)], len(set(pairs))) == (
        [],
        len(pairs),
    )


def test_no_look_alike_is_a_duplicate(made) -> None:
    assert {each.pair for each in made[1].look_alikes} & {each.pair for each in made[1].duplicates} == set()


def test_every_kind_and_degree_occurs(made) -> None:
    truth = made[1]
    found = (
        {kind for each in truth.duplicates for kind in each.kinds},
        {each.degree for each in truth.duplicates},
        {each.kind for each in truth.look_alikes},
        {each.degree for each in truth.look_alikes},
    )
    assert found == (set(CaseKind), set(DEGREES), set(LOOK_ALIKES), set(DEGREES))


def test_every_disguise_occurs(made) -> None:
    assert {name for each in made[1].duplicates for name in each.disguises} == {
        *("times_sign", "width", "punctuation", "traditional", "homophones", "form_swapped", "name_added"),
        *("title_reordered", "title_reworded", "abstract_paraphrased", "abstract_shortened", "abstract_reordered"),
        *("figures_changed", "legal_form", "region_added", "place_dropped", "brackets", "short_name", "branch"),
        *("code_missing", "code_mistyped", "lead_and_partner_exchanged", "partner_fronts", "team_renamed"),
        *(
            "people_subset",
            "people_added",
            "tokens_missing",
            "office_phone",
            "one_person",
            "other_people",
            "name_traditional",
        ),
    }


def test_a_project_entered_a_second_time_never_has_the_same_title(made) -> None:
    rows, truth = made
    often = Counter(end for each in truth.duplicates for end in each.pair)  # of a third entry only one is the model
    projects = [
        each.pair
        for each in truth.duplicates
        if CaseKind.SAME_PROJECT in each.kinds and max(map(often.get, each.pair)) == 1
    ]
    assert [pair for pair in projects if rows[pair[0]]["project_name"] == rows[pair[1]]["project_name"]] == []


def test_a_hard_duplicate_of_a_project_has_another_text(made) -> None:
    rows, truth = made
    hard = [each.pair for each in truth.duplicates if each.degree == "hard" and CaseKind.SAME_PROJECT in each.kinds]
    assert [pair for pair in hard if rows[pair[0]]["abstract"] == rows[pair[1]]["abstract"]] == []


def test_who_is_said_to_be_the_same_person_or_team_without_the_same_project_shares_a_token(made) -> None:
    rows, truth = made
    shared = [each for each in truth.duplicates if CaseKind.SAME_PROJECT not in each.kinds]
    assert [each for each in shared if not people(rows[each.pair[0]]) & people(rows[each.pair[1]])] == []


def test_who_is_said_to_be_the_same_team_shares_two_names(made) -> None:
    rows, truth = made
    names = {row["id"]: {member["name"] for member in row["members"]} for row in rows.values()}
    teams = [each for each in truth.duplicates if {CaseKind.SAME_TEAM, CaseKind.TEAM_TWO_PROJECTS} & set(each.kinds)]
    assert [each for each in teams if len(names[each.pair[0]] & names[each.pair[1]]) < 2] == []


def test_entries_that_are_no_duplicates_share_no_identity_token(made) -> None:
    rows, truth = made
    holders: dict[str, list[str]] = {}
    for row in rows.values():
        for token in tokens(row, "id_token"):
            holders.setdefault(token, []).append(row["id"])
    sharing = {pair for ids in holders.values() for pair in combinations(sorted(ids), 2)}
    assert sharing - {each.pair for each in truth.duplicates} == set()


def test_a_team_is_the_same_in_two_places_and_has_two_projects_in_one(made) -> None:
    rows, truth = made
    place = {row["id"]: (row["region"], row["city"]) for row in rows.values()}
    apart = {each.pair for each in truth.duplicates if CaseKind.SAME_TEAM in each.kinds}
    together = {each.pair for each in truth.duplicates if CaseKind.TEAM_TWO_PROJECTS in each.kinds}
    assert ([p for p in apart if place[p[0]] == place[p[1]]], [p for p in together if place[p[0]] != place[p[1]]]) == (
        [],
        [],
    )


def test_abstracts_are_as_long_as_the_form_allows(made) -> None:
    lengths = sorted(len(row["abstract"]) for row in made[0].values())
    assert (lengths[0] > 70, 150 < lengths[len(lengths) // 2] < 450, lengths[-1] <= 600) == (True, True, True)


def test_people_are_opaque_tokens_and_nothing_in_a_row_is_a_personal_number(made) -> None:
    rows = made[0].values()
    odd = [token for row in rows for token in people(row) if not TOKEN.fullmatch(token)]
    texts = [TOKEN.sub("", str({**row, "org_uscc": "", "partners": []})) for row in rows]
    assert (odd, [text for text in texts if re.search(r"1[3-9]\d{9}|\d{17}[\dXx]", text)]) == ([], [])


def test_every_subject_of_a_track_is_a_pair_that_its_words_have() -> None:
    tracks = [words for name in TABLES for words in table(name).tracks.values()]
    assert all(
        thing < len(words.objects) and task < len(words.actions) for words in tracks for thing, task in words.subjects
    )


def test_every_track_has_subjects_for_two_dozen_projects_of_one_firm() -> None:
    assert [name for name in TABLES for words in table(name).tracks.values() if len(set(words.subjects)) < 24] == []


def words_of(name: str) -> set[str]:
    """Every word and sentence that a table gives, names of fields apart."""
    made = table(name)
    lists = [made.methods, *((words.objects, words.actions) for words in made.tracks.values())]
    nested = [word for group in lists for names in group for word in (names if isinstance(names, tuple) else (names,))]
    flat = [word for names in nested for word in (names if isinstance(names, tuple) else (names,))]
    more = [
        word
        for words in made.tracks.values()
        for word in (*words.data, *words.effects, *words.modules, *words.users, words.paragraph)
    ]
    sentences = [wording for facts in made.facts.values() for fact in facts for wording in fact.wordings]
    return {
        *flat,
        *more,
        *sentences,
        *made.titles,
        *made.generic_titles,
        *made.general,
        *made.team_first,
        *made.team_last,
        *made.site_last,
        *made.synonyms,
    }


def pieces(name: str, length: int = 4) -> set[str]:
    runs = [run for text in words_of(name) for run in re.split(r"\{\w+\}|\W", text)]
    return {run[start : start + length] for run in runs for start in range(len(run) - length + 1)}


@pytest.mark.parametrize(("one", "other"), list(combinations(TABLES, 2)))
def test_two_tables_share_no_word_or_sentence(one, other) -> None:
    assert words_of(one) & words_of(other) == set()


@pytest.mark.parametrize(("one", "other"), list(combinations(TABLES, 2)))
def test_two_tables_share_at_most_one_in_a_hundred_pieces_of_four_characters(one, other) -> None:
    shared = pieces(one) & pieces(other)
    assert len(shared) * 100 <= min(len(pieces(one)), len(pieces(other)))


@pytest.mark.parametrize(("one", "other"), list(combinations(TABLES, 2)))
def test_two_tables_make_brands_and_places_of_different_characters(one, other) -> None:
    parts = [set("".join((*table(name).brand, *table(name).site))) for name in (one, other)]
    assert parts[0] & parts[1] == set()


def test_the_authors_rewrite_in_different_ways() -> None:
    assert len({table(name).rewriting for name in TABLES}) == len(TABLES)


def test_every_character_of_the_traditional_table_changes() -> None:
    assert [chr(sign) for sign, other in language().traditional.items() if chr(sign) == other] == []
