"""Rules about paging: nothing is lost and nothing goes on for ever, wherever the pages end and whatever moves meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from adapters.conformance.rule import broken, rule
from adapters.conformance.subject import EndlessPullError, Subject, later, pull
from adapters.sandbox.faults import Fault
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Registration
from schema.errors import Problem, SourceError

_PAGE: Final = 5
_ALWAYS: Final = 1_000_000


def missing(wanted: Sequence[Registration], ids: Sequence[str], place: str) -> Iterator[Problem]:
    """A problem if an entry of the platform did not arrive."""
    lost = sorted({one.entry_id for one in wanted} - set(ids))
    if lost:
        zh, en = f"缺少 {len(lost)} 个项目", f"{len(lost)} entries did not arrive"
        yield broken(place, zh, en, ", ".join(lost[:3]))


@rule("paging.sizes", "0、1、n、n+1、2n 条均完整", "0, 1, n, n+1 and 2n rows arrive whole, each once")
async def sizes(subject: Subject) -> list[Problem]:
    """Where pages end is where rows get lost."""
    problems: list[Problem] = []
    adapter = subject.with_capabilities(page_size=_PAGE)
    for size in (0, 1, _PAGE, _PAGE + 1, 2 * _PAGE):
        entries = subject.entries[:size]
        async with subject.served(subject.site(entries)) as endpoint:
            try:
                ids = (await pull(adapter, endpoint)).ids
            except SourceError as error:
                problems.extend(error.problems)
                continue
        place = f"{size} rows"
        problems += missing(entries, ids, place)
        if len(ids) != len(set(ids)):
            problems.append(broken(place, "有项目重复到达", "an entry arrived twice"))
    return problems


@rule("paging.empty-last", "最后一页为空时正常结束", "a last page that is empty ends the pull")
async def empty_last(subject: Subject) -> list[Problem]:
    """The platform announces another page, and its rows are gone when it is asked for. A source that notices a listing
    that was not kept may say so; to take the empty page for a foreign form is wrong.
    """
    site = subject.site()

    def vanish() -> None:
        for one in subject.entries:
            site.remove(one.native_id, one.updated_at)

    once(site, vanish)
    async with subject.served(site) as endpoint:
        try:
            await pull(subject.with_capabilities(page_size=_PAGE), endpoint)
        except SourceError as error:
            return list(error.problems) if error.code == "UNKNOWN_ENVELOPE" else []
    return []


def once(site: Platform, happens: Callable[[], None], answers: int = 1) -> None:
    """Let something happen on the platform after so many answers."""
    left = iter(range(answers))

    def after() -> None:
        if next(left) == answers - 1:
            site.after_answer = None
            happens()

    site.after_answer = after


@rule("paging.repeats", "游标或页面重复时拉取会结束", "a cursor or page that repeats does not keep a pull going")
async def repeats(subject: Subject) -> list[Problem]:
    """The platform gives its first answer again and again, or its first two in turn."""
    problems: list[Problem] = []
    for period in (1, 2):
        site = subject.site()
        site.fault = Fault("repeat", period, times=_ALWAYS, after=period)
        async with subject.served(site) as endpoint:
            try:
                ids = (await pull(subject.with_capabilities(page_size=_PAGE), endpoint)).ids
            except EndlessPullError as error:
                problems += error.problems
            except SourceError:
                continue
            else:
                problems += missing(subject.entries, ids, f"{period} answers in turn")
    return problems


@rule("paging.shifts", "翻页期间数据变动不丢行", "no row is lost when rows move while they are paged")
async def shifts(subject: Subject) -> list[Problem]:
    """After the first answer a row of the first page changes, one is withdrawn, or one is added; and a row changes while
    more rows than a page that share its moment are read, after any of the answers.
    """
    early, moment = subject.entries[0], later(subject.entries)
    new = replace(early, native_id=f"{early.native_id}N", updated_at=moment, submitted_at=moment)
    moves: dict[str, Callable[[Platform], None]] = {
        "changed": lambda site: site.put(replace(early, updated_at=moment)),
        "withdrawn": lambda site: site.cancel(early.native_id, moment),
        "added": lambda site: site.put(new),
        "back": lambda site: site.put(replace(new, updated_at=early.updated_at)),
    }
    problems: list[Problem] = []
    for name, move in moves.items():
        site = subject.site()
        once(site, partial(move, site))
        problems += await _lost(subject, site, subject.entries[1:], f"one row {name} meanwhile")
    alike = [replace(one, updated_at=early.updated_at) for one in subject.entries]
    for answers in range(1, len(alike) // _PAGE + 1):
        site = subject.site(alike)
        once(site, partial(moves["changed"], site), answers)
        place = f"one row of a moment changed after {answers} answers"
        problems += await _lost(subject, site, alike[1:], place)
    return problems


async def _lost(subject: Subject, site: Platform, stay: Sequence[Registration], place: str) -> list[Problem]:
    """What should have arrived and did not. A pull that ends with a cause is repeated by the hub: nothing is lost."""
    async with subject.served(site) as endpoint:
        try:
            pulled = await pull(subject.with_capabilities(page_size=_PAGE), endpoint)
        except SourceError:
            return []
    return list(missing(stay, pulled.ids, place))


RULES = (sizes, empty_last, repeats, shifts)
