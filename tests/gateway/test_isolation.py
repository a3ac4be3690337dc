"""What a region's key shows: its own, by every root field there is. A new root field must be entered here."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from graphql import introspection_from_schema

from adapters.registry import regions
from gateway.app import create_app
from gateway.console.registry import ACTS, PAGES
from gateway.native import CODE as NATIVE_MISSING
from gateway.schema import graphql_schema
from schema.vocabulary import Role

CODES = tuple(regions())

# Every root query, asked as widely as it can be.
QUERIES = {
    "changeCursor": "changeCursor",
    "node": 'node(id: "{own}")',
    "nodes": 'nodes(ids: ["{own}", "{receipt}"])',
    "regions": "regions",
    "nationalTracks": "nationalTracks",
    "entries": "entries(first: 1000)",
    "entry": 'entry(id: "{own}")',
    "statistics": "statistics(groupBy: [REGION, NATIVE_TOPIC, STAGE, AWARD])",
    "duplicateCases": "duplicateCases(first: 1000)",
    "duplicateCase": 'duplicateCase(id: "{case}")',
    "duplicateCaseCounts": "duplicateCaseCounts",
    "recommendationList": 'recommendationList(receipt: "{receipt}")',
    "health": "health",
    "verifyRecords": "verifyRecords",
    "certificates": "certificates",
    "recommendationLists": "recommendationLists(currentOnly: false)",
    "roster": "roster",
    "compareLists": 'compareLists(before: "{receipt}", after: "{receipt}")',
    "listShadow": 'listShadow(receipt: "{receipt}")',
    "selectionRules": "selectionRules",
    "messages": "messages(first: 1000)",
    "pulls": "pulls(first: 1000)",
    "quarantine": "quarantine(first: 1000)",
    "schedules": "schedules",
    "guardStops": "guardStops(first: 1000)",
    "clauses": "clauses",
    "compareClauses": "compareClauses(kind: PRIOR_WINNER)",
    "checkEntry": 'checkEntry(input: {region: "{region}", topic: "{topic}", title: "{title}", team: "甲队", '
    'organisations: [{name: "{unit}"}]})',
    "waivers": "waivers(first: 1000)",
    "registers": "registers",
    "rosterVersions": "rosterVersions",
    "compareRosters": "compareRosters(older: 1, newer: 2)",
    "whatIf": "whatIf",
    "publicityWindows": "publicityWindows",
    "objections": "objections",
    "auditRecords": "auditRecords",
    "auditSeal": "auditSeal",
}
ORGANISERS = ("health", "verifyRecords")  # refused to everybody else
# Those that can be asked for another region outright, and what says that nothing was found.
ASIDE = {
    "entries": 'entries(filter: {{regions: ["{foreign}"]}}) {{ totalCount edges {{ node {{ id }} }} }}',
    "statistics": 'statistics(groupBy: [REGION], filter: {{regions: ["{foreign}"]}}) {{ entries }}',
    "recommendationLists": 'recommendationLists(regions: ["{foreign}"], currentOnly: false) {{ receipt }}',
    "pulls": 'pulls(regions: ["{foreign}"]) {{ totalCount edges {{ node {{ id }} }} }}',
    "quarantine": 'quarantine(regions: ["{foreign}"]) {{ totalCount edges {{ node {{ key }} }} }}',
}
NOTHING = {root: {"totalCount": 0, "edges": []} for root in ("entries", "pulls", "quarantine")}
# Every route beside GraphQL, by who may use it. A new one must be entered here, and tested where it says.
ROUTES = {
    "POST /graphql": "this file",
    "GET /graphql": "as POST, queries alone: tests/gateway/test_errors.py",
    "WEBSOCKET /graphql": "within the viewer's scope: tests/gateway/subscriptions",
    "GET /graphiql": "everybody, holds no data: tests/gateway/test_graphiql.py",
    "GET /graphiql/tabs": "the queries of the key's own role: tests/gateway/test_graphiql.py",
    "GET /static/graphiql/{name}": "everybody, holds no data: tests/gateway/test_graphiql.py",
    "POST /files/{region}": "NATIONAL and the region itself: tests/gateway/test_files.py",
    "POST /lists/{region}": "NATIONAL and the region itself: tests/gateway/test_list_uploads.py",
    "GET /lists/{region}/template": "NATIONAL and the region itself: tests/gateway/test_list_uploads.py",
    "GET /export/{what}.{form}": "within the viewer's scope: tests/gateway/test_exports.py",
    "GET /publicity": "everybody: tests/gateway/test_publicity_page.py",
    "GET /publicity.json": "everybody: tests/gateway/test_publicity_page.py",
    "GET /publicity/feed.atom": "everybody: tests/gateway/test_publicity_page.py",
    "POST /publicity/{window}/objections": "everybody: tests/gateway/test_publicity_page.py",
    "GET /metrics": "NATIONAL and JOB with the scope of metrics: tests/gateway/test_observing.py",
    **{f"GET {page.path}": "by session, in process, by these queries: tests/gateway/console" for page in PAGES},
    **{f"POST {act.path}": "by session, in process, by these mutations: tests/gateway/console" for act in ACTS},
    "GET /static/console/{name}": "everybody, holds no data",
    "GET /sign-in": "everybody, holds no data: tests/gateway/console/test_console_sessions.py",
    "POST /sign-in": "whoever has a key: tests/gateway/console/test_console_sessions.py",
    "POST /sign-out": "whoever has a session: tests/gateway/console/test_console_sessions.py",
    "GET /sign-in/provider": "everybody, holds no data: tests/gateway/console/test_console_provider.py",
    "GET /sign-in/back": "whom the provider knows: tests/gateway/console/test_console_provider.py",
    "GET /language/{language}": "everybody, holds no data",
    "GET /tables/{what}.{form}": "as /export, by session: tests/gateway/console/test_console_reading.py",
    "POST /recommendations/upload": "as /lists, by session: tests/gateway/console/test_console_acts.py",
    "GET /recommendations/template/{region}.xlsx": "as /lists, by session: tests/gateway/console/test_console_roles.py",
    "GET /registers/{register}/template.xlsx": "NATIONAL by session: tests/gateway/console/test_console_roles.py",
    "POST /registers/{register}/import": "NATIONAL by session: tests/gateway/console/test_console_roles.py",
    "POST /publicity/{window}/object": "everybody: tests/gateway/console/test_console_acts.py",
    "GET /health/live": "everybody, holds no data",
    "GET /health/ready": "everybody, holds no data",
}
MUTATIONS = (
    "submitRecommendations", "decideCase", "startPull", "stopPull", "startDetection", "overrideGuardStop",
    "changeRegister", "removeRegisterLines", "waive", "revokeWaiver", "moveList", "setQuota",
    "markMessagesRead", "resendMessages", "renewRoster", "decideRoster", "freezeRoster", "reopenRoster", "finaliseRoster",
    "issueErratum", "fileObjection", "decideObjection", "replayQuarantine",
)  # fmt: skip
# Public facts, the same for all: one field is enough to see that they are there. What nodes are, tests/gateway/test_nodes.py
# asks kind by kind.
FACTS = {"Clause": "id", "Region": "code name freshness { lastStatus }", "Track": "id", "Topic": "id", "SubTopic": "id",
         "NationalTrack": "id", "Node": "__typename id"}  # fmt: skip


@pytest.fixture
def own(expected, code) -> list[str]:
    return sorted(entry for entry in expected if entry.startswith(code))


@pytest.fixture(scope="module")
def widest() -> Callable[[str], str]:
    """A root field with every field below it, but for a type within itself."""
    shape = introspection_from_schema(graphql_schema()._schema)["__schema"]
    types = {each["name"]: each for each in shape["types"]}

    def named(kind: dict) -> str:
        return kind["name"] or named(kind["ofType"])

    def below(name: str, above: tuple[str, ...]) -> Iterator[str]:
        for field in types[name]["fields"]:
            inner = named(field["type"])
            if types[inner]["kind"] in ("SCALAR", "ENUM"):
                yield field["name"]
            elif inner not in above:
                yield f"{field['name']} {selected(inner, (*above, inner))}"

    def selected(name: str, above: tuple[str, ...]) -> str:
        if types[name]["kind"] == "SCALAR":
            return ""
        if name in FACTS:
            return f"{{ {FACTS[name]} }}"
        common = {field["name"] for field in types[name]["fields"]}
        more = "".join(
            f" ... on {kind['name']} {{ {' '.join(f['name'] for f in types[kind['name']]['fields'] if f['name'] not in common)} }}"
            for kind in types[name]["possibleTypes"] or ()
        )
        return f"{{ __typename {' '.join(below(name, above))}{more} }}"

    fields = {field["name"]: named(field["type"]) for field in types["Query"]["fields"]}
    return lambda root: f"{{ {QUERIES[root]} {selected(fields[root], (fields[root],))} }}"


@pytest.fixture(scope="module")
def words(expected, corpus) -> dict[str, set[str]]:
    """What only a region itself may know of its registrations: ids, teams, summaries, partners' codes, flawed rows."""
    found = {code: set() for code in CODES}
    for made in expected.values():
        found[made.region] |= {made.entry_id, made.native_id, made.team, made.summary}
        found[made.region] |= {each.credit_code for each in made.companies[1:]}
    for label in corpus.flaws:
        found[label.entries[0][:2]].add(label.entries[0][3:])
    return found


