"""What only one dialect has, and the contract of all cannot see."""

import base64
import csv
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

import adapters
from adapters.base import Adapter, Page
from adapters.draft import MappingContext
from adapters.registry import region_named
from adapters.sandbox.serve import corpus, platforms, serving
from adapters.source import Position, RawPage, Row
from adapters.transport import Endpoint, open_transport
from schema.errors import SourceChanged
from schema.identity import Tokeniser
from schema.records import Entry

TOKENS = Tokeniser(b"a key for the tests of dialects, k1")
FETCHED = datetime.fromisoformat("2025-07-01T00:00:00+08:00")
Edit = Callable[[list[list[str]]], list[list[str]]]


def adapter_of(slug: str) -> Adapter:
    found = region_named(slug)
    assert found is not None
    return found


def sample(slug: str, index: int) -> dict[str, Any]:
    path = Path(adapters.__path__[0]) / slug / "samples" / "entry.json"
    row: dict[str, Any] = orjson.loads(path.read_bytes())[index]
    return row


def mapped(slug: str, row: dict[str, Any]) -> Page:
    adapter = adapter_of(slug)
    context = MappingContext(adapter.manifest, adapter.catalogue, adapter.lookups, TOKENS)
    return adapter.map_page(RawPage("sample", FETCHED, "", [Row("", "[0]", row)]), context, {})


def warnings(page: Page) -> list[str]:
    return [w.code for row in page.mapped if isinstance(row.record, Entry) for w in row.record.warnings]


def codes(page: Page) -> list[str]:
    return [problem.code for row in page.rejected for problem in row.problems]


async def pulled(slug: str, endpoint: Endpoint, position: Position | None = None) -> list[Page]:
    async with open_transport() as transport:
        adapter = adapter_of(slug)
        return [page async for page in adapter.pull(transport, endpoint, position or Position(), TOKENS, {})]


@pytest.fixture
async def endpoint(slug: str) -> AsyncIterator[Endpoint]:
    """A small platform of the region `slug`."""
    async with serving(platforms(corpus({slug: 40}, 3))) as endpoints:
        yield endpoints[slug]


def test_a_demand_score_that_is_not_80_to_20_is_warned_of() -> None:
    row = sample("hebei", 1)
    assert [warnings(mapped("hebei", row)), warnings(mapped("hebei", {**row, "综合得分": 84.0}))] == [
        [],
        ["SCORE_DISAGREES"],
    ]


def test_a_track_number_that_disagrees_with_the_topic_code_stops_the_row() -> None:
    assert codes(mapped("hebei", {**sample("hebei", 0), "赛道序号": 3})) == ["TOPIC_DISAGREES"]


def test_a_sub_topic_that_the_notice_does_not_print_stops_the_row() -> None:
    assert codes(mapped("hebei", {**sample("hebei", 1), "赛题编码": "12-9-(99)*"})) == ["UNKNOWN_TOPIC"]


def test_an_entry_with_two_leads_is_set_aside() -> None:
    row = sample("hunan", 0)
    both = [{**unit, "lead": True} for unit in row["organisations"]]
    assert codes(mapped("hunan", {**row, "organisations": both})) == ["FIELD_INVALID"]


def test_a_withdrawal_without_its_status_is_set_aside() -> None:
    assert codes(mapped("hunan", {**sample("hunan", 0), "withdrawnAt": 1752433192000})) == ["FIELD_INVALID"]


def test_an_identity_number_that_a_spreadsheet_turned_into_a_figure_is_set_aside() -> None:
    row = sample("shaanxi", 0)
    spoilt = [{**person, "身份证号": "6.10102E+17"} for person in row["参赛代表"]]
    page = mapped("shaanxi", {**row, "参赛代表": spoilt})
    assert [(p.code, p.value) for p in page.rejected[0].problems] == [("FIELD_INVALID", "***")] * len(spoilt)


