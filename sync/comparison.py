"""Compares two entries that share a key: which prohibition they would break, and by what evidence, in words.

A shared organisation alone is never a duplicate: every notice lets one organisation enter several teams and projects.
"""

from dataclasses import dataclass

from schema.vocabulary import CaseKind
from sync.blocking import EntryView


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of evidence between two entries."""

    feature: str
    entries: tuple[str, str]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Match:
    """Two entries that break a prohibition, and why we say so."""

    kind: CaseKind
    entries: tuple[str, str]
    evidence: tuple[Evidence, ...]


def compare(left: EntryView, right: EntryView) -> list[Match]:
    """The matches of a pair; symmetric. Several kinds may hold at once, each breaks a clause of its own."""
    first, second = sorted((left, right), key=lambda view: view.id)
    pair = (first.id, second.id)
    shared = [name for key, name in zip(first.organisation_keys, first.organisation_names, strict=True)
              if key in second.organisation_keys]  # fmt: skip
    people = first.id_tokens & second.id_tokens
    same_project = first.project_key == second.project_key and bool(shared)
    same_team = _same_team(first, second)
    elsewhere = first.region != second.region or first.city != second.city
    project = Evidence(
        "PROJECT",
        pair,
        f"项目名称相同：“{first.title}”",
        f"the same project title once spelling is set aside: “{first.title}”",
    )
    organisations = Evidence("ORGANISATION", pair, f"参赛单位相同：{'、'.join(shared)}", f"shared: {', '.join(shared)}")
    team = Evidence(
        "TEAM", pair, f"团队名称与牵头单位相同：“{first.team_name}”", "the same team name and lead organisation"
    )
    person = Evidence(
        "PERSON", pair, f"有 {len(people)} 名参赛代表证件令牌一致", f"{len(people)} representative(s) in common"
    )
    also = (person,) if people else ()

    matches = []
    if same_project:
        matches.append(Match(CaseKind.SAME_PROJECT, pair, (project, organisations, *also)))
    if same_team and elsewhere:
        matches.append(Match(CaseKind.SAME_TEAM, pair, (team, *also)))
    if same_team and not elsewhere and not same_project:
        matches.append(Match(CaseKind.TEAM_TWO_PROJECTS, pair, (team, *also)))
    if people and not same_team:
        matches.append(Match(CaseKind.SAME_PERSON, pair, (person,)))
    return matches


def _same_team(first: EntryView, second: EntryView) -> bool:
    same_name = first.team_key == second.team_key and first.organisation_keys[0] == second.organisation_keys[0]
    # Two teams of one company may share a name; where both name their people and none is in both, they are two teams.
    strangers = bool(first.id_tokens) and bool(second.id_tokens) and not first.id_tokens & second.id_tokens
    return same_name and not strangers
