"""Lookups, manifests, payload marks: the files and shapes of a region, and how faults in them are told."""

import shutil
from pathlib import Path
from typing import Literal

import pytest
from pydantic import TypeAdapter, ValidationError

import adapters
from adapters.concealment import Concealer
from adapters.lookups import Lookups
from adapters.manifest import Manifest
from adapters.payload import Payload, PersonalName, PersonalPhone, problems_of
from adapters.registry import read, region_named, regions
from schema.errors import FactsError, MappingError
from schema.vocabulary import AwardLevel, Stage


class Person(Payload):
    name: PersonalName
    phone: PersonalPhone | None
    duty: str


class Row(Payload):
    kind: Literal["a"]
    people: list[Person]


ROW: TypeAdapter[Row] = TypeAdapter(Row)


def lookups(folder: Path, text: str) -> Lookups:
    path = folder / "lookups.toml"
    path.write_text(text, encoding="utf-8")
    return Lookups(path)


def test_a_label_leads_to_its_member_whatever_space_surrounds_it(tmp_path: Path) -> None:
    found = lookups(tmp_path, '[stage]\n"初赛" = "PRELIMINARY"')
    assert found.member(Stage, "stage", " 初赛 ", "当前环节") is Stage.PRELIMINARY


def test_an_unknown_label_stops_the_row_and_names_the_file_to_edit(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        lookups(tmp_path, "[stage]").member(Stage, "stage", "复议", "当前环节")
    problem = caught.value.problems[0]
    expected = f"check it, then add it to [stage] in adapters/{tmp_path.name}/lookups.toml"
    assert (problem.code, problem.place, problem.remedy_en) == ("UNKNOWN_LABEL", "当前环节", expected)


@pytest.mark.parametrize("label", [None, "", "  ", "未获奖"])
def test_an_empty_label_and_one_that_says_none_are_none(tmp_path: Path, label: str | None) -> None:
    found = lookups(tmp_path, '[award]\n"未获奖" = "NONE"')
    assert found.member_or_none(AwardLevel, "award", label, "奖项") is None


def test_all_targets_that_are_no_members_are_reported_at_once(tmp_path: Path) -> None:
    with pytest.raises(FactsError) as caught:
        lookups(tmp_path, '[stage]\n"初赛" = "FIRST_ROUND"\n[award]\n"金奖" = "GOLD"\n"一等奖" = "FIRST"')
    places = [problem.place.partition(": ")[2] for problem in caught.value.problems]
    assert places == ["stage.初赛", "award.金奖"]


def test_lookups_that_are_no_toml_are_reported(tmp_path: Path) -> None:
    with pytest.raises(FactsError):
        lookups(tmp_path, "[stage")


def test_a_manifest_that_mixes_up_two_regions_is_refused() -> None:
    content = next(iter(regions().values())).manifest.model_dump()
    with pytest.raises(ValidationError, match="are not those of code 61"):
        Manifest.model_validate({**content, "slug": "shanxi", "code": "61", "iso": "CN-SX", "name": "山西"})


def test_clauses_of_another_region_are_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(Path(adapters.__path__[0]) / "henan", tmp_path / "henan")
    path = folder / "clauses.toml"
    path.write_text(path.read_text("utf-8").replace('region = "41"', 'region = "43"'), "utf-8")
    with pytest.raises(FactsError) as caught:
        read(folder)
    assert [problem.en for problem in caught.value.problems] == ["clauses.toml is of region 43, the manifest of 41"]


@pytest.mark.parametrize(
    ("slug", "line", "instead", "told"),
    [
        (
            "henan",
            "entries_by_number = 200\n",
            "",
            "source.py can be asked for entries by number; say how many at once",
        ),
        (
            "shaanxi",
            "[cadence]",
            "entries_by_number = 9\n\n[cadence]",
            "source.py cannot be asked for entries by number",
        ),
    ],
)
def test_a_manifest_and_a_source_that_disagree_on_asking_by_number_are_refused(
    slug: str, line: str, instead: str, told: str, tmp_path: Path
) -> None:
    folder = shutil.copytree(Path(adapters.__path__[0]) / slug, tmp_path / slug)
    path = folder / "manifest.toml"
    path.write_text(path.read_text("utf-8").replace(line, instead), "utf-8")
    with pytest.raises(FactsError) as caught:
        read(folder)
    assert [problem.en for problem in caught.value.problems] == [told]


@pytest.mark.parametrize("word", ["14", "shanxi", "山西"])
def test_a_region_is_found_by_code_slug_and_name(word: str) -> None:
    found = region_named(word)
    assert found is not None
    assert found.manifest.code == "14"


def test_a_region_that_nobody_linked_is_not_found() -> None:
    assert region_named("atlantis") is None


def test_personal_fields_are_found_in_nested_and_optional_places() -> None:
    assert Concealer(ROW).names() == {"name", "phone"}


def test_a_faulty_personal_value_is_hidden_and_another_is_shown() -> None:
    with pytest.raises(ValidationError) as caught:
        ROW.validate_python({"kind": "a", "people": [{"name": "王", "phone": 15400000000, "duty": 7}]})
    shown = {
        problem.place: problem.value for problem in problems_of(caught.value, Concealer(ROW).names(), "x/payload.py")
    }
    assert shown == {"people.0.phone": "***", "people.0.duty": "7"}


def test_missing_and_unknown_fields_are_told_apart() -> None:
    with pytest.raises(ValidationError) as caught:
        ROW.validate_python({"people": [], "aiFlag": "1"})
    codes = {
        problem.place: problem.code for problem in problems_of(caught.value, Concealer(ROW).names(), "x/payload.py")
    }
    assert codes == {"kind": "FIELD_MISSING", "aiFlag": "FIELD_UNKNOWN"}
