"""A project entered again under another spelling, by the same organisations under other legal forms, told in another order."""

import re
from dataclasses import replace
from typing import Final

from adapters.sandbox.duplicates.spelling import SPELLINGS
from adapters.sandbox.registrations import Registration

_FORMS: Final = ("有限责任公司", "股份有限公司", "有限公司")  # the longest first, as one ends with another
_CLAUSE: Final = re.compile(r"[^，。；]+[，。；]?")


def disguised(made: Registration) -> Registration:
    """The entry as somebody would hand it in who hopes that nobody compares. The same for the same entry; chance is its
    own, so that what is disguised changes nothing else in a corpus.
    """
    rng = made.rng()
    title = made.title
    for name in rng.sample(sorted(SPELLINGS), 2):
        title = SPELLINGS[name](rng, title)
    parts = [part.strip("，。；") for part in _CLAUSE.findall(made.summary)]
    rng.shuffle(parts)
    companies = tuple(replace(each, name=_with_another_form(each.name)) for each in made.companies)
    return replace(made, title=title, summary="，".join(part for part in parts if part) + "。", companies=companies)


def _with_another_form(name: str) -> str:
    form = next((form for form in _FORMS if name.endswith(form)), "")
    other = _FORMS[0] if form == _FORMS[2] else _FORMS[2]
    return name.removesuffix(form) + other if form else name
