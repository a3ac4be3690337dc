"""What a file of entries may hold, and what is said of a line that cannot be used."""

import orjson
import pytest

from sync.duplicates.records import Member, Record, read_lines

GOOD = orjson.dumps({"id": "41:A", "project_name": "平台"})


def codes(*lines: bytes) -> list[tuple[str, str]]:
    return [(problem.code, problem.place) for problem in read_lines(list(lines), "f").problems]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"id": "a\xff"}', "DETECT_NOT_UTF8"),
        (b'{"id": "a"', "DETECT_NOT_JSON"),
        (b"[]", "DETECT_LINE_INVALID"),
        (b"{}", "DETECT_LINE_INVALID"),
        (b'{"id": null}', "DETECT_LINE_INVALID"),
        (b'{"id": "a", "members": 3}', "DETECT_LINE_INVALID"),
        (b'{"id": "a", "partners": [null]}', "DETECT_LINE_INVALID"),
        (GOOD, "DETECT_ID_REPEATED"),
        (orjson.dumps({"id": "b", "project_name": "长" * 10_001}), "DETECT_FIELD_LONG"),
    ],
)
def test_a_line_that_cannot_be_used_is_reported_by_its_number(line, code) -> None:
    assert codes(GOOD, line) == [(code, "f:2")]


@pytest.mark.parametrize("line", [b"", b"  ", b"\r"])
def test_an_empty_line_is_passed_over(line) -> None:
    assert codes(GOOD, line) == []


def test_nulls_everywhere_are_empty_texts() -> None:
    fields = (
        "region",
        "city",
        "submitted_at",
        "project_name",
        "org_name",
        "org_uscc",
        "partners",
        "team_name",
        "abstract",
    )
    line = orjson.dumps({"id": "a", **dict.fromkeys(fields), "members": [{"name": None, "id_token": None}]})
    assert read_lines([line], "f").records == [Record(id="a", members=(Member(),))]


def test_the_lines_around_a_broken_one_are_read() -> None:
    lines = [GOOD, b"\xff", orjson.dumps({"id": "41:B"})]
    assert [record.id for record in read_lines(lines, "f").records] == ["41:A", "41:B"]
