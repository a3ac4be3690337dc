"""What every server is asked, each in its own words.

Ours answers those together who ask the same while they wait, which nobody does here: connections go through different pages, entries
and, where there is one question alone, names that it has in the answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from adapters.registry import regions
from schema.types.catalogue import NATIONAL_TRACKS

PAGE: Final = """totalCount nodes { id title stage status award score submittedAt region { code name } nationalTrack { id name }
    declaredNationalTrack { id } team { name representatives { name role } } organisations { name creditCode isLead } }"""
ONE: Final = """id nativeId title summary city stage status match award score submittedAt updatedAt region { code name }
    nationalTrack { id name } declaredNationalTrack { id } team { name representatives { name role isContact } }
    organisations { name creditCode kind isLead } leadOrganisation { name } warnings { code place zh en } source { url sha256 locator }"""
COUNTS: Final = "{ keys { group value } entries organisations }"
NAMES: Final = [f"name{number}" for number in range(16)]
OURS_PAGE: Final = f"query Q1($filter: EntryFilterInput) {{ entries(first: 50, filter: $filter) {{ {PAGE} }} }}"
MERCURIUS_PAGE: Final = f"query Q1($r: ID, $t: ID) {{ entries(region: $r, track: $t, first: 50) {{ {PAGE} }} }}"
ANY_PAGE: Final = f"{{ %s: entries(first: 1000) {{ {PAGE} }} }}"
ANY_ONE: Final = f"query Q4($id: ID!) {{ entry(id: $id) {{ {ONE} }} }}"
POSTGRAPHILE_PAGE: Final = """query Q($c: EntryCondition, $n: Int) { allEntries(condition: $c, first: $n, orderBy: SUBMITTED_AT_DESC) {
    totalCount nodes { rowId title stage status award score submittedAt region countedTrack declaredTrack teamName
      entryRepresentativesByEntryId { nodes { name role } } entryOrganisationsByEntryId { nodes { name creditCode isLead } } } } }"""
POSTGRAPHILE_ONE: Final = """query Q($id: String!) { entryByRowId(rowId: $id) { rowId nativeId title summary city stage status match award score
    submittedAt updatedAt region countedTrack declaredTrack teamName warnings sourceUrl sourceSha256 sourceLocator
    entryRepresentativesByEntryId { nodes { name role isContact } }
    entryOrganisationsByEntryId { nodes { name creditCode kind isLead } } } }"""


def questions(ids: Sequence[str]) -> Mapping[str, Mapping[str, list[Any]]]:
    """By question and server: bodies, or for the limit addresses, that are sent in turn."""
    pairs = [(code, track) for code in regions() for track in NATIONAL_TRACKS]
    return {
        "Q1": {
            "ours": [_body(OURS_PAGE, filter={"regions": [code], "nationalTracks": [track]}) for code, track in pairs],
            "mercurius": [_body(MERCURIUS_PAGE, r=code, t=track) for code, track in pairs],
            "postgraphile": [
                _body(POSTGRAPHILE_PAGE, c={"region": code, "countedTrack": track}, n=50) for code, track in pairs
            ],
            "limit": [f"/Q1?{urlencode({'region': code, 'track': track, 'first': 50})}" for code, track in pairs],
        },
        "Q2": {
            "ours": [_body(ANY_PAGE % name) for name in NAMES],
            "mercurius": [_body(ANY_PAGE % name) for name in NAMES],
            "postgraphile": [_body(POSTGRAPHILE_PAGE, c={}, n=1000)],
            "limit": ["/Q2?first=1000"],
        },
        "Q3": {
            "ours": [
                _body(f"{{ {name}: statistics(groupBy: [REGION, NATIONAL_TRACK, STAGE]) {COUNTS} }}") for name in NAMES
            ],
            "mercurius": [_body(f"{{ {name}: statistics {COUNTS} }}") for name in NAMES],
            "limit": ["/Q3"],
        },
        "Q4": {
            "ours": [_body(ANY_ONE, id=each) for each in ids],
            "mercurius": [_body(ANY_ONE, id=each) for each in ids],
            "postgraphile": [_body(POSTGRAPHILE_ONE, id=each) for each in ids],
            "limit": [f"/Q4?{urlencode({'id': each})}" for each in ids],
        },
    }


def _body(query: str, **variables: Any) -> dict[str, Any]:
    return {"query": query, "variables": variables}
