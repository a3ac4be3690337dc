"""Disguises of who enters: the organisation's name and code, who leads, and the people."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from adapters.sandbox.duplicates.entry import Company, Draft, Member, Partner
from adapters.sandbox.duplicates.phrases import language
from adapters.sandbox.duplicates.spelling import traditional
from adapters.sandbox.duplicates.wording import Disguised
from schema.identifiers import CREDIT_CODE_SIGNS, REGIONS

_FEWEST: Final = 2


def _legal_form(rng: random.Random, company: Company) -> str:
    others = [form for form in language().legal_forms if form != company.legal_form]
    return replace(company, legal_form=rng.choice(others) if company.legal_form else "").name


def _with_region(_: random.Random, company: Company) -> str:
    return REGIONS[company.region].full_name + company.city + company.core + company.legal_form


def _without_place(_: random.Random, company: Company) -> str:
    return company.core + company.legal_form


def _bracketed(_: random.Random, company: Company) -> str:
    return replace(company, bracketed=not company.bracketed).name


def _short(_: random.Random, company: Company) -> str:
    return company.core


def _branch(_: random.Random, company: Company) -> str:
    return f"{company.name}{company.city}分公司" if company.legal_form else f"{company.name}{company.city}分院"


_NAMES: Final[dict[str, Callable[[random.Random, Company], str]]] = {
    "legal_form": _legal_form,
    "region_added": _with_region,
    "place_dropped": _without_place,
    "brackets": _bracketed,
    "short_name": _short,
    "branch": _branch,
}
_BY_DEGREE: Final = {
    "easy": ("legal_form", "brackets", "region_added"),
    "medium": ("legal_form", "brackets", "region_added", "place_dropped", "branch"),
    "hard": ("place_dropped", "short_name", "branch"),
}


def mistyped(rng: random.Random, code: str) -> str:
    """The code with one sign wrong or two neighbours exchanged, so that its check character no longer holds."""
    place = rng.randrange(2, len(code) - 1)
    if code[place] != code[place + 1] and rng.random() < 0.5:
        return code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    return code[:place] + rng.choice(CREDIT_CODE_SIGNS.replace(code[place], "")) + code[place + 1 :]


def disguise_organisation(rng: random.Random, draft: Draft, degree: str, fronting: Company | None) -> Disguised:
    """Another name for the organisation, its code gone or wrong, and behind `fronting`, if given, only a partner."""
    names: list[str] = []
    name, code = draft.org_name, draft.org_code
    if degree != "easy" or rng.random() < 0.5:
        way = rng.choice(_BY_DEGREE[degree])
        changed = _NAMES[way](rng, draft.company)
        if changed != name:
            name = changed
            names.append(way)
            code = None if way == "branch" else code
    if code and degree != "easy" and (degree == "hard" or rng.random() < 0.5):
        code, lost = (None, "code_missing") if rng.random() < 0.6 else (mistyped(rng, code), "code_mistyped")
        names.append(lost)
    own = Partner(name, code)
    if fronting is not None:
        rest = tuple(each for each in draft.partners if each.name != fronting.name)
        draft = replace(draft, org_name=fronting.name, org_code=fronting.code, partners=(own, *rest))
        return draft, [*names, "partner_fronts"]
    if draft.partners and degree != "easy" and rng.random() < 0.5:
        lead = draft.partners[0]
        draft = replace(draft, org_name=lead.name, org_code=lead.code, partners=(own, *draft.partners[1:]))
        return draft, [*names, "lead_and_partner_exchanged"]
    return replace(draft, org_name=name, org_code=code), names


def _less_known(rng: random.Random, member: Member, *, whole: bool) -> Member:
    """The member with one token missing, or with `whole` both."""
    if whole:
        return replace(member, id_token=None, phone_token=None)
    return (
        replace(member, id_token=None)
        if member.phone_token and rng.random() < 0.6
        else replace(member, phone_token=None)
    )


def _shown(rng: random.Random, member: Member, degree: str) -> Member:
    """Who must remain to be recognised: with one token of the two where there are two."""
    if degree == "medium" and rng.random() < 0.6:
        return member
    return _less_known(rng, member, whole=False) if member.id_token and member.phone_token else member


def disguise_people(
    rng: random.Random, draft: Draft, degree: str, others: tuple[Member, ...], *, by_name: bool = False
) -> Disguised:
    """The same team: whole when easy; then some of its people, others among them, tokens missing, one phone for all.

    At least half of the team and two people stay, and those two with a token; with `by_name`, for entries whose project
    is known again by itself, with none.
    """
    members, names = list(draft.members), list[str]()
    if degree == "easy":
        if rng.random() < 0.5:
            rng.shuffle(members)
        return replace(draft, members=tuple(members)), names
    rng.shuffle(members)
    members.sort(key=lambda member: member.id_token is None)  # who can be recognised stays
    keep = max(_FEWEST, (len(members) + 1) // 2 + (degree == "medium"))
    if keep < len(members):
        members = members[:keep]
        names.append("people_subset")
    office = draft.company.office_phone
    alone = all(member.phone_token != office for member in members[:_FEWEST])  # a switchboard shows nobody
    shown = [_shown(rng, member, degree) if alone else member for member in members[:_FEWEST]]
    hidden = [_less_known(rng, member, whole=degree == "hard") for member in members[_FEWEST:]]
    if by_name:
        shown = [_less_known(rng, member, whole=True) for member in shown]
    if [*shown, *hidden] != members:
        names.append("tokens_missing")
    members = [*shown, *hidden]
    if rng.random() < 0.25 and (by_name or all(member.id_token for member in shown)):
        members = [replace(member, phone_token=office) for member in members]
        names.append("office_phone")
    if others and len(others) <= len(members) and rng.random() < 0.5:
        members += others
        names.append("people_added")
    rng.shuffle(members)
    return replace(draft, members=tuple(members)), names


def again(rng: random.Random, member: Member, degree: str) -> tuple[Member, list[str]]:
    """One person in another team: as before when easy, without one token when medium, when hard also the name as some
    would write it.
    """
    if degree == "easy" or not (member.id_token and member.phone_token):
        return member, []
    seen, names = _less_known(rng, member, whole=False), ["tokens_missing"]
    if degree == "hard" and (name := traditional(rng, seen.name)) != seen.name:
        seen = replace(seen, name=name)
        names.append("name_traditional")
    return seen, names