@pytest.fixture(scope="module")
def seals() -> dict[str, dict[str, set[str]]]:
    """Receipts and digests by region, once asked for, by service."""
    return {}


@pytest.fixture
def foreign(settled, words, seals, code, expected) -> set[str]:
    """What only other regions may know; a partner of theirs may be a lead organisation here."""
    if settled.url not in seals:
        lists = settled.national.ask("{ recommendationLists { receipt digest region { code } } }")
        seals[settled.url] = {
            each["region"]["code"]: {each["receipt"], each["digest"]} for each in lists["recommendationLists"]
        }
    others = [each for each in CODES if each != code]
    people = {"欧阳明德", "ouyang@example.org", "https://example.org/evidence"}
    leads = {made.companies[0].credit_code for made in expected.values() if made.region == code}
    theirs = set().union(*(words[each] | seals[settled.url][each] for each in others))
    return people | theirs - words[code] - leads - {""}


@pytest.mark.parametrize(("root", "covered"), [("queryType", set(QUERIES)), ("mutationType", set(MUTATIONS))])
def test_every_root_field_is_covered_here(service, root, covered) -> None:
    shape = service.national.ask(f"{{ __schema {{ {root} {{ fields {{ name }} }} }} }}")["__schema"]
    assert {field["name"] for field in shape[root]["fields"]} == covered


