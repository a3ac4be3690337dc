"""The demo's part on the roster: held, decided, laid open, objected to, frozen, final, mended; every step over GraphQL as the
organiser would take it, and checked in the end.

Publicity takes a week, so the demo's lists are laid open twelve days ago.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.auth import OPERATOR
from gateway.cli.console import out, print_problems
from gateway.execution import execute
from gateway.hub import Hub
from sync.audit import seal
from sync.doctor import examine

_AGO, _OVER = timedelta(days=12), timedelta(days=4)
_ROSTER: Final = (
    "{ roster { items { region { code } rank entryId state cases } } rosterVersions(first: 1) { nodes { number } } }"
)
_DECIDE: Final = "mutation D($input: DecideCaseInput!) { decideCase(input: $input) { problems { code zh en } } }"
_LISTS: Final = "{ recommendationLists { receipt issuer counts region { code } } }"
_MOVE: Final = (
    "mutation M($input: MoveListInput!) "
    "{ moveList(input: $input) { list { publicityWindow region { code } } problems { code } } }"
)
_FILE: Final = (
    "mutation F($input: FileObjectionInput!) { fileObjection(input: $input) { objection { id } problems { code } } }"
)
_UPHOLD: Final = (
    'mutation U($id: ID!) { decideObjection(id: $id, decision: UPHELD, reason: "查证属实") { problems { code } } }'
)
_ACT: Final = "mutation A { %s { version { number stage } problems { code zh en } } }"


async def show(hub: Hub) -> bool:
    """Print what happens; whether everything was done and all of it is sound."""
    clock, now = hub.now, datetime.now(UTC)
    held = [item for item in (await _roster(hub))["items"] if item["state"] == "HELD"]
    out.print(f"挂起 {len(held)} 项，逐案裁定 / held, to be decided case by case")
    for case in dict.fromkeys(case for item in held for case in item["cases"]):
        sides = [item["entryId"] for item in held if case in item["cases"]]
        if len(sides) > 1:
            out.print(f"{case}：{' 与 '.join(sides)} 均挂起，裁定保留前者 / both held; the first is kept")
        verdict = {"decision": "CONFIRMED", "keepEntryId": sides[0]} if len(sides) > 1 else {"decision": "DISMISSED"}
        await _ask(hub, _DECIDE, {"input": {"caseId": case, "reason": "演示：已核实", **verdict}})
    await _act(hub, 'renewRoster(reason: "演示")')

    hub.now = lambda: now - _AGO
    lists = [
        each
        for each in (await _ask(hub, _LISTS))["recommendationLists"]
        if each["counts"] and each["issuer"] == each["region"]["code"]
    ]
    until = (now - _OVER).isoformat()  # said outright: the calendar of a year that has just begun may not be out yet
    windows = {each["issuer"]: (await _move(hub, each, "PUBLISH", until=until))["publicityWindow"] for each in lists}
    out.print(f"公示 {len(windows)} 份名单 / lists laid open: " + "、".join(windows.values()))
    target = _with_alternates((await _roster(hub))["items"])
    said = {
        "window": windows[target["region"]["code"]],
        "rank": target["rank"],
        "objector": "演示公司",
        "contact": "demo@example.org",
        "grounds": "与已公开项目雷同",
        "evidence": ["见附件"],
    }
    filed = (await _ask(hub, _FILE, {"input": said}))["fileObjection"]["objection"]["id"]
    hub.now = clock
    before = await _states(hub)
    await _ask(hub, _UPHOLD, {"id": filed})
    out.print(
        f"异议成立 / objection upheld: {target['entryId']} → {_moved(before, await _states(hub))} 递补 / moves up"
    )

    for each in lists:
        await _move(hub, each, "CONFIRM")
    for act in ("freezeRoster", "finaliseRoster"):
        number = (await _ask(hub, _ROSTER))["rosterVersions"]["nodes"][0]["number"]
        stage = await _act(hub, f'{act}(version: {number}, reason: "演示")')
        out.print(f"名册 / roster: {stage}")
    for each in lists:
        await _move(hub, each, "FINALISE")
    before = await _states(hub)
    mended = _with_alternates((await _roster(hub))["items"])["entryId"]
    number = (await _ask(hub, _ROSTER))["rosterVersions"]["nodes"][0]["number"]
    words = f'[{{entryId: "{mended}", act: EXCLUDE, reason: "材料不实"}}]'
    await _act(hub, f'issueErratum(version: {number}, decisions: {words}, reason: "材料不实")')
    out.print(f"更正 / erratum: {mended} → {_moved(before, await _states(hub))} 递补 / moves up")
    return _sound(hub)


def _sound(hub: Hub) -> bool:
    signer = hub.settings.signer_if_any()
    made = seal(hub.database, signer, hub.settings.seals_file, hub.now())
    wrong = examine(hub.database, signer, [made] if made else ())
    out.print(f"核对名单、名册和变更记录：{'完好' if not wrong else '有误'} / lists, roster and record checked")
    if wrong:
        print_problems(wrong)
    out.print(f"封印 / seal: {made}", highlight=False)
    return not wrong


async def _ask(hub: Hub, document: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = await execute(hub, OPERATOR, document, variables or {})
    data: dict[str, Any] = answer["data"]
    problems = [each for part in data.values() if isinstance(part, dict) for each in part.get("problems", ())]
    if answer.get("errors") or problems:
        raise RuntimeError(f"the demonstration was refused: {answer.get('errors') or problems}")
    return data


async def _move(hub: Hub, each: dict[str, Any], act: str, **more: str) -> dict[str, Any]:
    asked = {"input": {"receipt": each["receipt"], "act": act, **more}}
    found: dict[str, Any] = (await _ask(hub, _MOVE, asked))["moveList"]
    moved: dict[str, Any] = found["list"]
    return moved


async def _act(hub: Hub, call: str) -> str:
    (result,) = (await _ask(hub, _ACT % call)).values()
    return str(result["version"]["stage"])


async def _roster(hub: Hub) -> dict[str, Any]:
    found: dict[str, Any] = (await _ask(hub, _ROSTER))["roster"]
    return found


async def _states(hub: Hub) -> dict[str, str]:
    return {item["entryId"]: item["state"] for item in (await _roster(hub))["items"]}


def _with_alternates(items: list[dict[str, Any]]) -> dict[str, Any]:
    """An included item whose region has an alternate to move up, or any."""
    waiting = {item["region"]["code"] for item in items if item["state"] == "ALTERNATE"}
    included = [item for item in items if item["state"] == "INCLUDED"]
    return next((item for item in included if item["region"]["code"] in waiting), included[0])


def _moved(before: dict[str, str], after: dict[str, str]) -> str:
    return (
        "、".join(e for e, state in after.items() if before[e] == "ALTERNATE" and state != "ALTERNATE") or "无 / nobody"
    )
