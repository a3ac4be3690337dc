"""Checks a region against all rules of the contract, one after the other, and says how each went."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from adapters.conformance import citations, facts, faults, files, incremental, paging, rows, samples
from adapters.conformance.rule import CannotCheckError, Needs, Outcome, Result, Rule, broken
from adapters.conformance.subject import Subject
from adapters.manifest import Manifest
from schema.errors import DexhubError, FactsError, Problem, redact
from schema.fact_file import read_facts

RULES: Final[tuple[Rule, ...]] = (
    *facts.RULES,
    *citations.RULES,
    *samples.RULES,
    *rows.RULES,
    *paging.RULES,
    *incremental.RULES,
    *faults.RULES,
    *files.RULES,
)
_PATIENCE: Final = 60.0  # seconds for one rule


async def check(subject: Subject, rules: Sequence[Rule] = RULES) -> AsyncIterator[Outcome]:
    """The outcome of every rule, as it comes, and at the end whether the exemptions are needed."""
    exempt = _exemptions(subject)
    unreadable = _unreadable(subject)
    passed: set[str] = set()
    for rule in rules:
        reason = _why_skipped(rule, subject, unreadable)
        outcome = Outcome(rule, Result.SKIPPED, 0, reason=reason) if reason else await _checked(rule, subject)
        if outcome.result is Result.FAILED and rule.id in exempt:
            outcome = Outcome(rule, Result.EXEMPT, outcome.seconds, outcome.problems, exempt[rule.id])
        if outcome.result is Result.PASSED:
            passed.add(rule.id)
        yield outcome
    yield _needed(exempt, passed)


def _exemptions(subject: Subject) -> Mapping[str, str]:
    """Rule and reason; none where the manifest cannot be read, which facts.manifest tells."""
    try:
        return read_facts(subject.folder / "manifest.toml", Manifest).exempt
    except FactsError:
        return {}


def _unreadable(subject: Subject) -> bool:
    try:
        subject.adapter  # noqa: B018  asking for it loads the folder
    except Exception:  # noqa: BLE001  a folder's modules may do anything when loaded; facts.files shows what
        return True
    return False


def _why_skipped(rule: Rule, subject: Subject, unreadable: bool) -> str:  # noqa: FBT001  one of three plain reasons
    if unreadable and rule.needs is not Needs.FILES:
        return "文件夹无法加载，见 facts 各条 / the folder cannot be loaded, see the rules on facts"
    if subject.endpoint is not None and rule.needs is Needs.CONTROL:
        return "需要可控的平台，真实平台不适用 / needs a platform that does as it is told, which a real one does not"
    return ""


async def _checked(rule: Rule, subject: Subject) -> Outcome:
    started = time.perf_counter()
    problems: list[Problem] = []
    try:
        async with asyncio.timeout(_PATIENCE):
            problems = await rule.check(subject)
    except CannotCheckError as reason:
        return Outcome(rule, Result.SKIPPED, time.perf_counter() - started, reason=str(reason))
    except DexhubError as error:
        problems = list(error.problems)
    except TimeoutError:
        problems = [broken(rule.id, f"{_PATIENCE:g} 秒内未完成", f"not done after {_PATIENCE:g} seconds")]
    except Exception as error:  # noqa: BLE001  what a province's code raises is shown as its fault
        name = type(error).__name__
        problems = [broken(rule.id, f"代码出错：{name}", f"the code failed: {name}", redact(error))]
    result = Result.FAILED if problems else Result.PASSED
    return Outcome(rule, result, time.perf_counter() - started, tuple(problems))


async def _nothing(subject: Subject) -> list[Problem]:
    del subject
    return []


EXEMPTIONS: Final = Rule(
    "facts.exemptions", "豁免均有必要", "every exemption is needed", Needs.FILES, _nothing
)  # judged from the outcomes of the others


def _needed(exempt: Mapping[str, str], passed: set[str]) -> Outcome:
    known = {rule.id for rule in RULES}
    problems = [
        broken(f"manifest.toml: exempt.{name}", "没有这条规则", "there is no such rule")
        for name in exempt.keys() - known
    ]
    problems += [
        broken(f"manifest.toml: exempt.{name}", "该规则已通过，请删除豁免", "the rule holds: take the exemption away")
        for name in exempt.keys() & passed
    ]
    return Outcome(EXEMPTIONS, Result.FAILED if problems else Result.PASSED, 0, tuple(problems))
