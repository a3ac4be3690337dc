"""Clauses are what the notices print, and a faulty file is refused with all its faults."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.registry import regions
from schema.catalogue import read_catalogue
from schema.clause_file import differences, national_clauses, read_clauses, squeezed
from schema.clauses import Clause
from schema.errors import FactsError
from schema.form import chapter, form_fields

ROOT = Path(__file__).parents[2]
FIVE = ("hebei", "shanxi", "henan", "hunan", "shaanxi")  # whose notices were counted; more may be connected
BOOKS = {each.manifest.slug: each.catalogue.book for each in regions().values() if each.manifest.slug in FIVE}
CLAUSES = [clause for book in BOOKS.values() for clause in book.clauses]
# SHA-256 over id, kind and words of all rules of the notices' checked extraction, sorted by id.
EXTRACTION = "b7f76b59a79f8e96edd22ca9fcdca02e30b793180cb783e42f0eee63faed61bb"
HENAN = ROOT / "adapters/henan/clauses.toml"
Edit = Callable[[str], str]


def lines_of(notice: str) -> list[str]:
    return (ROOT / notice).read_text("utf-8").split("\n")


def faults(folder: Path, *edits: tuple[str, str]) -> list[tuple[str, str]]:
    """Key and English text of what is found in Henan's file after these edits."""
    text = HENAN.read_text("utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "clauses.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(FactsError) as caught:
        read_clauses(path)
    return [(problem.place.partition(": ")[2], problem.en) for problem in caught.value.problems]


def test_the_five_notices_have_310_rules() -> None:
    counted = {slug: len(book.clauses) for slug, book in BOOKS.items()}
    assert counted == {"henan": 52, "hunan": 51, "hebei": 74, "shanxi": 83, "shaanxi": 50}


def test_the_rules_are_those_of_the_checked_extraction_to_the_letter() -> None:
    content = "\n".join(sorted(f"{clause.id}\t{clause.kind}\t{squeezed(clause.text)}" for clause in CLAUSES))
    assert hashlib.sha256(content.encode()).hexdigest() == EXTRACTION


@pytest.mark.parametrize("slug", BOOKS)
def test_every_quote_stands_in_the_notice_between_its_lines(slug: str) -> None:
    wrong = [
        clause.id
        for clause in BOOKS[slug].clauses
        if squeezed(clause.text)
        not in squeezed("".join(lines_of(clause.notice)[clause.lines[0] - 1 : clause.lines[1]]))
    ]
    assert wrong == []


@pytest.mark.parametrize("slug", BOOKS)
def test_no_quote_could_do_with_fewer_lines(slug: str) -> None:
    def between(clause: Clause, first: int, last: int) -> str:
        return squeezed("".join(lines_of(clause.notice)[first - 1 : last]))

    loose = [
        clause.id
        for clause in BOOKS[slug].clauses
        for first, last in [clause.lines]
        if first < last
        and (
            squeezed(clause.text) in between(clause, first + 1, last)
            or squeezed(clause.text) in between(clause, first, last - 1)
        )
    ]
    assert loose == []


@pytest.mark.parametrize("slug", BOOKS)
def test_what_a_notice_is_said_not_to_print_it_does_not_print(slug: str) -> None:
    book = BOOKS[slug]
    text = squeezed("".join(lines_of(book.clauses[0].notice)))
    assert [one.about for one in book.absences for term in one.searched if squeezed(term) in text] == []


def test_every_notice_has_absences() -> None:
    assert {slug: len(book.absences) for slug, book in BOOKS.items()} == {
        "hebei": 5,
        "shanxi": 5,
        "henan": 6,
        "hunan": 12,
        "shaanxi": 7,
    }


def test_waivers_are_possible_only_where_the_words_of_the_notice_leave_room() -> None:
    roomy = {clause.id: clause.leeway for clause in CLAUSES if clause.kind != "TIMELINE" and clause.waivable}
    assert roomy == {
        "HA-gov_track_limit-gov_tracks": "等赛道",
        "HE-gov_track_limit-gov_tracks": "等赛道比赛",
        "SX-gov_track_limit-gov_tracks": "等相关赛道赛题",
        "SN-gov_track_limit-gov_tracks": "等赛道",
        "SX-prior_winner-in_principle": "原则上",
        "SN-prior_winner-local_conditional": "明显成效提升或技术优化",
    }


def test_no_national_clause_bars_an_entry() -> None:
    assert [clause.id for clause in national_clauses().clauses if not clause.inferred] == []


def test_the_differences_are_27_and_the_conflicts_10() -> None:
    assert (len(differences().comparisons), len(differences().conflicts)) == (27, 10)


def test_every_clause_of_a_conflict_exists() -> None:
    known = {clause.id for clause in CLAUSES}
    assert [name for conflict in differences().conflicts for name in conflict.clauses if name not in known] == []


def test_every_comparison_speaks_of_every_region() -> None:
    codes = tuple(sorted(book.region for book in BOOKS.values()))
    assert {tuple(sorted(one.regions)) for one in differences().comparisons} == {codes}


@pytest.mark.parametrize("slug", BOOKS)
def test_what_a_difference_quotes_stands_in_the_notice(slug: str) -> None:
    text = squeezed("".join(lines_of(BOOKS[slug].clauses[0].notice)))
    quoted = [one.regions[BOOKS[slug].region] for one in differences().comparisons if BOOKS[slug].region not in one.en]
    assert [quote for quote in quoted for part in quote.split("…") if squeezed(part) not in text] == []


def test_the_form_has_79_fields_in_printed_order() -> None:
    assert [*form_fields()] == [f"F{number:03d}" for number in range(1, 80)]


def test_every_field_of_the_form_stands_at_its_line() -> None:
    lines = lines_of("docs/notices/shanxi.txt")
    near = {field.id: squeezed("".join(lines[field.line - 1 : field.line + 2])) for field in form_fields().values()}
    assert [field.id for field in form_fields().values() if squeezed(field.label)[:4] not in near[field.id]] == []


def test_the_chapters_of_the_form_hold_its_second_part() -> None:
    names = ("项目概述", "解决方案", "应用成效", "商业模式", "团队介绍")
    assert [len(chapter(name)) for name in names] == [3, 5, 3, 2, 2]


def test_a_clause_has_one_version_however_its_arguments_are_ordered() -> None:
    clause = next(one for one in CLAUSES if one.id == "SX-material-form_limit_role")
    turned = clause.model_copy(update={"arguments": dict(reversed(clause.arguments.items()))})
    assert Clause.model_validate_json(turned.model_dump_json()).version == clause.version


def test_another_argument_is_another_version() -> None:
    clause = next(one for one in CLAUSES if one.id == "HA-team-max_representatives")
    assert Clause(**{**clause.model_dump(), "arguments": {"at_most": 6}}).version != clause.version


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        ('predicate = "named_lead"', 'predicate = "one_lead"'),
        ("arguments = { at_most = 5 }", 'arguments = { at_most = "five", at_least = 1 }'),
        ('subjects = "organisations"', 'subjects = "people"'),
        ("lines = [151, 153]", "lines = [161, 163]"),
        ("每个参赛团队只能提交 1个参赛项目", "每个参赛团队只能提交 2个参赛项目"),
        ('searched = ["递补"]', 'searched = ["公示"]'),
    )
    assert [key for key, _ in found] == [
        "HA-eligibility-joint_team.predicate",
        "HA-team-max_representatives.arguments.at_most",
        "HA-team-max_representatives.arguments.at_least",
        "HA-unit_exclusion-organisers.arguments.subjects",
        "quotes_sha256",
        "HA-uniqueness-one_project_per_team.text",
        "HA-unit_exclusion-organisers.text",
        "absences.substitution",
    ]


