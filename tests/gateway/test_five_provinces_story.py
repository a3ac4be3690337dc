"""Five provinces recommend: two by GraphQL, two by Excel, Hunan by city and then province; one is returned, mends its own
workbook and succeeds; and everything that happened is told, counted and on record.
"""

import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from gateway.list_uploads import XLSX
from schema.vocabulary import Role
from sync.audit import seal
from sync.doctor import examine
from sync.list_files import region_template

MESSAGES = "{ messages(first: 200) { nodes { kind receipt } } }"
DIFF = "query D($before: ID!, $after: ID!) { compareLists(before: $before, after: $after) { field before after } }"
RECORDS = "query A($subject: String!) { auditRecords(subject: $subject, first: 100) { nodes { action change } } }"
LIVES = """{ recommendationLists(currentOnly: false) { receipt state events { act } } }"""
MENDED = "41"  # whose list is returned


class Clerk:
    """A clerk with a region's key and its template, filled in."""

    def __init__(self, service: Any, code: str, rows: list[dict[str, Any]]) -> None:
        self.client, self.code = service.of(Role.REGION, code), code
        self.book = openpyxl.load_workbook(io.BytesIO(region_template(None, code)))
        for number, item in enumerate(rows, start=2):
            self.sheet.cell(number, 1, item["rank"])
            self.sheet.cell(number, 2, item["entryId"].partition(":")[2])
            self.sheet.cell(number, 4, item["nationalTrack"])

    @property
    def sheet(self) -> Any:
        return self.book["推荐名单"]

    def uploaded(self) -> Any:
        """The answer to an upload; a workbook that comes back marked is what the clerk goes on with."""
        out = io.BytesIO()
        self.book.save(out)
        asked = {"confirm": "已逐项核实", "marked": "1"}
        answer = self.client.http.post(f"/lists/{self.code}", params=asked, content=out.getvalue())
        if answer.headers["Content-Type"] == XLSX:
            self.book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return answer


@pytest.fixture
def hub(serve, filled):
    """A filled hub over either database, the record of which was sealed once."""
    service = serve(filled)
    assert service.of(Role.REGION, MENDED)  # makes keys, which are on record
    seal(filled, service.hub.settings.signer_if_any(), None, datetime.now(UTC))
    return service


@pytest.fixture
def accept(hub):
    """Check and accept a list; its receipt."""

    def act(receipt: str, client: Any = None) -> str:
        for each in ("CHECK", "ACCEPT"):
            assert hub.move(client or hub.national, receipt, each)["problems"] == []
        return receipt

    return act


def returned_and_mended(hub, clerk: Clerk, good: list[dict[str, Any]]) -> tuple[str, str]:
    """A faulty workbook comes back marked and is mended; the organiser returns a row, and that is mended in it too."""
    clerk.sheet["A3"], clerk.sheet["B4"] = "第二", "没有这个项目"
    assert clerk.uploaded().status_code == 422
    assert [cell for cell in ("A3", "B4") if clerk.sheet[cell].comment is None] == []
    clerk.sheet["A3"], clerk.sheet["B4"] = 2, good[2]["entryId"].partition(":")[2]
    first = clerk.uploaded().json()["receipt"]
    hub.move(hub.national, first, "CHECK")
    rows = [{"rank": 1, "column": "remark", "reason": "请补充备注"}]
    assert hub.move(hub.national, first, "RETURN", reason="有一行须补充", rows=rows)["problems"] == []
    clerk.sheet["E2"] = "试点项目"
    second = clerk.uploaded()
    assert (second.status_code, second.json()["version"]) == (201, 2)
    return first, second.json()["receipt"]


def test_five_provinces_recommend_and_one_that_is_returned_mends_its_own_workbook(hub, accept, items, expected) -> None:
    city = [item for item in items("43") if expected[item["entryId"]].city == "益阳"]
    province = hub.of(Role.REGION, "43")
    below = [{**item, "rank": rank} for rank, item in enumerate(city, start=1)]
    accept(hub.submit(province, "43", below, issuer="4309")["list"]["receipt"], province)

    receipts = {}
    for code in ("13", "14", "43"):
        told = hub.submit(hub.of(Role.REGION, code), code, items(code), idempotencyKey=f"{code}-1")
        assert told["problems"] == []
        assert (told["auditSeal"] or "").startswith("DEXHUB-SEAL:")
        receipts[code] = accept(told["list"]["receipt"])
    sealed = Clerk(hub, "61", items("61")).uploaded()
    assert sealed.json()["auditSeal"].startswith("DEXHUB-SEAL:")
    receipts["61"] = accept(sealed.json()["receipt"])
    clerk = Clerk(hub, MENDED, items(MENDED))
    first, second = returned_and_mended(hub, clerk, items(MENDED))
    receipts[MENDED] = accept(second)

    differences = clerk.client.ask(DIFF, before=first, after=second)["compareLists"]
    assert differences == [{"field": "remark", "before": None, "after": "试点项目"}]
    roster = hub.national.ask("{ roster { items { receipt } tracks { items { receipt } } } }")["roster"]
    assert {item["receipt"] for item in roster["items"]} == set(receipts.values())
    assert sum(len(track["items"]) for track in roster["tracks"]) == len(roster["items"])
    for code, receipt in receipts.items():
        told = hub.of(Role.REGION, code).ask(MESSAGES)["messages"]["nodes"]
        kinds = sorted(each["kind"] for each in told if each["receipt"] == receipt)
        assert kinds == ["list.accept", "list.check", "list.seal"]
    lives = {each["receipt"]: each for each in hub.national.ask(LIVES)["recommendationLists"]}
    recorded = hub.national.ask(RECORDS, subject=first)["auditRecords"]["nodes"][::-1]
    assert (lives[first]["state"], [each["change"]["act"] for each in recorded]) == (
        "SUPERSEDED",
        [each["act"] for each in lives[first]["events"]],
    )
    assert examine(hub.hub.database, hub.hub.settings.signer_if_any()) == []