def test_every_route_is_covered_here(service) -> None:
    def below(routes: Sequence[Any], prefix: str = "") -> Iterator[str]:
        for each in routes:
            if hasattr(each, "original_router"):
                yield from below(each.original_router.routes, prefix + each.include_context.prefix)
            else:
                yield from (
                    f"{method} {prefix}{each.path}" for method in getattr(each, "methods", None) or ("WEBSOCKET",)
                )

    found = {route for route in below(create_app(service.hub).routes) if not route.startswith("HEAD ")}
    assert found == ROUTES.keys()


@pytest.fixture
def asked(settled, viewer, own, expected, corpus, code) -> dict[str, str]:
    """What stands in the questions. The application is one that another region has as well: what it shares with that is
    told, and no more of it than region and title.
    """
    pairs = [label.entries for label in corpus.duplicates if label.kind == "SAME_PROJECT"]
    (first, second) = next(pair for pair in pairs if pair[0][:2] != pair[1][:2])
    other = expected[first if not first.startswith(code) else second]
    topic = next(topic.id for _, topic in regions()[code].catalogue.topics())
    (mine,) = viewer.ask("{ recommendationLists { receipt } }")["recommendationLists"]
    case = settled.national.ask("{ duplicateCases(first: 1) { nodes { id } } }")["duplicateCases"]["nodes"][0]["id"]
    for found in viewer.ask("{ duplicateCases(first: 1) { nodes { id } } }")["duplicateCases"]["nodes"]:
        case = found["id"]
    about = {
        "case": case,
        "own": own[0],
        "region": code,
        "topic": topic,
        "title": other.title,
        "unit": other.companies[0].name,
    }
    return {**about, **mine}


