"""The schema's text in the repository, and the command that keeps it."""

import pytest
from graphql import build_schema, print_schema

from gateway import schema as graphql
from gateway.cli import graph


@pytest.fixture
def file(monkeypatch, tmp_path):
    released = (graphql.FOLDER / graph.RELEASED).read_text("utf-8")
    monkeypatch.setattr(graphql, "FOLDER", tmp_path)
    for path, text in graphql.texts().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    (tmp_path / graph.RELEASED).write_text(released, "utf-8")
    return tmp_path / "schema.graphql"


def test_the_kept_schemas_are_those_of_the_code() -> None:
    texts = graphql.texts()
    assert {path: path.read_text("utf-8") for path in texts} == texts


def test_the_schemas_text_is_a_schema() -> None:
    assert "type HenanEntry implements Entry" in print_schema(build_schema(graphql.sdl()))


def test_a_check_passes_where_the_file_is_what_the_code_says(dexhub, file) -> None:
    assert dexhub("schema", "export", "--check").code == 0


def test_a_check_fails_where_the_file_differs_and_says_what_to_type(dexhub, file) -> None:
    file.write_text(file.read_text("utf-8") + "\ntype More { id: ID }\n", "utf-8")
    run = dexhub("schema", "export", "--check")
    assert (run.code, "make schema" in run.err) == (1, True)


def test_a_check_fails_where_there_is_no_file(dexhub, file) -> None:
    file.unlink()
    assert dexhub("schema", "export", "--check").code == 1


def test_a_check_writes_nothing(dexhub, file) -> None:
    file.write_text("old", "utf-8")
    dexhub("schema", "export", "--check")
    assert file.read_text("utf-8") == "old"


def test_an_export_brings_the_file_up_to_date(dexhub, file) -> None:
    file.write_text("old", "utf-8")
    dexhub("schema", "export")
    assert dexhub("schema", "export", "--check").code == 0


def test_a_check_fails_where_a_subgraph_differs(dexhub, file) -> None:
    (file.parent / "subgraphs" / "registry.graphql").write_text("old", "utf-8")
    assert dexhub("schema", "export", "--check").code == 1


def test_an_export_removes_the_subgraph_of_a_region_that_is_gone(dexhub, file) -> None:
    gone = file.parent / "subgraphs" / "atlantis.graphql"
    gone.write_text("old", "utf-8")
    dexhub("schema", "export")
    assert not gone.exists()


@pytest.fixture
def broken(file):
    """The last release had a field that there is no more."""
    path = file.parent / graph.RELEASED
    path.write_text(path.read_text("utf-8").replace("type Region {", "type Region {\n  anthem: String\n"), "utf-8")


@pytest.mark.usefixtures("broken")
def test_a_breaking_change_that_the_changelog_does_not_name_fails_the_check(dexhub) -> None:
    run = dexhub("schema", "export", "--check")
    assert (run.code, "BREAKING_CHANGE_UNSAID" in run.err) == (1, True)


@pytest.mark.usefixtures("broken")
def test_a_breaking_change_that_the_changelog_names_passes(dexhub, monkeypatch, tmp_path) -> None:
    said = tmp_path / "CHANGELOG.md"
    said.write_text("### Removed\n\n- Field Region.anthem was\n  removed: nobody sang it.\n", "utf-8")
    monkeypatch.setattr(graph, "CHANGELOG", said)
    assert dexhub("schema", "export", "--check").code == 0


@pytest.mark.usefixtures("broken")
def test_a_release_is_what_later_changes_are_compared_with(dexhub) -> None:
    dexhub("schema", "release")
    assert dexhub("schema", "export", "--check").code == 0
