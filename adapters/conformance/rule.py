"""A rule of the contract between a region's folder and the hub, and what checking it can show."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from adapters.conformance.subject import Subject
from schema.errors import Problem

_SHOWN: Final = 80  # characters
Check = Callable[[Subject], Awaitable[list[Problem]]]


class Needs(StrEnum):
    """What a rule must have at hand: the folder's files; the adapter they make; besides it a platform to read from, or a
    platform that does as it is told.
    """

    FILES = "files"
    ADAPTER = "adapter"
    PLATFORM = "platform"
    CONTROL = "control"


class Result(StrEnum):
    """EXEMPT: fails, as the manifest says with a reason. SKIPPED: could not be checked, and is not held against it."""

    PASSED = "passed"
    FAILED = "failed"
    EXEMPT = "exempt"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `check` gives every problem found; none means that the rule holds."""

    id: str
    zh: str
    en: str
    needs: Needs
    check: Check


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check showed. `reason` says why a rule is exempt or was skipped."""

    rule: Rule
    result: Result
    seconds: float
    problems: tuple[Problem, ...] = ()
    reason: str = ""


class CannotCheckError(Exception):
    """What the rule looks at cannot be read; another rule says why."""


def rule(identifier: str, zh: str, en: str, needs: Needs = Needs.CONTROL) -> Callable[[Check], Rule]:
    """Makes the check below it a rule."""
    return lambda check: Rule(identifier, zh, en, needs, check)


def broken(place: str, zh: str, en: str, value: object = None) -> Problem:
    """A way in which a rule does not hold."""
    return Problem(
        "CONTRACT_BROKEN",
        place,
        zh,
        en,
        value=None if value is None else str(value)[:_SHOWN],
        remedy_zh="改正后重新检查",
        remedy_en="mend it, then check again",
    )
