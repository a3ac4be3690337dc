"""Every faulty list of `faulty_lists.toml` is told the same by a dry run, a push, GraphQL and an uploaded workbook: codes, rows, columns."""

import asyncio
import io

import pytest
from openpyxl import Workbook
from pydantic import SecretStr

from gateway.auth import Viewer
from gateway.execution import execute
from gateway.hub import Hub
from schema.vocabulary import Role
from sync.list_files import FilePush, push_file
from sync.lists.submission import submit
from sync.settings import Settings

SUBMIT = """
mutation Submit($input: SubmitRecommendationsInput!, $dryRun: Boolean!) {
  submitRecommendations(input: $input, dryRun: $dryRun) {
    accepted problems { code } findings { code item column severity value zh en remedyZh remedyEn confirmed }
  }
}"""


def expected(faulty) -> list[tuple[str, int, str]]:
    return [tuple(each) for each in faulty["expect"]]


def told(outcome) -> list[tuple[str, int, str]]:
    """What is not confirmed, in the form of the table."""
    refused = [(problem.code, 0, "") for problem in outcome.refusals]
    return refused + [(f.code, f.item or 0, f.column or "") for f in outcome.findings if f.confirmed is None]


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_faulty_list_is_told_exactly_what_is_wrong_with_it(world, faulty, dry_run) -> None:
    cast, database = world
    cast.prepared(database, faulty)
    assert sorted(told(submit(database, cast.push(faulty), "省", dry_run=dry_run))) == sorted(expected(faulty))


def test_graphql_tells_the_same_of_the_same_rows(world, faulty) -> None:
    cast, database = world
    cast.prepared(database, faulty)
    push = cast.push(faulty)
    dry = submit(database, push, "省", dry_run=True)
    given = {
        "region": push.issuer[:2],
        "issuer": push.issuer,
        "items": [
            {"rank": i.rank, "entryId": i.entry_id, "nationalTrack": i.national_track, "title": i.title}
            for i in push.items
        ],
        "confirmations": [{"code": each.code, "reason": each.reason} for each in push.confirmations],
    }
    hub = Hub(Settings(token_key=SecretStr("t" * 64)), database)
    answer = asyncio.run(execute(hub, Viewer("n", Role.NATIONAL), SUBMIT, {"input": given, "dryRun": True}))
    result = answer["data"]["submitRecommendations"]
    hub.stop()
    findings = [(f["code"], f["item"], f["column"], f["value"], f["zh"], f["confirmed"]) for f in result["findings"]]
    mine = [(f.code, f.item, f.column, f.value, f.zh, f.confirmed) for f in dry.findings]
    assert (findings, [p["code"] for p in result["problems"]]) == (mine, [p.code for p in dry.problems])


def as_workbook(items) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["名次", "项目编号", "国家赛道", "项目名称"])
    for item in items:
        book.active.append([item.rank, item.entry_id, item.national_track, item.title])
    book.save(out)
    return out.getvalue()


def test_an_uploaded_workbook_is_told_the_same_at_the_rows_of_its_sheet(world, faulty) -> None:
    cast, database = world
    cast.prepared(database, faulty)
    push = cast.push(faulty)
    outcome = push_file(
        database, FilePush(push.issuer, as_workbook(push.items), push.confirmations), "省", dry_run=True
    )
    found = [(m.code, m.row - 1 if m.row else 0, m.column or "") for m in outcome.marks if m.confirmed is None]
    assert sorted(found) == sorted(map(tuple, faulty.get("in_a_file", faulty["expect"])))


def test_every_finding_says_how_to_mend_it_in_both_languages(world, faulty) -> None:
    cast, database = world
    cast.prepared(database, faulty)
    found = submit(database, cast.push(faulty), "省", dry_run=True).findings
    assert [f for f in found if not all((f.zh, f.en, f.remedy_zh, f.remedy_en))] == []


def test_the_table_holds_at_least_forty_faulty_lists(table) -> None:
    assert sum(bool(each["expect"]) for each in table["lists"]) >= 40
