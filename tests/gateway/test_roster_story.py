"""The whole way over HTTP: two regions recommend one project, and in the end there is a final roster with an erratum."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from schema.vocabulary import Role
from sync.audit import seal
from sync.doctor import examine
from sync.repository.rosters import RosterStore
from sync.roster.versions import recompute

ITEMS = "{ roster { stage version { number } items { region { code } entryId state reason objection cases } } }"
ACT = """mutation { %s { version { number stage signature } problems { code } } }"""
VERSIONS = "{ rosterVersions(first: 100) { nodes { number stage cause digest } } }"
CASES = "{ duplicateCases(statuses: [OPEN], first: 1000) { nodes { id entries { entryId } } } }"


class Organiser:
    """The national organiser's client, by what there is to do."""

    def __init__(self, service) -> None:
        self.service, self.client = service, service.national

    def states(self) -> dict[str, str]:
        return {item["entryId"]: item["state"] for item in self.client.ask(ITEMS)["roster"]["items"]}

    def act(self, call: str) -> dict:
        (result,) = self.client.ask(ACT % call).values()
        return result

    def done(self, call: str) -> int:
        """The version after an act that was not refused."""
        result = self.act(call)
        assert result["problems"] == [], call
        return result["version"]["number"]

    def promoted(self) -> list[str]:
        records = self.client.ask("{ auditRecords(first: 1000) { nodes { action subject } } }")["auditRecords"]["nodes"]
        return [each["subject"] for each in records[::-1] if each["action"] == "ROSTER_PROMOTED"]


@pytest.fixture
def pair(corpus, expected) -> tuple[str, str]:
    """One project that two regions have, neither side touching any other planted duplicate that is between regions."""
    across = [
        label.entries
        for label in corpus.duplicates
        if label.kind == "SAME_PROJECT" and label.entries[0][:2] != label.entries[1][:2]
    ]
    return next((a, b) for a, b in across if expected[a].status == expected[b].status == "ACTIVE")


