"""Rules about single rows: all that can be understood is, what cannot is reported, and nothing personal gets through."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from adapters.base import Rejected
from adapters.conformance.rule import Needs, broken, rule
from adapters.conformance.subject import Pulled, Subject, pull
from adapters.sandbox.corpus import FLAWS
from adapters.sandbox.registrations import Person, Registration
from schema.errors import Problem, SourceChanged

_BEARABLE: Final = 19  # rows understood for each that is not, at least
_FOREIGN: Final = frozenset({"FIELD_UNKNOWN", "FIELD_MISSING", "UNKNOWN_LABEL", "UNKNOWN_TOPIC"})
_SHOWN: Final = 10
_NEXT_YEARS: Final = "new_field"
_FLAWS: Final = tuple(flaw for flaw in FLAWS if flaw != _NEXT_YEARS)
# A name, an identity number and a phone that nothing else contains, the phone grouped as people write it.
_PLANTED: Final = Person("欧阳植一", "110101209901011237", "154 0713 2468", "数据治理")
_DIGITS: Final = _PLANTED.phone.replace(" ", "")


@rule("rows.understood", "平台各行均可理解", "the platform's rows are understood", Needs.PLATFORM)
async def understood(subject: Subject) -> list[Problem]:
    """An entry that breaks the contest's rules is still an entry. On a real platform one row in twenty may hold what its
    province typed wrong; not one may have another form, or a word, that the folder does not know.
    """
    async with subject.platform() as endpoint:
        pulled = await pull(subject.adapter, endpoint)
    if not pulled.mapped:
        return [broken(subject.folder.name, "没有读到任何项目", "not one entry was read")]
    bearable = subject.endpoint is not None and _BEARABLE * len(pulled.rejected) <= len(pulled.mapped)
    told = [problem for row in pulled.rejected for problem in row.problems]
    return [problem for problem in told if not bearable or problem.code in _FOREIGN][:_SHOWN]


@rule("rows.flaws", "植入的坏行全部上报", "every planted bad row is reported, and no other")
async def flaws(subject: Subject) -> list[Problem]:
    """An unknown stage, an unknown topic, no title, a time that cannot be."""
    return _reported(*await _spoilt(subject, _FLAWS))


@rule("rows.new-field", "出现新字段时上报而不忽略", "next year's extra field is reported, not overlooked")
async def new_field(subject: Subject) -> list[Problem]:
    """The row is set aside, or the pull stops and says so."""
    try:
        return _reported(*await _spoilt(subject, (_NEXT_YEARS,)))
    except SourceChanged:
        return []


async def _spoilt(subject: Subject, kinds: Sequence[str]) -> tuple[list[Registration], Pulled]:
    """The entries of a platform whose first rows have these flaws, and what a pull makes of them."""
    entries = [replace(one, flaw=kind) for one, kind in zip_longest(subject.entries, kinds)]
    async with subject.served(subject.site(entries)) as endpoint:
        return entries, await pull(subject.adapter, endpoint)


def _reported(entries: Sequence[Registration], pulled: Pulled) -> list[Problem]:
    rejected = {row.key: row for row in pulled.rejected}
    problems = [
        broken(str(one.flaw), "坏行未被上报", "the bad row was not reported", one.native_id)
        for one in entries
        if one.flaw and one.native_id not in rejected
    ]
    problems += [
        broken(one.entry_id, "好行未能入库", "a sound row did not arrive")
        for one in entries
        if not one.flaw and one.entry_id not in pulled.ids
    ]
    problems += [
        broken(row.locator, "未说明位置或处理办法", "says not where it is or what to do", row.key)
        for row in rejected.values()
        if not _told(row)
    ]
    return problems


def _told(row: Rejected) -> bool:
    return all((p.place, p.zh, p.en, p.remedy_zh, p.remedy_en) for p in row.problems) and bool(row.problems)


@rule("rows.personal", "植入的个人信息不出现在任何地方", "planted personal values appear nowhere")
async def personal(subject: Subject) -> list[Problem]:
    """Neither in records nor in kept rows nor in problems, whether a row was understood or set aside, and also where
    someone typed a number into free text.
    """
    entries = [
        replace(one, people=(_PLANTED,), summary=f"{one.summary}联系电话：{_DIGITS}。", flaw=flaw)
        for one, flaw in zip_longest(subject.entries, _FLAWS)
    ]
    async with subject.served(subject.site(entries)) as endpoint:
        pulled = await pull(subject.adapter, endpoint)
    texts = {
        "records": [row.record.model_dump_json() for row in pulled.mapped],
        "kept rows": [row.payload.decode() for row in pulled.mapped]
        + [row.payload.decode() for row in pulled.rejected],
        "places": [f"{row.key} {row.locator}" for row in pulled.rejected],
        "problems": [str(problem.as_dict()) for row in pulled.rejected for problem in row.problems],
    }
    pieces = (_PLANTED.name, _PLANTED.id_number, _PLANTED.phone, _DIGITS)
    return [_leak(place) for place, found in texts.items() if any(piece in text for text in found for piece in pieces)]


def _leak(place: str) -> Problem:
    return broken(place, "出现了个人信息", "a personal value is shown")


RULES = (understood, flaws, new_field, personal)
