"""An entry of the offline form, with what only its author knows: who its people and organisations really are."""

from dataclasses import dataclass
from typing import Any, Final

from adapters.sandbox.duplicates.project import Project
from adapters.sandbox.duplicates.telling import Telling
from schema.vocabulary import CaseKind

SAME_TEAM_PEOPLE: Final = 2  # people two teams share, and half of the smaller one, before they are one team


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation by the parts of its name. `office_phone` is the token of its switchboard."""

    number: int
    region: str
    city: str
    brand: str
    trade: str
    legal_form: str
    code: str
    office_phone: str
    bracketed: bool

    @property
    def core(self) -> str:
        """The name without place and legal form."""
        return self.brand + self.trade

    @property
    def name(self) -> str:
        """The registered name."""
        if self.bracketed:
            return f"{self.brand}（{self.city}）{self.trade}{self.legal_form}"
        return f"{self.city}{self.core}{self.legal_form}"


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a team. `person` says who it is whatever the form leaves out."""

    person: str
    name: str
    role: str
    id_token: str | None
    phone_token: str | None


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as the form names it."""

    name: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has an id."""

    region: str
    city: str
    submitted_at: str
    track: str
    topic: str
    project: Project
    telling: Telling
    title: str
    company: Company
    org_name: str
    org_code: str | None
    partners: tuple[Partner, ...]
    team_name: str
    members: tuple[Member, ...]
    abstract: str

    def row(self, entry_id: str) -> dict[str, Any]:
        """One line of the offline input."""
        return {
            "id": entry_id,
            "region": self.region,
            "city": self.city,
            "submitted_at": self.submitted_at,
            "track": self.track,
            "topic": self.topic,
            "project_name": self.title,
            "org_name": self.org_name,
            "org_uscc": self.org_code,
            "partners": [{"name": each.name, "uscc": each.code} for each in self.partners],
            "team_name": self.team_name,
            "members": [
                {"name": each.name, "role": each.role, "id_token": each.id_token, "phone_token": each.phone_token}
                for each in self.members
            ],
            "abstract": self.abstract,
        }


def kinds(one: Draft, other: Draft, *, same_project: bool) -> list[CaseKind]:
    """The rules that two entries break together, as the package's docstring draws the lines."""
    people, others = ({member.person for member in each.members} for each in (one, other))
    shared = len(people & others)
    same_team = shared >= SAME_TEAM_PEOPLE and 2 * shared >= min(len(people), len(others))
    apart = (one.region, one.city) != (other.region, other.city)
    found = [CaseKind.SAME_PROJECT] if same_project else []
    if same_team and apart:
        found.append(CaseKind.SAME_TEAM)
    if same_team and not apart and not same_project:
        found.append(CaseKind.TEAM_TWO_PROJECTS)
    if shared and not same_team:
        found.append(CaseKind.SAME_PERSON)
    return found
