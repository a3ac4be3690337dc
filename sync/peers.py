"""What two entries share, as the clauses ask for it, and how sure that is.

Tokens of people are proof, and so is a confirmed case; an open case, or a team's name or a project's title in common, is a
reason to look, until a person decides. A dismissed case says that it is not shared at all.
"""

from collections.abc import Mapping
from typing import Final

from schema.facts import Peer
from schema.identifiers import REGIONS
from schema.records import Entry
from schema.vocabulary import CaseKind, CaseStatus, Shared
from sync.exact_keys import organisation_key, plain

MEANS: Final = {
    CaseKind.SAME_PROJECT: Shared.PROJECT,
    CaseKind.SAME_TEAM: Shared.TEAM,
    CaseKind.TEAM_TWO_PROJECTS: Shared.TEAM,
    CaseKind.SAME_PERSON: Shared.REPRESENTATIVE,
}


def peers_of(entry: Entry, other: Entry, decided: Mapping[str, CaseStatus]) -> tuple[Peer, ...]:
    """The other entry as a peer of this one: once with all that they may share, and where part of it is only suspected,
    once more with what is certain, so that a doubt about one thing takes nothing from another.
    """
    shares = _shares(entry, other)
    for kind, status in decided.items():
        share = MEANS.get(CaseKind(kind))
        if share is not None and status is CaseStatus.CONFIRMED:
            shares[share] = True
        elif share is not None and status is CaseStatus.DISMISSED:
            shares.pop(share, None)
        elif share is not None:
            shares.setdefault(share, False)
    if not shares:
        return ()
    whole = _peer(entry, other, frozenset(shares), certain=all(shares.values()))
    sure = {share for share, certain in shares.items() if certain}
    # The same team with the same project, or the same person in the same team, breaks nothing within a region: while the
    # second is open, the first must not be held against the entry.
    if shares.get(Shared.PROJECT) is False and entry.region == other.region:
        sure.discard(Shared.TEAM)
    if Shared.TEAM in shares.keys() - sure:
        sure.discard(Shared.REPRESENTATIVE)
    if whole.certain or not sure:
        return (whole,)
    return (whole, _peer(entry, other, frozenset(sure), certain=True))


def _shares(entry: Entry, other: Entry) -> dict[Shared, bool]:
    """What both have, and whether that is certain."""
    mine, theirs = _tokens(entry), _tokens(other)
    common, strangers = mine & theirs, bool(mine and theirs and not mine & theirs)
    found: dict[Shared, bool] = {}
    if common:
        found[Shared.REPRESENTATIVE] = True
    named_alike = plain(entry.team.name) == plain(other.team.name) and _lead(entry) == _lead(other)
    if (named_alike and not strangers) or (common and mine == theirs):
        found[Shared.TEAM] = bool(common) and mine == theirs
    if plain(entry.title) == plain(other.title) and _units(entry) & _units(other):
        found[Shared.PROJECT] = False
    return found


def _peer(entry: Entry, other: Entry, shares: frozenset[Shared], *, certain: bool) -> Peer:
    # Judgements are shown to the entry's own region, which may learn no more of another one's than region and title.
    known = other.id if other.region == entry.region else f"{REGIONS[other.region].name}赛区"
    return Peer(
        known, other.region, other.topic_id, other.title, shares, other.city, other.status, certain, other.updated_at
    )


def _tokens(entry: Entry) -> frozenset[str]:
    return frozenset(person.id_token for person in entry.team.representatives if person.id_token)


def _units(entry: Entry) -> set[str]:
    return {organisation_key(unit.name, unit.credit_code) for unit in entry.organisations}


def _lead(entry: Entry) -> str:
    return organisation_key(entry.organisations[0].name, entry.organisations[0].credit_code)