def test_an_unknown_predicate_is_answered_with_those_there_are(tmp_path: Path) -> None:
    [(_, text)] = faults(tmp_path, ('predicate = "named_lead"', 'predicate = "one_lead"'))
    assert text.startswith("no predicate one_lead; there are human, info, form_complete")


def test_unknown_keys_and_kinds_are_named(tmp_path: Path) -> None:
    found = faults(tmp_path, ('kind = "STAGE"', 'kind = "STAGES"\ncolour = "red"'))
    assert [key for key, _ in found] == ["clauses.1.kind", "clauses.1.colour"]


def test_a_field_that_the_form_does_not_have_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, ('chapters = ["项目概述"', 'chapters = ["项目概况"'))
    assert found == [
        ("HA-material-application_sections.arguments.chapters.0", "Value error, the form has no chapter 项目概况")
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [('"HA-T09"', '"HA-T99"'), ('since = "HA-timeline-registration"', 'since = "HA-timeline-registering"')],
)
def test_a_track_or_a_date_that_the_region_does_not_have_is_refused(tmp_path: Path, old: str, new: str) -> None:
    folder = shutil.copytree(HENAN.parent, tmp_path / "henan")
    path = folder / "clauses.toml"
    path.write_text(HENAN.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(FactsError) as caught:
        read_catalogue(folder)
    assert [problem.en for problem in caught.value.problems] == [
        f"the region has no track, topic or date {new.rpartition('= ')[2].strip(chr(34))}"
    ]


def test_a_clause_for_people_takes_no_arguments(tmp_path: Path) -> None:
    found = faults(tmp_path, ('predicate = "human"', 'predicate = "human"\narguments = { at_most = 5 }'))
    assert [key for key, _ in found] == ["HA-review-promotion_requirement.arguments"]


def test_an_id_that_stands_twice_is_named(tmp_path: Path) -> None:
    found = faults(tmp_path, ('id = "HA-quota-national_recommendation"', 'id = "HA-other-interpretation"'))
    assert ("HA-other-interpretation", "this id stands twice") in found


def test_a_notice_that_is_not_the_one_quoted_from_is_refused(tmp_path: Path) -> None:
    digest = hashlib.sha256((ROOT / "docs/notices/henan.txt").read_bytes()).hexdigest()
    assert [key for key, _ in faults(tmp_path, (digest, "0" * 64))] == ["notice_sha256"]


def test_words_of_leeway_that_the_notice_does_not_print_are_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, ('leeway = "等赛道"', 'leeway = "一般"'))
    assert [key for key, _ in found] == ["HA-gov_track_limit-gov_tracks.leeway"]


def test_a_problem_says_where_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "clauses.toml"
    path.write_text(HENAN.read_text("utf-8").replace('"named_lead"', '"one_lead"'), "utf-8")
    with pytest.raises(FactsError) as caught:
        read_clauses(path)
    [problem] = caught.value.problems
    assert (problem.place, problem.remedy_zh, problem.remedy_en) == (
        f"{tmp_path.name}/clauses.toml: HA-eligibility-joint_team.predicate",
        "请改正该键",
        "mend this key",
    )


def test_a_changed_quote_is_found_even_where_no_notice_is_kept(tmp_path: Path) -> None:
    found = faults(
        tmp_path, ('notice = "docs/notices/henan.txt"', 'notice = "docs/notices/gone.txt"'), ("不超过5人", "不超过6人")
    )
    assert [key for key, _ in found] == ["quotes_sha256"]
