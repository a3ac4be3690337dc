"""Makes what looks like a duplicate and is allowed. The package's docstring says how each kind is told apart."""

import random
from dataclasses import replace
from typing import Final

from adapters.sandbox.duplicates import project as projects
from adapters.sandbox.duplicates import telling as tellings
from adapters.sandbox.duplicates.chance import one_of
from adapters.sandbox.duplicates.entry import Company, Draft, Member, Partner
from adapters.sandbox.duplicates.phrases import TrackWords, language
from adapters.sandbox.duplicates.plan import SAME_COMPANY
from adapters.sandbox.duplicates.project import Project
from adapters.sandbox.duplicates.world import World, topic, track_name

_SHORT_NAME: Final = 2  # characters; such names are common
_MORE: Final = {"easy": 0, "medium": 1, "hard": 2}  # further likenesses by degree


def _retold(world: World, draft: Draft, *, title: str | None = None) -> Draft:
    """The draft with title and abstract written again after its project changed."""
    return replace(
        draft,
        title=title or tellings.title(draft.project, draft.telling, world.table),
        abstract=tellings.abstract(draft.project, draft.telling, world.table),
    )


def _named(rng: random.Random, members: tuple[Member, ...], names: list[str]) -> tuple[Member, ...]:
    """The team with these names in it, each with a token, so that nobody need guess whether two are one."""
    called = [replace(each, name=name, id_token=each.person) for each, name in zip(members, names, strict=False)]
    team = [*called, *members[len(called) :]]
    rng.shuffle(team)
    return tuple(team)


def dress(world: World, model: int, draft: Draft, what: str, side: int) -> Draft:
    """What a kind gives to both sides of the pair; the chance is the model's, so both draw the same."""
    rng = world.rng("look_alike", model)
    project = draft.project
    if what == "GENERIC_TITLE":
        title = rng.choice(world.table.generic_titles)
        form = rng.choice(language().forms)
        return replace(draft, title=title.format(track=track_name(project.track), form=form))
    if what == "COMMON_NAME":
        names = rng.sample(language().common_names, 2)
        return replace(draft, members=_named(rng, draft.members, names))
    if what == "BOILERPLATE":
        general = rng.randrange(len(world.table.general))
        return _retold(
            world, replace(draft, project=replace(project, general=general, paragraph=True)), title=draft.title
        )
    if what == "SHARED_PHONE":
        phone = draft.company.office_phone
        return replace(draft, members=tuple(replace(each, phone_token=phone) for each in draft.members))
    if what == "JOINT_AREA":
        area = rng.choice(list(language().areas))
        codes = language().areas[area]
        region = codes[side % len(codes)]
        printed, printed_topic = topic(rng, region, project.track)
        named = replace(project, names=project.names | {"city": area})
        draft = replace(
            draft,
            region=region,
            city=rng.choice(world.cities(region)),
            track=printed,
            topic=printed_topic,
            project=named,
        )
        return _retold(world, draft, title=area + draft.title.replace(project.names["city"], ""))
    return draft


def _sibling_subject(project: Project, subject: tuple[int, int], words: TrackWords) -> bool:
    """Whether a subject is the same task for another object; for a task that suits one object only, any task."""
    tied = sum(task == project.action for _, task in words.subjects) == 1
    return subject[0] != project.object_ and (tied or subject[1] == project.action)


def _sibling(rng: random.Random, world: World, model: Draft, fresh: Draft) -> Draft:
    """The same product for another object: the model's sentences with other sites, figures and one other module."""
    words = world.table.tracks[model.project.track]
    thing, task = one_of(rng, [each for each in words.subjects if _sibling_subject(model.project, each, words)])
    own = fresh.project.names
    statements = tuple(
        replace(each, figures={field: projects.figure(rng, field) for field in each.figures})
        for each in model.project.statements
    )
    module = next(each for each in words.modules if each not in model.project.names.values())
    project = replace(
        model.project,
        object_=thing,
        action=task,
        statements=statements,
        names=model.project.names
        | {"site1": own["site1"], "site2": own["site2"], "module3": module, "city": own["city"]}
        | {"data1": model.project.names["data2"], "data2": rng.choice(words.data)},
    )
    return _retold(world, replace(fresh, project=project, telling=model.telling))


def _subsidiary(model: Draft, fresh: Draft) -> Company:
    """A firm of the parent's brand with a trade, place and code of its own."""
    trade = fresh.company.trade if fresh.company.legal_form else language().trades[0]
    form = language().legal_forms[0]
    return replace(fresh.company, brand=model.company.brand, trade=trade, legal_form=form, bracketed=True)


def resemble(
    rng: random.Random, world: World, model: Draft, number: int, fresh: Draft, what: str, degree: str
) -> Draft:
    """The look-alike of `model`, which is entry `number`. `fresh` is an honest entry by its own author."""
    made = fresh
    if what == "SIBLING":
        made = _sibling(rng, world, model, fresh)
    elif what not in SAME_COMPANY:
        company = _subsidiary(model, fresh) if what == "SUBSIDIARY" else fresh.company
        subjects = world.table.tracks[model.project.track].subjects
        others = [number for number, each in enumerate(subjects) if each[0] != model.project.object_]
        made = world.compose(rng, company, model.project.track, one_of(rng, others))
        if what == "SUBSIDIARY":
            made = replace(made, partners=(Partner(model.company.name, model.company.code),), org_code=company.code)
    made = dress(world, number, made, what, 1)
    traits = ["team_name", "opening", "one_name", "place"]
    rng.shuffle(traits)
    for trait in traits[: _MORE[degree]]:
        made = _more_alike(rng, world, model, made, trait)
    return made


def _more_alike(rng: random.Random, world: World, model: Draft, made: Draft, trait: str) -> Draft:
    """One further likeness that proves nothing."""
    if trait == "team_name":
        return replace(made, team_name=model.team_name)
    if trait == "opening" and made.project.track == model.project.track:
        shared = replace(made.project, general=model.project.general, paragraph=model.project.paragraph)
        return _retold(world, replace(made, project=shared), title=made.title)
    if trait == "one_name":
        there = {each.name for each in made.members}
        common = [m.name for m in model.members if m.id_token and len(m.name) == _SHORT_NAME and m.name not in there]
        return replace(made, members=_named(rng, made.members, common[:1])) if common else made
    if trait == "place":
        return replace(made, region=model.region, city=model.city, track=model.track, topic=model.topic)
    return made
