"""The demo's part on recommended lists: cities first where there are any, then every region, two of them by Excel; one is
returned and mends its own workbook.

Each list goes the way a clerk's does: a dry run tells what is wrong with which row, those rows are taken off, what is to be
confirmed is confirmed, and the rest is pushed. The national organiser checks and accepts.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from adapters.registry import regions
from gateway.auth import OPERATOR, Viewer
from gateway.cli.console import out
from gateway.cli.demo_workbooks import Clerk
from gateway.execution import execute
from gateway.facts import region_types
from gateway.hub import Hub
from schema.vocabulary import Role
from sync.doctor import examine
from sync.lists.rules import issuers, rules_of

_ALTERNATES: Final = 3
_REASON: Final = "演示数据，已逐项核实"
_SUBMIT: Final = """
mutation Submit($input: SubmitRecommendationsInput!, $dryRun: Boolean!) {
  submitRecommendations(input: $input, dryRun: $dryRun) {
    list { receipt } problems { code place zh } findings { item severity code }
  }
}"""
_MOVE: Final = """
mutation Move($input: MoveListInput!) { moveList(input: $input) { list { receipt state } problems { code zh } } }"""
_CANDIDATES: Final = """
query Candidates($filter: EntryFilterInput!) {
  entries(filter: $filter, first: 300) {
    edges { node {
      id title score proposedNationalTrack { id } topic { candidates { id } }
      duplicateCases { entries { region { code } } }
    } }
  }
}"""
_QUOTA: Final = "mutation Quota($input: SetQuotaInput!) { setQuota(input: $input) { problems { code } } }"
_DIFF: Final = "query Diff($before: ID!, $after: ID!) { compareLists(before: $before, after: $after) { entryId field before after } }"
_SHADOW: Final = (
    "query Shadow($receipt: ID!) { listShadow(receipt: $receipt) { computed differences { deviation } unscored } }"
)


def show(hub: Hub) -> dict[str, str]:
    """Push and accept a list for every issuer, those below a region first; receipts of the accepted lists by issuer."""
    return asyncio.run(_show(hub))


async def _show(hub: Hub) -> dict[str, str]:
    receipts: dict[str, str] = {}
    returned, other = list(regions())[:2]  # whose clerks work with Excel
    for code, issuer in sorted(issuers().items(), key=lambda pair: (-len(pair[0]), pair[0])):
        viewer = Viewer(f"demo {issuer.region}", Role.REGION, issuer.region)
        items = await _candidates(hub, viewer, code)
        if code in (returned, other):
            receipt = await _by_workbook(hub, viewer, code, items, returned=code == returned)
        else:
            receipt = await _push(hub, viewer, code, items)
        receiver = viewer if issuer.lower else OPERATOR
        if receipt and await _moved(hub, receiver, receipt, "CHECK") and await _moved(hub, receiver, receipt, "ACCEPT"):
            receipts[code] = receipt
            name = issuer.name if issuer.lower else region_types()[code].name
            out.print(
                f"{name}：{len(items)} 项，回执 / receipt {receipt}，已接受 / accepted{await _shadow(hub, receipt)}"
            )
    problems = await asyncio.to_thread(examine, hub.database)
    out.print(f"库内检查 / doctor: {len(problems)} 个问题 / problems")
    return {} if problems else receipts


async def _candidates(hub: Hub, viewer: Viewer, code: str) -> list[dict[str, Any]]:
    """What a clerk would put on the list, best first: everything that a dry run does not block, up to the quota. Projects that
    another region has as well go before, so that the roster shows what comes of it.
    """
    issuer = issuers()[code]
    wanted: dict[str, Any] = {"regions": [issuer.region], "statuses": ["ACTIVE"]}
    wanted |= {"cities": [issuer.lower.city]} if issuer.lower else {"stages": ["PUBLICITY", "AWARDED"]}
    answer = await execute(hub, viewer, _CANDIDATES, {"filter": wanted})
    nodes = [edge["node"] for edge in answer["data"]["entries"]["edges"]]
    nodes.sort(key=lambda node: (not _elsewhere(node), -(node["score"] or 0), node["id"]))
    items = [_item(rank, node) for rank, node in enumerate(nodes, start=1)]
    found = await _submit(hub, viewer, code, items, dry_run=True)
    blocked = {each["item"] for each in found["findings"] if each["severity"] == "BLOCKED"}
    behind = {each["item"] for each in found["findings"] if each["code"] == "PRIORITY_BEHIND"}
    kept = [(number not in behind, item) for number, item in enumerate(items, start=1) if number not in blocked]
    kept.sort(key=lambda pair: pair[0])
    most = len(kept) if issuer.lower else await _places(hub, code, len(kept)) + _ALTERNATES
    out.print(f"{issuer.name}：试交 {len(items)} 行，{len(blocked)} 行不能推荐 / dry run, rows that cannot go up")
    return [{**item, "rank": rank} for rank, (_, item) in enumerate(kept[:most], start=1)]


def _elsewhere(node: dict[str, Any]) -> bool:
    return any(len({side["region"]["code"] for side in case["entries"]}) > 1 for case in node["duplicateCases"])


async def _places(hub: Hub, code: str, fit: int) -> int:
    """How many places the region has. In a small demonstration the organiser sets fewer, so that there are alternates."""
    with hub.database.read() as session:
        total = rules_of(session, issuers()[code]).selection.total
    if total is not None and fit > _ALTERNATES and fit < total.most + _ALTERNATES:
        fewer = fit - _ALTERNATES
        await execute(hub, OPERATOR, _QUOTA, {"input": {"issuer": code, "total": fewer, "reason": "演示：项目较少"}})
        return fewer
    return fit if total is None else total.most


def _item(rank: int, node: dict[str, Any]) -> dict[str, Any]:
    track = None if node["proposedNationalTrack"] else node["topic"]["candidates"][0]["id"]
    return {"rank": rank, "entryId": node["id"], "title": node["title"], "nationalTrack": track}


async def _by_workbook(
    hub: Hub, viewer: Viewer, code: str, items: list[dict[str, Any]], *, returned: bool
) -> str | None:
    """Hand in the template; where the list is `returned`, first with a slip, then once more with the row that the organiser
    wants mended.
    """
    clerk = Clerk(hub, viewer, code, _REASON)
    clerk.fill_in(items)
    if not returned:
        sealed = (await asyncio.to_thread(clerk.hand_in)).sealed
        return sealed.receipt if sealed else None
    first = (await asyncio.to_thread(clerk.hand_in_with_a_slip, len(items))).sealed
    if first is None:
        return None
    reason = "请补充推荐理由"
    await _moved(hub, OPERATOR, first.receipt, "CHECK")
    await _moved(hub, OPERATOR, first.receipt, "RETURN", reason="有一行须补充", rows=[{"rank": 1, "reason": reason}])
    clerk.write(1, "remark", "获国家级试点支持")
    later = (await asyncio.to_thread(clerk.hand_in)).sealed
    if later is None:
        return None
    answer = await execute(hub, viewer, _DIFF, {"before": first.receipt, "after": later.receipt})
    changed = "、".join(f"{each['entryId']} {each['field']}" for each in answer["data"]["compareLists"])
    out.print(
        f"{first.receipt} 第 1 行退回（{reason}），在本人工作簿中修改 {changed} 后重新提交 / "
        "a row returned, mended in the clerk's own workbook and handed in again"
    )
    return later.receipt


async def _push(hub: Hub, viewer: Viewer, code: str, items: Sequence[dict[str, Any]]) -> str | None:
    result = await _submit(hub, viewer, code, items, dry_run=False)
    for problem in result["problems"]:
        out.print(f"{code}：{problem['code']} {problem['place']} {problem['zh']}")
    return str(result["list"]["receipt"]) if result["list"] else None


async def _submit(
    hub: Hub, viewer: Viewer, code: str, items: Sequence[dict[str, Any]], *, dry_run: bool
) -> dict[str, Any]:
    pushed = {"region": code[:2], "issuer": code, "items": items, "confirmations": [{"reason": _REASON}]}
    answer = await execute(hub, viewer, _SUBMIT, {"input": pushed, "dryRun": dry_run})
    result: dict[str, Any] = answer["data"]["submitRecommendations"]
    return result


async def _moved(hub: Hub, viewer: Viewer, receipt: str, act: str, **more: Any) -> bool:  # noqa: ANN401  any input
    answer = await execute(hub, viewer, _MOVE, {"input": {"receipt": receipt, "act": act, **more}})
    return answer["data"]["moveList"]["list"] is not None


async def _shadow(hub: Hub, receipt: str) -> str:
    answer = await execute(hub, OPERATOR, _SHADOW, {"receipt": receipt})
    found = answer["data"]["listShadow"]
    return f"，与按成绩推算的名单有 {len(found['differences'])} 处差异 / differences from the computed list"
