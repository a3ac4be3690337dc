"""Generates a corpus over all provinces: same profiles, sizes and seed, same bytes.

Planted and labelled: exact duplicates of every kind, look-alikes that are allowed, broken rules, rows that cannot be
mapped. Duplicates are exact up to width, case, spaces and punctuation, but for projects that others have entered again:
those are disguised (see `disguising`).
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from adapters.sandbox import disguising, identities, rule_breaks, words, writing
from adapters.sandbox.profile import Profile
from adapters.sandbox.registrations import Company, Corpus, Label, Listed, Person, Registration, TopicChoice
from schema.vocabulary import CaseKind, EntryStatus, OrganisationKind, Stage

FLAWS = ("unknown_stage", "unknown_topic", "no_title", "bad_time", "new_field")
_KINDS = (OrganisationKind.PRIVATE,) * 6 + (OrganisationKind.STATE_OWNED, OrganisationKind.CENTRAL_STATE_OWNED)
_PER = 1500  # planted things are counted per this many entries
_COPIES = {"copy": 3, "project": 4, "team": 3, "person": 4, "second": 3, "city": 2, "look_alike": 6}


class Generator:
    """Makes one corpus; holds the stream of chance and what was made so far."""

    def __init__(self, profiles: Sequence[Profile], seed: int) -> None:
        self._rng = random.Random(seed)
        self._profiles = {profile.slug: profile for profile in profiles}
        self._made: dict[str, list[Registration]] = {profile.slug: [] for profile in profiles}
        self._companies: dict[str, list[Company]] = {profile.slug: [] for profile in profiles}
        self._titles: set[tuple[str, str]] = set()
        self._teams: set[tuple[str, str]] = set()
        self._id_numbers: set[str] = set()  # chance alone would give two of a few thousand people one number
        self._models: set[str] = set()  # what was repeated once is not repeated again, so every label is a pair
        self._registers: list[Listed] = []
        self._labels: dict[str, list[Label]] = {"duplicates": [], "look_alikes": [], "rule_breaks": [], "flaws": []}

    def run(self, sizes: Mapping[str, int]) -> Corpus:
        """The corpus of `sizes` entries per region slug, planted ones included."""
        total = sum(sizes.values())
        for slug, size in sizes.items():
            for _ in range(size):
                self._made[slug].append(self._fresh(self._profiles[slug]))
        plots = [(plot, slug) for plot, times in _COPIES.items() for slug in self._spots(times, sizes, total)]
        taken = dict.fromkeys(sizes, 0)
        for plot, slug in plots:
            taken[slug] += 1
            if taken[slug] * 4 < sizes[slug]:  # leaves most of a tiny province as it is
                self._plant(plot, self._profiles[slug], len(self._made[slug]) - taken[slug])
        for slug, size in sizes.items():
            self._break_rules(self._profiles[slug], size)
        for part in self._made.values():
            part.sort(key=lambda made: (made.updated_at, made.native_id))
        registers = (*self._registers, *rule_breaks.bystanders(self._rng))
        return Corpus(self._made, registers=registers, **{name: tuple(labels) for name, labels in self._labels.items()})

    def _spots(self, times: int, sizes: Mapping[str, int], total: int) -> list[str]:
        slugs = list(sizes)
        return [self._rng.choice(slugs) for _ in range(max(1, round(times * total / _PER)))]

    # --- fresh entries -----------------------------------------------------------------------------------------------

    def _company(self, profile: Profile) -> Company:
        rng, pool = self._rng, self._companies[profile.slug]
        if pool and rng.random() < 0.35:
            return rng.choice(pool)
        place = rng.choice(profile.cities)
        chance = rng.random()
        if chance < 0.08:
            made = Company(
                f"{place}{rng.choice(words.UNIVERSITIES)}", self._code(profile, "12"), OrganisationKind.RESEARCH
            )
        elif chance < 0.14:
            made = Company(
                f"{place}{rng.choice(words.INSTITUTES)}", self._code(profile, "12"), OrganisationKind.INSTITUTION
            )
        else:
            form = rng.choice(("有限公司", "有限公司", "有限责任公司", "股份有限公司"))
            core = f"{rng.choice(words.BRANDS)}{rng.choice(words.GIVEN)}{rng.choice(words.TRADES)}"
            made = Company(f"{place}{core}{form}", self._code(profile, "91"), rng.choice(_KINDS))
        pool.append(made)
        return made

    def _code(self, profile: Profile, authority: str) -> str:
        code = identities.credit_code(self._rng, profile.code, authority)
        chance = self._rng.random()
        if chance < 0.03:
            return ""
        return code[:-1] + ("0" if code[-1] != "0" else "1") if chance < 0.04 else code

    def _person(self, profile: Profile, duty: str) -> Person:
        rng = self._rng
        number = identities.id_number(rng, profile.code)
        while number in self._id_numbers:
            number = identities.id_number(rng, profile.code)
        self._id_numbers.add(number)
        return Person(writing.person_name(rng), number, identities.phone(rng), duty)

    def _people(self, profile: Profile, count: int) -> tuple[Person, ...]:
        return tuple(self._person(profile, words.DUTIES[index % len(words.DUTIES)]) for index in range(count))

    def _title(self, national: str, place: str, lead: Company) -> str:
        while True:
            title = writing.title(self._rng, national, place)
            if (title, lead.name) not in self._titles:
                self._titles.add((title, lead.name))
                return title

    def _team(self, lead: Company) -> str:
        while True:
            team = writing.team_name(self._rng, lead)
            if (team, lead.name) not in self._teams:
                self._teams.add((team, lead.name))
                return team

    def _fresh(self, profile: Profile, like: TopicChoice | None = None) -> Registration:
        rng = self._rng
        topic = like or rng.choice([topic for topic in profile.topics if topic.open])
        companies = [self._company(profile)]
        while rng.random() < 0.3 and len(companies) < 4:
            partner = self._company(profile)
            if partner not in companies:
                companies.append(partner)
        lead, place = companies[0], rng.choice(profile.cities)
        submitted = self._moment(profile.opens, profile.closes)
        stage = rng.choice(profile.stages)
        judged = stage in (Stage.FINAL, Stage.PUBLICITY, Stage.AWARDED)
        return Registration(
            region=profile.code,
            native_id=profile.native_id.format(serial=len(self._made[profile.slug]) + 1),
            city=place,
            topic=topic,
            sub_topic=rng.choice(topic.sub_topics) if topic.sub_topics and rng.random() < 0.6 else None,
            title=self._title(topic.national, place, lead),
            summary=writing.summary(rng, topic.national, place, lead),
            team=self._team(lead),
            people=self._people(profile, rng.choice((1, 2, 3, 3, 4, 4, 5))),
            companies=tuple(companies),
            submitted_at=submitted,
            updated_at=submitted + timedelta(seconds=rng.randint(0, 20 * 86400)),
            stage=stage,
            status=EntryStatus.ACTIVE if judged or rng.random() < 0.8 else EntryStatus.ELIMINATED,
            award=rng.choice(profile.awards) if stage in (Stage.PUBLICITY, Stage.AWARDED) and profile.awards else None,
            score=round(rng.uniform(60, 98), 2) if judged or stage is Stage.PRELIMINARY else None,
        )

    def _moment(self, first: datetime, last: datetime) -> datetime:
        return first + timedelta(seconds=self._rng.randint(0, int((last - first).total_seconds())))

    # --- planted ones ------------------------------------------------------------------------------------------------

    def _plant(self, plot: str, here: Profile, index: int) -> None:
        """Replace the entry at `index` by one that repeats another in the way `plot` says."""
        others = [profile for profile in self._profiles.values() if profile.slug != here.slug]
        within = plot in ("second", "city")
        if (plot == "city" and len(here.cities) < 2) or (not within and not others):
            return
        there = here if within else self._rng.choice(others)
        early = self._made[there.slug][: max(1, len(self._made[there.slug]) // 2)]
        unused = [made for made in early if made.entry_id not in self._models]
        if not unused:
            return
        model = self._rng.choice(unused)
        self._models.add(model.entry_id)
        place = self._made[here.slug]
        own = self._fresh(here, self._alike(here, model.topic.national))
        own = replace(own, native_id=place[index].native_id, sub_topic=None)
        made = {
            "copy": lambda: self._same_team(self._same_project(own, model), model),
            "project": lambda: disguising.disguised(self._same_project(own, model)),
            "team": lambda: self._same_team(replace(own, companies=model.companies), model),
            "person": lambda: replace(own, people=(*own.people[:3], model.people[0])),
            "second": lambda: self._same_team(
                replace(own, companies=model.companies, city=model.city, title=own.title), model
            ),
            "city": lambda: replace(
                self._same_project(own, model), city=next(c for c in here.cities if c != model.city)
            ),
            "look_alike": lambda: replace(own, companies=model.companies),
        }[plot]()
        place[index] = made
        pair = tuple(sorted((model.entry_id, made.entry_id)))
        alone = len(model.people) == 1  # of one person nobody can say that the team came along
        team = CaseKind.SAME_PERSON if alone else CaseKind.SAME_TEAM
        kinds = {
            "copy": (CaseKind.SAME_PROJECT, team),
            "project": (CaseKind.SAME_PROJECT,),
            "team": (team,),
            "person": (CaseKind.SAME_PERSON,),
            "second": (CaseKind.SAME_PERSON if alone else CaseKind.TEAM_TWO_PROJECTS,),
            "city": (CaseKind.SAME_PROJECT,),
            "look_alike": ("SAME_ORGANISATION_ONLY",),
        }[plot]
        group = "look_alikes" if plot == "look_alike" else "duplicates"
        self._labels[group].extend(Label(str(kind), pair) for kind in kinds)

    def _alike(self, profile: Profile, national: str) -> TopicChoice:
        fitting = [topic for topic in profile.topics if topic.national == national and topic.open]
        return self._rng.choice(fitting or [topic for topic in profile.topics if topic.open])

    def _same_project(self, own: Registration, model: Registration) -> Registration:
        title = self._rng.choice((model.title, model.title.replace("×", " x "), f"{model.title[:4]} {model.title[4:]}"))
        return replace(own, title=title, companies=model.companies, summary=model.summary)

    def _same_team(self, own: Registration, model: Registration) -> Registration:
        return replace(own, team=model.team, people=model.people)

    def _break_rules(self, profile: Profile, size: int) -> None:
        place = self._made[profile.slug]
        taken = {entry for labels in self._labels.values() for label in labels for entry in label.entries}
        free = [index for index in range(size) if place[index].entry_id not in taken]
        for clause in rule_breaks.breakable(profile):
            for _ in range(max(1, round(size / 300))):
                if len(free) < 2 * len(FLAWS):
                    return
                index = free.pop(self._rng.randrange(len(free)))
                people = partial(self._people, profile)
                broken = rule_breaks.broken(rule_breaks.Plot(clause, place[index], profile, self._rng, people))
                if broken is not None:
                    place[index], listed = broken
                    self._registers.extend(listed)
                    self._labels["rule_breaks"].append(Label(clause.id, (place[index].entry_id,)))
        for flaw in FLAWS:
            index = free.pop(self._rng.randrange(len(free)))
            place[index] = replace(place[index], flaw=flaw)
            self._labels["flaws"].append(Label(flaw, (place[index].entry_id,)))


def generate(profiles: Sequence[Profile], sizes: Mapping[str, int], seed: int) -> Corpus:
    """A corpus of `sizes` entries per region slug."""
    return Generator(profiles, seed).run(sizes)
