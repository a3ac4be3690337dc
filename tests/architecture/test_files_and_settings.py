"""Sizes and names of files, what `schema` is, what is depended on, and reasons beside every rule switched off."""

import importlib.metadata
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

import schema

LONGEST = 300
_GENERATED = "written by ariadne-codegen from the schema: scripts/client.sh"
LONGER = {  # path: why it may be longer; what is written by hand is split
    f"clients/python/dexhub_client/{name}.py": _GENERATED
    for name in ("async_base_client", "dexhub", "enums", "input_types")
}
LAYERS = ("schema", "adapters", "sync", "gateway")
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|misc|managers?|handlers?)(_|$)")
SWITCHED_OFF = re.compile(r'"([A-Z]+[0-9]*)"')
NOQA = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*)?(?P<reason>.*)")
REASON = re.compile(r"\w{2,}")


def source_files(root: Path, folders: Iterable[str] = LAYERS) -> list[Path]:
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def too_long(path: str, text: str) -> bool:
    return len(text.splitlines()) > LONGEST and path not in LONGER


def is_vague(path: Path) -> bool:
    return VAGUE.search(path.stem) is not None


def lint_section(text: str) -> str:
    """The tables of pyproject.toml that switch rules off."""
    start = text.index("[tool.ruff.lint]")
    return text[start : text.index("[tool.ruff.lint.flake8-bugbear]")]


def without_reason(section: str) -> list[str]:
    """Rules that are switched off with no reason on their line, or, for a list on several lines, beside each."""
    return [
        code
        for line in section.splitlines()
        if not line.lstrip().startswith(("select", "#"))
        for code in SWITCHED_OFF.findall(line.partition("#")[0])
        if not REASON.search(line.partition("#")[2])
    ]


def bare_exemptions(text: str) -> list[str]:
    """Lines that switch lint off without naming the rule or without a reason."""
    silenced = [(line.strip(), NOQA.search(line)) for line in text.splitlines()]
    return [line for line, match in silenced if match and not (match["codes"] and REASON.search(match["reason"]))]


def dependencies(root: Path) -> set[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    return {re.split(r"[^\w.-]", text, maxsplit=1)[0].lower() for text in wanted}


def test_no_file_is_longer_than_300_lines(root: Path) -> None:
    found = source_files(root, (*LAYERS, "tests", "clients", "scripts"))
    files = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}
    assert [path for path, text in files.items() if too_long(path, text)] == []


def test_every_exception_to_the_length_is_needed_and_has_a_reason(root: Path) -> None:
    unneeded = [path for path in LONGER if len((root / path).read_text(encoding="utf-8").splitlines()) <= LONGEST]
    assert (unneeded, [path for path, why in LONGER.items() if not REASON.search(why)]) == ([], [])


def test_a_file_of_301_lines_would_be_found() -> None:
    assert [too_long("sync/x.py", "x\n" * count) for count in (300, 301)] == [False, True]


def test_no_file_or_folder_has_a_name_that_says_nothing(root: Path) -> None:
    files = source_files(root, (*LAYERS, "tests"))
    parts = {part for path in files for part in (path, *path.relative_to(root).parents)}
    assert [str(part) for part in parts if is_vague(part)] == []


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "date_utils.py", "common", "misc.py", "pull_manager.py"])
def test_a_name_that_says_nothing_would_be_found(name: str) -> None:
    assert is_vague(Path("sync") / name)


@pytest.mark.parametrize("name", ["pull.py", "communication.py", "utilisation.py", "handling.py"])
def test_a_name_that_says_something_is_let_pass(name: str) -> None:
    assert not is_vague(Path("sync") / name)


def test_tests_are_no_package(root: Path) -> None:
    assert [str(path) for path in (root / "tests").rglob("__init__.py")] == []


def test_the_schema_that_is_imported_is_ours(root: Path) -> None:
    assert [Path(place) for place in schema.__path__] == [root / "schema"]


def test_nothing_called_schema_is_depended_on_or_installed(root: Path) -> None:
    installed = {str(found.metadata["Name"]).lower() for found in importlib.metadata.distributions()}
    assert "schema" not in installed | dependencies(root)


def test_the_names_of_dependencies_are_read_without_versions_and_extras(root: Path) -> None:
    assert {"aiohttp", "psycopg", "pytest-asyncio"} <= dependencies(root)


def test_every_lint_rule_switched_off_has_a_reason_beside_it(root: Path) -> None:
    assert without_reason(lint_section((root / "pyproject.toml").read_text(encoding="utf-8"))) == []


def test_a_lint_rule_switched_off_without_a_reason_would_be_found() -> None:
    section = 'select = ["ALL"]\nignore = [\n  "D100",\n  "D104",  # why\n]\n"x/**" = ["S311", "T201"]\n'
    assert without_reason(section) == ["D100", "S311", "T201"]


def test_every_exemption_in_the_code_names_its_rule_and_a_reason(root: Path) -> None:
    own = Path(__file__)
    files = [path for path in source_files(root, (*LAYERS, "tests")) if path != own]
    bare = {path.relative_to(root).as_posix(): bare_exemptions(path.read_text(encoding="utf-8")) for path in files}
    assert {path: lines for path, lines in bare.items() if lines} == {}


@pytest.mark.parametrize("line", ["x = 1  # noqa", "x = 1  # noqa: E501", "x = 1  # noqa: E501, S311"])
def test_an_exemption_without_rule_or_reason_would_be_found(line: str) -> None:
    assert bare_exemptions(line) == [line]


@pytest.mark.parametrize("line", ["x = 1  # noqa: E501  the address is that long", "x = 1  # nothing to see"])
def test_an_exemption_with_rule_and_reason_is_let_pass(line: str) -> None:
    assert bare_exemptions(line) == []