def test_two_regions_one_project_and_all_that_follows(serve, filled, pair, items) -> None:
    service = serve(filled)
    organiser = Organiser(service)
    shared, other = pair
    with filled.write() as session:
        session.execute(text("UPDATE entry SET stage = 'AWARDED', award = 'THIRD' WHERE status = 'ACTIVE'"))
    receipts = [
        service.accepted(service.of(Role.REGION, code), code, ranked(items, code))
        for code in sorted(e[:2] for e in pair)
    ]
    assert [organiser.states()[entry] for entry in pair] == ["HELD", "HELD"], "neither region wins silently"

    for case in organiser.client.ask(CASES)["duplicateCases"]["nodes"]:
        members = {side["entryId"] for side in case["entries"]}
        verdict = {"decision": "CONFIRMED", "keepEntryId": other} if members == set(pair) else {"decision": "DISMISSED"}
        assert service.decide(caseId=case["id"], reason="核实", **verdict)["problems"] == []
    states = organiser.states()
    alternates = [e for e, state in states.items() if state == "ALTERNATE" and e[:2] == shared[:2]]
    assert (states[shared], states[other], organiser.promoted()) == (
        "EXCLUDED",
        "INCLUDED",
        [by_rank(items, shared)[28]],
    )

    windows = {receipt[3:5]: service.published(receipt, ahead(7)) for receipt in receipts}
    window = windows[other[:2]]
    public = service.client().http
    target = next(e for e, state in states.items() if state == "INCLUDED" and e[:2] == other[:2] and e != other)
    said = {
        "rank": rank_of(items, other, target),
        "objector": "欧阳明德",
        "contact": "a@example.org",
        "grounds": "雷同",
        "evidence": ["见附件"],
    }
    objection = public.post(f"/publicity/{window}/objections", json=said).json()["objection"]
    refused = organiser.act(f'freezeRoster(version: {number(organiser)}, reason: "定稿")')["problems"]
    assert {each["code"] for each in refused} == {"PUBLICITY_RUNNING", "OBJECTIONS_WAIT"}
    upheld = organiser.client.ask(
        'mutation Uphold($id: ID!) { decideObjection(id: $id, decision: UPHELD, reason: "属实") { objection { status } problems { code } } }',
        id=objection,
    )["decideObjection"]  # fmt: skip
    assert (upheld["problems"], organiser.states()[target], organiser.promoted()[1:]) == (
        [], "EXCLUDED", [by_rank(items, other)[28]],
    )  # fmt: skip

    early = service.move(organiser.client, receipts[0], "CONFIRM")["problems"]
    service.hub.now = lambda: ahead(7.1)
    late = public.post(f"/publicity/{window}/objections", json=said).json()["errors"][0]["extensions"]["code"]
    confirmed = [service.move(organiser.client, each, "CONFIRM")["problems"] for each in receipts]
    assert ([each["code"] for each in early], confirmed) == (["PUBLICITY_RUNNING"], [[], []])
    frozen = organiser.done(f'freezeRoster(version: {number(organiser)}, reason: "定稿")')
    second = organiser.act(f'freezeRoster(version: {frozen - 1}, reason: "定稿")')["problems"]
    withdrawn = service.move(
        service.of(Role.REGION, other[:2]), receipt_of(receipts, other), "WITHDRAW", reason="撤回"
    )["problems"]
    final = organiser.done(f'finaliseRoster(version: {frozen}, reason: "终定")')
    assert (late, [each["code"] for each in second], [each["code"] for each in withdrawn]) == (
        "OBJECTION_LATE", ["ROSTER_MOVED"], ["ROSTER_FROZEN"],
    )  # fmt: skip

    mended = next(e for e, state in organiser.states().items() if state == "INCLUDED" and e[:2] == shared[:2])
    words = f'[{{entryId: "{mended}", act: EXCLUDE, reason: "资格有误"}}]'
    forbidden = organiser.act(f'decideRoster(decisions: {words}, reason: "x")')["problems"]
    foreseen = organiser.client.ask(f"{{ whatIf(decisions: {words}) {{ changes {{ entryId promoted }} }} }}")["whatIf"][
        "changes"
    ]
    erratum = organiser.done(f'issueErratum(version: {final}, decisions: {words}, reason: "资格有误")')
    changes = organiser.client.ask(f"{{ compareRosters(older: {final}, newer: {erratum}) {{ entryId promoted }} }}")[
        "compareRosters"
    ]
    assert ([each["code"] for each in forbidden], changes, organiser.promoted()[2:]) == (
        ["ROSTER_FINAL"], foreseen, [each["entryId"] for each in changes if each["promoted"]],
    )  # fmt: skip
    assert (len(alternates), organiser.states()[mended]) == (2, "EXCLUDED")

    made = seal(filled, service.hub.settings.signer_if_any(), None, service.hub.now())
    with filled.read() as session:
        rows = RosterStore(session).versions(1000)
    assert (organiser.client.ask("{ auditSeal }")["auditSeal"], [recompute(row) for row in rows if recompute(row)]) == (
        str(made),
        [],
    )
    assert examine(filled, service.hub.settings.signer_if_any(), [made]) == []


def number(organiser: Organiser) -> int:
    return organiser.client.ask(VERSIONS)["rosterVersions"]["nodes"][0]["number"]


def ahead(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def receipt_of(receipts: list[str], entry: str) -> str:
    return next(each for each in receipts if each.startswith(f"TJ-{entry[:2]}"))


def ranked(items, code: str) -> list[dict]:
    """Thirty-one entries of a region: three more than it has places."""
    return items(code, 31, finished=True)


def by_rank(items, entry: str) -> list[str]:
    return [row["entryId"] for row in ranked(items, entry[:2])]


def rank_of(items, entry: str, target: str) -> int:
    return by_rank(items, entry).index(target) + 1
