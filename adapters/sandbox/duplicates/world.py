"""The entries that repeat nothing: each a function of table, seed and number, so that any can be made again alone."""

import random
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Final

from adapters.registry import regions
from adapters.sandbox import identities, words
from adapters.sandbox.duplicates import project as projects
from adapters.sandbox.duplicates import telling as tellings
from adapters.sandbox.duplicates.chance import one_of
from adapters.sandbox.duplicates.entry import Company, Draft, Member, Partner
from adapters.sandbox.duplicates.phrases import TABLES, Table, language, table
from schema.catalogue import national_tracks
from schema.provenance import CHINA

Topics = dict[tuple[str, str], list[tuple[str, str]]]
_OPENS: Final = datetime(2025, 5, 6, 9, tzinfo=CHINA)
_DAYS: Final = 100
_HOME_SHARE: Final = 0.8  # of entries in regions that have an adapter
_STRANGE_REGION: Final = 0.12  # of entries away from their company's region
_STREAMS: Final = {"entry": 1, "company": 2, "disguise": 3, "look_alike": 4, "plan": 5}


@cache
def _places() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Region and city of everywhere: where an adapter reads entries, and elsewhere."""
    home = {adapter.manifest.code for adapter in regions().values()}
    everywhere = [(code, city) for code, cities in language().cities.items() for city in cities]
    return tuple(p for p in everywhere if p[0] in home), tuple(p for p in everywhere if p[0] not in home)


@cache
def _topics() -> Topics:
    """Track and topic as each region prints them, by region and national track; under "" as the nation does."""
    found: Topics = {}
    for track in national_tracks():
        found["", track.id] = [(track.name, topic.title) for topic in track.topics] or [(track.name, track.name)]
    for adapter in regions().values():
        for own, topic in adapter.catalogue.topics():
            for national in topic.national[:1]:
                found.setdefault((adapter.manifest.code, national), []).append((own.name, topic.title))
    return found


def topic(rng: random.Random, region: str, track: str) -> tuple[str, str]:
    """Track and topic under which a region takes an entry of a national track."""
    return one_of(rng, _topics().get((region, track)) or _topics()["", track])


def track_name(track: str) -> str:
    """The national name of a track."""
    return _topics()["", track][0][0]


def token(rng: random.Random) -> str:
    """An opaque token of the hub's form (`schema.identity`); there is no number behind it."""
    return f"k1.{rng.getrandbits(128):032x}"


def moment(rng: random.Random) -> str:
    """A time in the season of registration, to the second, in China's zone."""
    return (_OPENS + timedelta(seconds=int(rng.random() * _DAYS * 86_400))).isoformat()


def person_name(rng: random.Random) -> str:
    """A name as frequent as in life: a few surnames carry most people, and a third have one given character."""
    surname = words.SURNAMES[int(len(words.SURNAMES) * rng.random() ** 2)]
    given = one_of(rng, words.GIVEN)
    return surname + given if rng.random() < 0.3 else surname + given + one_of(rng, words.GIVEN)


