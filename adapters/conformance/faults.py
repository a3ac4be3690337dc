"""Rules about platforms that fail: what fails in passing is asked again, what is wrong stops the pull with its cause, and
nothing is ever taken for less, or other, than it is.
"""

import time
from dataclasses import replace
from typing import Final

from adapters.conformance.rule import Needs, broken, rule
from adapters.conformance.subject import LIMITS, Subject, hashes, pull
from adapters.sandbox.faults import Fault
from adapters.transport import Limits
from schema.errors import PassingFault, Problem, SourceChanged, SourceError

_PAGE: Final = 8
_LASTING: Final = 1_000_000
_CAP: Final = 200_000  # bytes: more than an honest answer of the simulated platform has
_WRONG: Final = "not-the-secret"


async def _pulled(subject: Subject, fault: Fault, limits: Limits) -> dict[str, str] | SourceError:
    """What a pull from a platform with this fault ends with: its records, or its error."""
    site = subject.site()
    site.fault = fault
    async with subject.served(site) as endpoint:
        try:
            return hashes(await pull(subject.with_capabilities(page_size=_PAGE), endpoint, limits=limits))
        except SourceError as error:
            return error


def _named(fault: Fault) -> str:
    return (
        f"{fault.kind} {fault.value:g} after {fault.after}"
        if fault.kind == "status"
        else f"{fault.kind} after {fault.after}"
    )


def _untold(error: SourceError, place: str) -> list[Problem]:
    """A problem if the error does not say where, what and what to do, in both languages."""
    told = all((each.place, each.zh, each.en, each.remedy_zh, each.remedy_en) for each in error.problems)
    return [] if told else [broken(place, "未说明原因与处理办法", "says not what is wrong and what to do", error)]


async def _survived(subject: Subject, fault: Fault) -> list[Problem]:
    found = await _pulled(subject, fault, LIMITS)
    if isinstance(found, SourceError):
        return [broken(_named(fault), "一次故障使拉取失败", "a single fault ended the pull", found)]
    whole = found == await subject.undisturbed()
    return [] if whole else [broken(_named(fault), "数据不完整", "the pull is not whole")]


async def _stopped(subject: Subject, fault: Fault, kind: type[SourceError], limits: Limits = LIMITS) -> list[Problem]:
    found = await _pulled(subject, fault, limits)
    if isinstance(found, kind):
        return _untold(found, _named(fault))
    zh, en = f"未按 {kind.__name__} 上报", f"was not told as {kind.__name__}"
    return [broken(_named(fault), zh, en, found if isinstance(found, SourceError) else f"{len(found)} rows")]


async def _stopped_or_whole(subject: Subject, fault: Fault) -> list[Problem]:
    """For faults that a dialect may not be touched by: a file of one answer has no second."""
    found = await _pulled(subject, fault, LIMITS)
    if isinstance(found, SourceError):
        return _untold(found, _named(fault))
    whole = found == await subject.undisturbed()
    return [] if whole else [broken(_named(fault), "错误的数据被接受", "wrong data was accepted", f"{len(found)} rows")]


@rule("faults.rate-limit", "429 时按 Retry-After 等待", "429 is waited out as long as Retry-After says")
async def rate_limit(subject: Subject) -> list[Problem]:
    """The second answer is due a second after the first."""
    started = time.monotonic()
    problems = await _survived(subject, Fault("status", 429, retry_after=1))
    if time.monotonic() - started < 1:
        problems.append(broken("429", "未等待 Retry-After 所要求的时间", "asked again before the time it was told"))
    return problems


@rule("faults.server-error", "5xx 重试；持续则如实上报", "5xx is tried again, and told where it stays")
async def server_error(subject: Subject) -> list[Problem]:
    """Once at the first and at the second answer; then for good."""
    problems: list[Problem] = []
    for status, after in ((500, 0), (502, 0), (503, 0), (504, 0), (503, 1)):
        problems += await _survived(subject, Fault("status", status, after=after))
    return [*problems, *await _stopped(subject, Fault("status", 503, times=_LASTING), PassingFault)]


@rule("faults.time-out", "超时视为暂时故障", "an answer that does not come is a passing fault")
async def time_out(subject: Subject) -> list[Problem]:
    """The platform is slower than we wait."""
    limits = replace(LIMITS, total=0.1, attempts=1)
    return await _stopped(subject, Fault("delay", 0.3), PassingFault, limits)


@rule("faults.truncated", "截断的应答不被当作完整数据", "half an answer is never taken for a whole one")
async def truncated(subject: Subject) -> list[Problem]:
    """Its length told rightly, or the connection cut; at the first answer and in the middle."""
    problems: list[Problem] = []
    for kind in ("truncated", "cut"):
        for after in (0, 1):
            problems += await _stopped_or_whole(subject, Fault(kind, times=_LASTING, after=after))
    return problems


@rule("faults.html", "状态 200 的网页不被当作数据", "a web page with status 200 is not taken for data")
async def html(subject: Subject) -> list[Problem]:
    """A login page, a notice of maintenance."""
    return [
        *await _stopped(subject, Fault("html", times=_LASTING), SourceError),
        *await _stopped_or_whole(subject, Fault("html", times=_LASTING, after=1)),
    ]


@rule("faults.encoding", "编码错误不产生乱码记录", "a wrong encoding makes no garbled records")
async def encoding(subject: Subject) -> list[Problem]:
    """UTF-8 for GB 18030, or the other way round."""
    return [
        problem
        for after in (0, 1)
        for problem in await _stopped_or_whole(subject, Fault("encoding", times=_LASTING, after=after))
    ]


@rule("faults.huge", "超过上限的应答被截停", "an answer larger than the cap is cut off")
async def huge(subject: Subject) -> list[Problem]:
    """Sound content with blanks behind it: only its size is wrong."""
    fault = Fault("huge", 2 * _CAP, times=_LASTING)
    return await _stopped(subject, fault, SourceChanged, replace(LIMITS, body=_CAP))


@rule("faults.refused", "凭证被拒时如实上报且不泄露", "refused credentials are told and not shown", Needs.PLATFORM)
async def refused(subject: Subject) -> list[Problem]:
    """The platform must not serve whoever has no key, and we must not take its refusal for an empty list."""
    async with subject.platform() as endpoint:
        try:
            await pull(subject.adapter, replace(endpoint, secret=_WRONG))
        except SourceChanged as error:
            return _untold(error, "wrong credentials") if _WRONG not in str(error) else [_shown()]
    zh, en = "错误的凭证被接受，或拒绝被忽略", "wrong credentials were accepted, or the refusal was overlooked"
    return [broken("credentials", zh, en)]


def _shown() -> Problem:
    return broken("credentials", "错误信息中出现了密钥", "the error shows the secret")


RULES = (rate_limit, server_error, time_out, truncated, html, encoding, huge, refused)