def answered(client, document: str, refused: str = NATIVE_MISSING) -> dict[str, Any]:
    """A whole answer, in which nothing may be missing but what platforms, of which none runs here, would have added."""
    answer = client.answer(document)
    assert {error["extensions"]["code"] for error in answer.get("errors", ())} <= {NATIVE_MISSING, refused}
    return answer


@pytest.mark.parametrize("root", QUERIES)
def test_no_root_query_shows_what_only_another_region_may_know(viewer, widest, foreign, asked, root) -> None:
    document = widest(root)
    for name, value in asked.items():
        document = document.replace(f"{{{name}}}", value)
    text = str(answered(viewer, document, "FORBIDDEN" if root in ORGANISERS else NATIVE_MISSING))
    assert {word for word in foreign if word in text} == set()


@pytest.mark.parametrize("code", ["43"])
@pytest.mark.parametrize("root", ["entries", "duplicateCases", "recommendationLists", "roster", "quarantine"])
def test_the_national_organiser_sees_there_what_a_region_does_not(settled, widest, foreign, root) -> None:
    text = str(answered(settled.national, widest(root)))
    assert any(word in text for word in foreign)


@pytest.mark.parametrize("root", ASIDE)
def test_asking_for_another_region_finds_nothing(viewer, code, root) -> None:
    for other in (each for each in CODES if each != code):
        assert viewer.ask(f"{{ {ASIDE[root].format(foreign=other)} }}") == {root: NOTHING.get(root, [])}


def test_another_regions_entry_is_answered_like_one_that_does_not_exist(viewer, expected, code) -> None:
    others = [next(entry for entry in expected if entry.startswith(each)) for each in CODES if each != code]
    wanted = " ".join(f'e{n}: entry(id: "{entry}") {{ id }}' for n, entry in enumerate([*others, f"{code}:none"]))
    assert viewer.ask(f"{{ {wanted} }}") == {f"e{number}": None for number in range(len(CODES))}


def test_the_viewer_of_a_job_sees_what_the_national_organiser_sees(settled, widest) -> None:
    for _ in range(2):  # regions grow a minute older between two requests now and then
        job, national = (answered(settled.of(role), widest("duplicateCases")) for role in (Role.JOB, Role.NATIONAL))
        if job == national:
            break
    assert job == national


def test_the_widest_question_reaches_the_fields_that_must_be_guarded(widest) -> None:
    fields = set(re.findall(r"\w+", widest("duplicateCases")))
    assert {"keptEntryId", "reason", "author", "entryId", "summary", "representatives", "locator"} <= fields


def test_a_region_cannot_have_an_application_to_another_region_judged(viewer, code) -> None:
    other = next(each for each in CODES if each != code)
    given = f'{{region: "{other}", topic: "x", title: "x", team: "x", organisations: [{{name: "x"}}]}}'
    told = viewer.ask(f"{{ checkEntry(input: {given}) {{ eligibility {{ status }} problems {{ code }} }} }}")
    assert told == {"checkEntry": {"eligibility": None, "problems": [{"code": "REGION_UNKNOWN"}]}}
