"""Makes the duplicate of an entry: what it repeats, and in which disguise."""

import random
from dataclasses import replace

from adapters.sandbox.duplicates.bearing import again, disguise_organisation, disguise_people
from adapters.sandbox.duplicates.entry import Draft
from adapters.sandbox.duplicates.plan import PROJECT_REPEATED
from adapters.sandbox.duplicates.wording import Disguised, disguise_abstract, disguise_title
from adapters.sandbox.duplicates.world import World, moment, topic

_BY_NAME = 0.4  # of hard repeats of project and team, with no token left
_OTHER_REGION = 0.75  # of projects entered again; the others change city or only the topic


def _elsewhere(rng: random.Random, world: World, model: Draft) -> tuple[str, str]:
    while True:
        place = world.anywhere(rng)
        if place[0] != model.region:
            return place


def _moved(rng: random.Random, world: World, model: Draft) -> Draft:
    """The model entered again elsewhere, or at home under another topic."""
    if rng.random() < _OTHER_REGION:
        region, city = _elsewhere(rng, world, model)
    else:
        region, city = model.region, rng.choice(world.cities(model.region))
    printed, printed_topic = topic(rng, region, model.project.track)
    return replace(model, region=region, city=city, track=printed, topic=printed_topic, submitted_at=moment(rng))


def repeat(rng: random.Random, world: World, model: Draft, fresh: Draft, what: str, degree: str) -> Disguised:
    """The duplicate of `model`. `fresh` is what its author would have entered honestly: the source of new words."""
    if what == "person":
        return _joined(rng, model, fresh, degree)
    if what not in PROJECT_REPEATED:
        return _team(rng, world, model, fresh, degree, at_home=what == "team_at_home")
    table = world.table
    copy, names = disguise_title(rng, _moved(rng, world, model), degree, table)
    copy, more = disguise_abstract(rng, copy, degree, table)
    names += more
    whole_team = what == "project_and_team"
    if whole_team:
        by_name = degree == "hard" and rng.random() < _BY_NAME
        copy, more = disguise_people(rng, copy, degree, fresh.members, by_name=by_name)
        names += more
    elif what == "project_and_person":
        copy, more = _joined(rng, model, replace(copy, members=fresh.members), degree)
        names += more
    else:
        copy = replace(copy, members=fresh.members)
        names.append("other_people")
    known = any(member.id_token for member in copy.members)
    fronting = fresh.company if whole_team and known and degree != "easy" and rng.random() < 0.2 else None
    copy, more = disguise_organisation(rng, copy, degree, fronting)
    if degree == "hard" or not whole_team or (degree == "medium" and rng.random() < 0.5):
        copy = replace(copy, team_name=fresh.team_name)
        more = [*more, "team_renamed"]
    return copy, names + more


def _joined(rng: random.Random, model: Draft, own: Draft, degree: str) -> Disguised:
    """The entry `own` with one person of the model's team in it: one who can be recognised by an identity token."""
    known = [member for member in model.members if member.id_token]
    private = [member for member in known if member.phone_token and member.phone_token != model.company.office_phone]
    person = rng.choice(private or known or list(model.members))
    seen, names = again(rng, person, degree) if private else (person, [])
    members = [*own.members]
    members[rng.randrange(len(members))] = replace(seen, role=rng.choice(members).role)
    return replace(own, members=tuple(members)), [*names, "one_person"]


def _team(rng: random.Random, world: World, model: Draft, fresh: Draft, degree: str, *, at_home: bool) -> Disguised:
    """The model's team with another project of its firm: in another region, or a second one at home."""
    region, city = (model.region, model.city) if at_home else _elsewhere(rng, world, model)
    printed, printed_topic = topic(rng, region, fresh.project.track)
    people, names = disguise_people(rng, model, degree, fresh.members)
    own = replace(
        fresh,
        region=region,
        city=city,
        track=printed,
        topic=printed_topic,
        members=people.members,
        team_name=fresh.team_name if degree == "hard" else model.team_name,
    )
    own, more = disguise_organisation(rng, own, degree, None)
    return own, [*names, *more]
