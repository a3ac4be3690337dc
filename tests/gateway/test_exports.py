"""Tables to take away: each viewer's own, filtered as in GraphQL, the same in both formats."""

import csv
import io

import httpx
import openpyxl
import pytest

from adapters.registry import regions
from gateway.exports.contents import CONTENTS
from gateway.exports.words import CHINESE
from schema import vocabulary
from schema.vocabulary import Role
from sync.workbooks.escaping import plain

CODES = tuple(regions())


def get(client, name: str, **query) -> httpx.Response:
    return client.http.get(f"/export/{name}", params=query)


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    """Of either format, as text."""
    if answer.headers["Content-Type"].startswith("text/csv"):
        lines = [
            [plain(cell) for cell in row]
            for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
        ]
    else:
        book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
        lines = [
            ["" if c is None else plain(str(c)) for c in row] for row in book.worksheets[0].iter_rows(values_only=True)
        ]
    return [dict(zip(lines[0], line, strict=False)) for line in lines[1:]]


def errors(answer: httpx.Response) -> tuple[int, list[str]]:
    return answer.status_code, [each["code"] for each in answer.json()["errors"][0]["extensions"]["problems"]]


def test_every_entry_is_exported_as_graphql_tells_it(both, expected) -> None:
    found = {
        row["项目编号"]: (row["地区"], row["项目名称"], row["团队名称"])
        for row in rows(get(both.national, "entries.csv"))
    }
    nodes = both.national.ask("{ entries(first: 1000) { edges { node { id title region { name } team { name } } } } }")
    told = [edge["node"] for edge in nodes["entries"]["edges"]]
    assert found == {node["id"]: (node["region"]["name"], node["title"], node["team"]["name"]) for node in told}


@pytest.mark.parametrize("what", CONTENTS)
def test_both_formats_hold_the_same(settled, what) -> None:
    workbook, text = (rows(get(settled.national, f"{what}.{form}")) for form in ("xlsx", "csv"))
    # A workbook leaves out empty cells at the end of a row.
    assert [{k: v for k, v in row.items() if v} for row in workbook] == [
        {k: v for k, v in row.items() if v} for row in text
    ]


@pytest.mark.parametrize("what", CONTENTS)
def test_no_export_is_empty_where_there_is_something(settled, what) -> None:
    assert len(rows(get(settled.national, f"{what}.csv"))) > len(CODES)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("what", ["entries", "lists", "roster"])
def test_a_region_exports_its_own_and_nothing_else(settled, what, code) -> None:
    client = settled.of(Role.REGION, code)
    assert {row["项目编号"][:2] for row in rows(get(client, f"{what}.csv"))} == {code}


@pytest.mark.parametrize("code", CODES)
def test_of_another_regions_side_of_a_case_a_region_sees_no_id(settled, code) -> None:
    found = rows(get(settled.of(Role.REGION, code), "cases.csv"))
    assert {row["项目编号"][:2] for row in found} - {"", code} == set()


def test_a_list_is_exported_with_its_state_and_whether_it_counts(own, items) -> None:
    for size in (1, 2):
        receipt = own.submit(own.national, "41", items("41", size))["list"]["receipt"]
    own.move(own.national, receipt, "CHECK")
    own.move(own.national, receipt, "ACCEPT")
    own.submit(own.national, "41", items("41", 1))
    told = [(row["版本"], row["推荐单位"], row["状态"], row["有效"]) for row in rows(get(own.national, "lists.csv"))]
    assert told == [
        ("3", "河南", "已封存", ""), *[("2", "河南", "已接受", "是")] * 2, ("1", "河南", "已被替代", ""),
    ]  # fmt: skip


def test_a_region_that_asks_for_another_gets_nothing(service) -> None:
    assert rows(get(service.of(Role.REGION, "41"), "entries.csv", regions="61")) == []