def test_a_doubtful_identity_number_is_warned_of_and_not_shown() -> None:
    row = sample("henan", 0)
    wrong = {**row["members"][0], "idNo": "410101209012198761"}
    page = mapped("henan", {**row, "members": [wrong, *row["members"][1:]]})
    text = page.mapped[0].record.model_dump_json()
    assert (warnings(page), "410101209012198761" in text) == (["ID_NUMBER_DOUBTFUL"], False)


@pytest.mark.parametrize("slug", ["shaanxi"])
async def test_workbook_and_text_give_the_same_entries(slug: str, endpoint: Endpoint) -> None:
    text = replace(endpoint, url=f"{endpoint.url}/export/entries.csv")
    both = [await pulled(slug, source) for source in (endpoint, text)]
    hashes = [[row.record.content_hash() for page in pages for row in page.mapped] for pages in both]
    assert hashes[0] == hashes[1] != []


@pytest.mark.parametrize("slug", ["shaanxi"])
async def test_a_table_that_has_not_changed_is_not_sent_again(slug: str, endpoint: Endpoint) -> None:
    first = await pulled(slug, endpoint)
    again = await pulled(slug, endpoint, Position(cursor=first[-1].cursor))
    assert [(page.not_modified, page.cursor) for page in again] == [(True, first[-1].cursor)]


async def table(endpoint: Endpoint) -> list[list[str]]:
    credentials = base64.b64encode(f"{endpoint.key_id}:{endpoint.secret}".encode()).decode()
    async with open_transport() as transport:
        url = f"{endpoint.url}/export/entries.csv"
        answer = await transport.get(url, headers={"Authorization": f"Basic {credentials}"})
    return list(csv.reader(StringIO(answer.body.decode("gb18030"), newline="")))


async def pulled_as_table(rows: list[list[str]], serve) -> list[Page]:
    out = StringIO(newline="")
    csv.writer(out).writerows(rows)

    async def handler(_request: web.Request) -> web.Response:
        return web.Response(body=out.getvalue().encode("gb18030"))

    return await pulled("shaanxi", Endpoint(f"{await serve(handler)}/export/entries.csv"))


@pytest.mark.parametrize("slug", ["shaanxi"])
async def test_columns_are_found_by_their_headings_in_any_order(endpoint: Endpoint, serve) -> None:
    rows = await table(endpoint)
    moved = [[*row[6:10], *row[:6], *row[10:]] for row in rows]
    plain, turned = await pulled_as_table(rows, serve), await pulled_as_table(moved, serve)
    assert [row.record.content_hash() for row in plain[0].mapped] == [r.record.content_hash() for r in turned[0].mapped]


@pytest.mark.parametrize("slug", ["shaanxi"])
@pytest.mark.parametrize(
    ("edit", "faults"),
    [
        (lambda rows: [row[:-1] for row in rows], ["COLUMN_MISSING"]),
        (lambda rows: [[*row, "智能标识"] for row in rows], ["COLUMN_UNKNOWN"]),
        (lambda rows: [rows[0], [*rows[1][:-1], "修改时间"], *rows[2:]], ["COLUMN_MISSING", "COLUMN_UNKNOWN"]),
        (lambda rows: [*rows[:5], rows[5][:9]], ["UNKNOWN_ENVELOPE"]),
    ],
)
async def test_a_table_of_another_shape_is_a_changed_platform(
    endpoint: Endpoint, serve, edit: Edit, faults: list[str]
) -> None:
    with pytest.raises(SourceChanged) as caught:
        await pulled_as_table(edit(await table(endpoint)), serve)
    assert [problem.code for problem in caught.value.problems] == faults


@pytest.mark.parametrize("slug", ["shanxi"])
async def test_batches_that_were_read_are_not_fetched_again(slug: str, endpoint: Endpoint) -> None:
    first = await pulled(slug, endpoint)
    again = await pulled(slug, endpoint, Position(cursor=first[-1].cursor))
    assert [(page.not_modified, page.cursor) for page in again] == [(True, first[-1].cursor)]
