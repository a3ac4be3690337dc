"""A table in place of a platform: what is read of it, and what files may do to whoever opens them. That it gives the records
that the platform gives is held against every region in tests/contract.
"""

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from openpyxl import Workbook

from adapters import table
from adapters.base import Adapter, Page
from adapters.columns import NUMBERED, Column, Columns, columns_of
from adapters.file_source import FileSource
from adapters.registry import region_named
from adapters.sandbox.export import exported
from adapters.sandbox.platform import Platform
from adapters.sandbox.serve import corpus, platforms
from adapters.source import Position
from adapters.transport import Endpoint, open_transport
from schema.errors import SourceChanged
from schema.identity import Tokeniser

TOKENS = Tokeniser(b"a key for the tests of files, 32 b", "k1")
PLAIN = {"项目编号": "HA1", "项目名称": "某项目"}
# Of a Henan export, with room for three partners and six members.
HEADINGS = [
    heading.replace(NUMBERED, str(n))
    for heading in columns_of("henan").columns
    for n in range(1, 1 + (1 if NUMBERED not in heading else 3 if heading.startswith("联合单位") else 6))
]


def workbook(*rows: list[Any]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def text(*rows: list[Any], encoding: str = "utf-8") -> bytes:
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    return content.getvalue().encode(encoding)


@pytest.fixture(scope="module")
def henan() -> Adapter:
    found = region_named("henan")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def site(henan: Adapter) -> Platform:
    """Entries that a table can hold: unspoiled ones, as a table has no field for one row alone."""
    slug = henan.manifest.slug
    content = corpus({slug: 120}, seed=3)
    content.registrations[slug][:] = [made for made in content.registrations[slug] if made.flaw is None]
    return platforms(content)[0]


@pytest.fixture
def source(henan: Adapter) -> FileSource:
    return FileSource(Endpoint("file:///nowhere"), henan.manifest)


async def pages(adapter: Adapter, endpoint: Endpoint, position: Position | None = None) -> list[Page]:
    async with open_transport() as transport:
        pulled = adapter.pull(transport, endpoint, position or Position(), TOKENS, {})
        return [page async for page in pulled]


def code(call: Callable[[], object]) -> list[str]:
    with pytest.raises(SourceChanged) as caught:
        call()
    return [problem.code for problem in caught.value.problems]


async def test_a_file_lists_everything_whatever_the_position(tmp_path: Path, henan: Adapter, site: Platform) -> None:
    (tmp_path / "a.csv").write_bytes(text(*exported(site.rows(), columns_of("henan"))))
    late = Position(datetime.fromisoformat("2030-01-01T00:00:00+08:00"), "7")
    pulled = await pages(henan, Endpoint(tmp_path.as_uri()), late)
    assert sum(len(page.mapped) for page in pulled) == len(site.rows())


def test_what_a_file_can_do_is_told_and_differs_from_the_platform(henan: Adapter) -> None:
    file, platform = henan.source_at(Endpoint("file:///x")), henan.source_at(Endpoint("http://x"))
    assert (file.complete_listing, file.capabilities.deletions) == (True, "none")
    assert (platform.complete_listing, platform.capabilities.deletions) == (False, "persistent")


async def test_the_newest_file_by_name_counts_and_others_are_let_lie(tmp_path: Path, henan: Adapter) -> None:
    for name, number in {"2025-05-01.csv": "HA1", "2025-06-01.csv": "HA2", "~$2025-07-01.xlsx": "HA3"}.items():
        (tmp_path / name).write_bytes(text(HEADINGS, [number, *[""] * (len(HEADINGS) - 1)]))
    (tmp_path / "z.docx").write_bytes(b"")
    (rejected,) = (await pages(henan, Endpoint(tmp_path.as_uri())))[0].rejected
    assert (rejected.key, rejected.locator, rejected.source.url) == (
        "HA2",
        "2025-06-01.csv row 2",
        "file:2025-06-01.csv",
    )


async def test_one_file_may_be_named_itself_with_spaces_and_chinese(tmp_path: Path, henan: Adapter) -> None:
    path = tmp_path / "导出 1.csv"
    path.write_bytes(text(HEADINGS))
    assert [page.total for page in await pages(henan, Endpoint(path.as_uri()))] == [0]


@pytest.mark.parametrize("name", ["", "missing", "missing.csv"])
async def test_a_folder_without_files_and_a_missing_file_are_told(name: str, tmp_path: Path, henan: Adapter) -> None:
    with pytest.raises(SourceChanged) as caught:
        await pages(henan, Endpoint((tmp_path / name).as_uri()))
    assert (caught.value.code, str(tmp_path) in str(caught.value)) == ("FILE_MISSING", False)


async def test_a_file_may_stand_behind_an_address(serve, henan: Adapter) -> None:
    async def answer(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer s"
        return web.Response(body=text(["项目编号"], ["HA1"]))

    source = FileSource(Endpoint(f"{await serve(answer)}/export/a.csv", secret="s"), henan.manifest)
    source._columns = Columns()
    async with open_transport() as transport:
        (page,) = [page async for page in source.pages(transport, Position())]
    assert [(row.key, row.data) for row in page.rows] == [("HA1", {"项目编号": "HA1"})]


@pytest.mark.parametrize(
    ("kept", "again"), [("{url} {tag}", True), ('{url} "older"', False), ("elsewhere {tag}", False), ("{tag}", False)]
)
async def test_a_file_behind_an_address_is_not_sent_again_while_it_is_the_same(
    serve, henan: Adapter, kept: str, *, again: bool
) -> None:
    tag = '"7-a"'

    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304)
        return web.Response(body=text(HEADINGS), headers={"ETag": tag})

    url = f"{await serve(answer)}/a.csv"
    cursor = kept.format(url=url, tag=tag)
    async with open_transport() as transport:
        source = FileSource(Endpoint(url), henan.manifest)
        (page,) = [page async for page in source.pages(transport, Position(cursor=cursor))]
    assert (page.not_modified, page.cursor) == (again, f"{url} {tag}")


def test_all_faults_of_the_headings_are_told_at_once(source: FileSource) -> None:
    headings = [*(name for name in HEADINGS if name != "评分"), "新列", "状态"]
    assert code(lambda: source.rows("a.csv", text(headings))) == ["COLUMN_MISSING", "COLUMN_UNKNOWN", "COLUMN_REPEATED"]


def test_columns_of_further_members_may_be_absent_and_ignored_ones_present(source: FileSource) -> None:
    headings = ["序号", *(name for name in HEADINGS if not name.startswith(("成员", "联合")))]
    (row,) = source.rows("a.csv", text(headings, ["1", "HA1", *["x"] * (len(headings) - 2)]))
    assert (row.key, row.data["members"], row.data["partnerUnits"]) == ("HA1", [], [])


def test_empty_items_are_left_out_and_an_empty_object_is_null(source: FileSource) -> None:
    cells = dict.fromkeys(HEADINGS, "") | {"项目编号": "HA1", "成员3姓名": "王小明"}
    (row,) = source.rows("a.csv", text(list(cells), list(cells.values())))
    assert ([each["name"] for each in row.data["members"]], row.data["verification"]) == (["王小明"], None)


@pytest.mark.parametrize(
    ("cell", "kind", "value"),
    [
        (4.0, "integer", 4), ("4", "integer", 4), ("四", "integer", "四"), ("", "integer?", None), ("", "integer", ""),
        ("73.5", "number", 73.5), (73, "number?", 73.0), ("-", "number?", "-"), ("是", "flag", True),
        (True, "flag", True), ("", "flag", False), ("也许", "flag", "也许"), (15400000000.0, "text", "15400000000"),
        ("", "text?", None), ("", "text", ""),
    ],
)  # fmt: skip
def test_a_cell_is_read_as_its_type_and_what_it_cannot_be_stays_text(cell: Any, kind: Any, value: object) -> None:
    assert Column(to="x", type=kind).value(cell) == value


@pytest.mark.parametrize("cell", [410101209012198760, 4.1e17, "#REF!", "#N/A"])
def test_a_cell_that_lost_its_content_costs_its_row_and_says_why(
    cell: object, henan: Adapter, source: FileSource
) -> None:
    cells = dict.fromkeys(HEADINGS, "") | {"项目编号": "HA1", "成员1身份证号": cell}
    (row,) = source.rows("a.xlsx", workbook(list(cells), list(cells.values())))
    assert [(problem.code, problem.place) for problem in row.problems] == [("CELL_UNREADABLE", "成员1身份证号")]
    assert "410101209012198" not in str(row.problems)
    assert row.data["members"][0]["idNo"].keys() == {"unreadable"}  # refused again when what was kept is mapped again


def test_a_row_wider_than_the_headings_is_set_aside(source: FileSource) -> None:
    (row,) = source.rows("a.csv", text(HEADINGS, [*["x"] * len(HEADINGS), "", "shifted"]))
    assert [problem.code for problem in row.problems] == ["ROW_TOO_WIDE"]


async def test_a_file_too_large_is_not_even_read(tmp_path: Path, henan: Adapter) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as sparse:
        sparse.truncate(table.MOST_BYTES + 1)
    with pytest.raises(SourceChanged) as caught:
        await pages(henan, Endpoint(path.as_uri()))
    assert caught.value.code == "FILE_TOO_LARGE"


def test_without_columns_every_column_goes_by_its_own_heading() -> None:
    source = FileSource.__new__(FileSource)
    source._columns = Columns()
    (row,) = source.rows("a.csv", text(list(PLAIN), list(PLAIN.values())))
    assert (row.key, row.data) == ("HA1", PLAIN)
