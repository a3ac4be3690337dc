"""Writes titles, summaries and names of generated entries."""

import random

from adapters.sandbox import words
from adapters.sandbox.registrations import Company

SUMMARY_LENGTH = (200, 400)  # characters


def title(rng: random.Random, national: str, place: str) -> str:
    """A project's name, as teams write them."""
    domain = words.DOMAINS[national]
    return rng.choice(words.TITLES).format(
        method=rng.choice(words.METHODS),
        object=rng.choice(domain.objects),
        action=rng.choice(domain.actions),
        form=rng.choice(words.FORMS),
        data=rng.choice(domain.data),
        brand=rng.choice(words.BRANDS),
        place=place,
    )


def summary(rng: random.Random, national: str, place: str, lead: Company) -> str:
    """A 项目简述 of 200 to 400 characters."""
    domain = words.DOMAINS[national]
    first, second = rng.sample(domain.data, 2)
    filling = {
        "object": rng.choice(domain.objects),
        "action": rng.choice(domain.actions),
        "data": first,
        "data2": second,
        "effect": rng.choice(domain.effects),
        "method": rng.choice(words.METHODS),
        "place": place,
        "org": lead.name,
        "volume": rng.randint(20, 9800),
        "sites": rng.randint(3, 160),
        "percent": rng.randint(6, 58),
        "money": rng.randint(30, 4200),
    }
    details = rng.sample(words.DETAILS, len(words.DETAILS))
    pattern = rng.choice(words.OPENINGS) + rng.choice(words.MIDDLES) + rng.choice(words.METHODS_TEXT)
    ending = rng.choice(words.EFFECTS_TEXT) + rng.choice(words.CLOSINGS)
    text = (pattern + ending).format(**filling)
    low, high = SUMMARY_LENGTH
    goal = rng.randint(low, high - 60)
    while len(text) < goal and details:
        pattern += details.pop()
        text = (pattern + ending).format(**filling)
    return text[: high - 1] + "。" if len(text) > high else text


def person_name(rng: random.Random) -> str:
    """A name of two or three characters."""
    return rng.choice(words.SURNAMES) + "".join(rng.choice(words.GIVEN) for _ in range(rng.choice((1, 2, 2))))


def team_name(rng: random.Random, lead: Company) -> str:
    """A team's name; teams of one company rarely share one."""
    return f"{rng.choice(words.BRANDS)}{rng.choice(words.GIVEN)}{lead.name[2:4]}{rng.choice(words.TEAM_SUFFIXES)}"
