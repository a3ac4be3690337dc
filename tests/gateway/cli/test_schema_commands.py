"""The schema's text in the repository, and the command that keeps it."""

import pytest
from graphql import build_schema, print_schema

from gateway import schema as graphql


@pytest.fixture
def file(monkeypatch, tmp_path):
    path = tmp_path / "schema.graphql"
    path.write_text(graphql.sdl(), "utf-8")
    monkeypatch.setattr(graphql, "SDL_FILE", path)
    return path


def test_the_kept_schema_is_that_of_the_code() -> None:
    assert graphql.SDL_FILE.read_text("utf-8") == graphql.sdl()


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