class World:
    """One seed's companies and entries, told by one table. `companies` is how many firms share the entries."""

    def __init__(self, name: str, seed: int, companies: int) -> None:
        self.table: Table = table(name)
        self._seed = seed * len(TABLES) + TABLES.index(name)
        self._companies = companies
        self.tracks = tuple(self.table.tracks)
        self.company = lru_cache(1 << 16)(self._company)  # some 60 MB when full; below, most draws would miss

    def rng(self, stream: str, number: int) -> random.Random:
        """Chance of its own for every purpose and number, so that nothing depends on the order of making."""
        return random.Random(((self._seed * 8 + _STREAMS[stream]) << 40) + number)

    def _company(self, number: int) -> Company:
        rng = self.rng("company", number)
        first, second = self.table.brand
        thirds = (*self.table.brand_third, *first, *second)
        kinds = len(first) * len(second) * len(thirds) * len(language().trades)
        generation, mixed = divmod(number, kinds)
        mixed = mixed * 7919 % kinds  # neighbours in number are no neighbours in name; 7919 is prime to `kinds`
        mixed, trade = divmod(mixed, len(language().trades))
        mixed, third = divmod(mixed, len(thirds))
        home = _places()[0 if rng.random() < _HOME_SHARE else 1]
        place = random.Random(number % kinds).randrange(len(home)) + generation
        region, city = home[place % len(home)]
        institute = rng.random() < 0.1
        return Company(
            number=number,
            region=region,
            city=city,
            brand=first[mixed % len(first)] + second[mixed // len(first)] + thirds[third],
            trade=one_of(rng, language().institutes) if institute else language().trades[trade],
            legal_form="" if institute else one_of(rng, (language().legal_forms[0], *language().legal_forms)),
            code=identities.credit_code(rng, region, "12" if institute else "91"),
            office_phone=token(rng),
            bracketed=not institute and rng.random() < 0.2,
        )

    def members(self, rng: random.Random, company: Company, count: int) -> tuple[Member, ...]:
        """People nobody else has. Some firms give their switchboard for all, some forms lack a number."""
        shared = company.office_phone if rng.random() < 0.1 else None
        return tuple(
            Member(
                person=(mark := token(rng)),
                name=person_name(rng),
                role=words.DUTIES[place % len(words.DUTIES)],
                id_token=mark if rng.random() > 0.06 else None,
                phone_token=shared or (token(rng) if rng.random() > 0.08 else None),
            )
            for place in range(count)
        )

    def home_track(self, company: int) -> str:
        """The industry a company works in."""
        return self.tracks[self.rng("company", company).getrandbits(16) % len(self.tracks)]

    def subject(self, company: int, ordinal: int) -> int:
        """The number of a company's subject: another for each of its projects, as long as the track has subjects."""
        return company * 7 + ordinal

    def draft(self, number: int, company: Company, ordinal: int) -> Draft:
        """Entry `number`: the `ordinal`-th of its company."""
        rng = self.rng("entry", number)
        return self.compose(rng, company, self.home_track(company.number), self.subject(company.number, ordinal))

    def anywhere(self, rng: random.Random) -> tuple[str, str]:
        """Any region and city, mostly where an adapter reads entries."""
        return one_of(rng, _places()[0 if rng.random() < _HOME_SHARE else 1])

    def cities(self, region: str) -> tuple[str, ...]:
        """The cities of a region."""
        return language().cities[region]

    def place(self, rng: random.Random, company: Company) -> tuple[str, str]:
        """Where a company enters: mostly at home."""
        if rng.random() > _STRANGE_REGION:
            return company.region, company.city
        return self.anywhere(rng)

    def compose(self, rng: random.Random, company: Company, track: str, subject: int) -> Draft:
        """An entry of its own by a company, about a given subject."""
        region, city = self.place(rng, company)
        names = {"city": city, "org": company.core, "brand": company.brand, "track": track_name(track)}
        project = projects.invent(rng, self.table, track, subject, names)
        telling = tellings.first(rng, project, self.table)
        printed, printed_topic = topic(rng, region, track)
        partners = [self.company(int(rng.random() * self._companies)) for _ in range(one_of(rng, (0, 0, 0, 1, 1, 2)))]
        return Draft(
            region=region,
            city=city,
            submitted_at=moment(rng),
            track=printed,
            topic=printed_topic,
            project=project,
            telling=telling,
            title=tellings.title(project, telling, self.table),
            company=company,
            org_name=company.name,
            org_code=company.code if rng.random() > 0.07 else None,
            partners=tuple(Partner(each.name, each.code) for each in partners if each is not company),
            team_name=one_of(rng, self.table.team_first) + one_of(rng, self.table.team_last),
            members=self.members(rng, company, one_of(rng, (2, 3, 3, 4, 4, 5))),
            abstract=tellings.abstract(project, telling, self.table),
        )