@pytest.mark.parametrize(
    ("query", "graphql"),
    [
        ({"regions": ["41", "61"]}, 'regions: ["41", "61"]'),
        ({"stages": ["FINAL", "AWARDED"], "statuses": "ACTIVE"}, "stages: [FINAL, AWARDED], statuses: [ACTIVE]"),
        ({"text": "数据", "nationalTracks": "N01"}, 'text: "数据", nationalTracks: ["N01"]'),
        ({"submittedFrom": "2025-07-10T00:00:00+08:00"}, 'submittedFrom: "2025-07-10T00:00:00+08:00"'),
        ({"standings": "INELIGIBLE"}, "standings: [INELIGIBLE]"),
        ({"scoreFrom": "80", "missing": "AWARD"}, "scoreFrom: 80, missing: [AWARD]"),
        (
            {
                "filter": '{"or": [{"regions": ["41"]}, {"not": {"stages": ["FINAL"], "scoreTo": 90}}]}',
                "statuses": "ACTIVE",
            },
            'or: [{regions: ["41"]}, {not: {stages: [FINAL], scoreTo: 90}}], statuses: [ACTIVE]',
        ),
    ],
)
def test_filters_mean_what_they_mean_in_graphql(both, query, graphql) -> None:
    nodes = both.national.ask(f"{{ entries(first: 1000, filter: {{{graphql}}}) {{ edges {{ node {{ id }} }} }} }}")
    found = {row["项目编号"] for row in rows(get(both.national, "entries.csv", **query))}
    assert found == {edge["node"]["id"] for edge in nodes["entries"]["edges"]}


def test_all_filters_that_make_no_sense_are_told_at_once(service) -> None:
    answer = get(
        service.national, "entries.csv", stages="NONE", planet="9", submittedFrom="2025-07-01", text=["a", "b"]
    )
    assert errors(answer) == (422, ["FILTER_INVALID", "FILTER_INVALID", "TIME_WITHOUT_OFFSET", "FILTER_INVALID"])


@pytest.mark.parametrize(
    "whole",
    ["x", "[]", '{"stages": ["NONE"]}', '{"planet": 1}', '{"not": []}', '{"scoreFrom": "NaN"}', '{"regions": [41]}',
     ],
)  # fmt: skip
def test_a_filter_as_json_that_makes_no_sense_is_refused(service, whole) -> None:
    assert errors(get(service.national, "entries.csv", filter=whole)) == (422, ["FILTER_INVALID"])


@pytest.mark.parametrize(
    ("time", "code"),
    [
        ("yesterday", "TIME_INVALID"),
        ("2025-07-01T00:00:00", "TIME_WITHOUT_OFFSET"),
        ("0001-01-01T00:00:00+08:00", "TIME_OUT_OF_RANGE"),
    ],
)
def test_a_time_is_read_as_graphql_reads_it_and_told_with_its_place(service, time, code) -> None:
    answer = get(service.national, "entries.csv", filter=f'{{"not": {{"updatedFrom": "{time}"}}}}')
    (problem,) = answer.json()["errors"][0]["extensions"]["problems"]
    assert (problem["code"], problem["place"]) == (code, "filter.not.updatedFrom")


def test_a_filter_nested_beyond_reason_is_refused(service) -> None:
    answer = get(service.national, "entries.csv", filter='{"not": ' * 1000 + "{}" + "}" * 1000)
    assert errors(answer) == (422, ["FILTER_TOO_LARGE"])


@pytest.mark.parametrize("name", ["planets.csv", "entries.pdf", "entries.xlsx.exe"])
def test_what_cannot_be_exported_does_not_exist(service, name) -> None:
    assert errors(get(service.national, name)) == (404, ["EXPORT_UNKNOWN"])


def test_without_a_key_nothing_is_exported(service) -> None:
    assert errors(get(service.client(), "entries.csv")) == (401, ["UNAUTHENTICATED"])


def test_an_export_is_a_file_to_save_and_not_to_keep_in_a_cache(service) -> None:
    headers = get(service.national, "clauses.xlsx").headers
    assert (headers["Content-Disposition"][:29], headers["Cache-Control"]) == (
        "attachment; filename*=UTF-8''",
        "no-store",
    )


def test_every_member_of_every_closed_list_has_a_chinese_word() -> None:
    assert {name: set(words) for name, words in CHINESE.items()} == {
        name: set(getattr(vocabulary, name)) for name in CHINESE
    }
