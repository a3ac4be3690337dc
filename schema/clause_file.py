"""Reads clauses.toml, and refuses it with all its faults at once: file, key and remedy for each.

A quote must stand in the notice at the lines given, wherever the notice's text is kept; an installed package has no
`docs`, so the quotes carry a digest of their own, and so does the text they were taken from.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

import schema
from schema.clauses import PEOPLE, Absence, Clause, ClauseBook, ClauseLine, Comparison, Conflict
from schema.errors import FactsError, Problem
from schema.fact_file import NATIONAL, problem_in, read_facts
from schema.predicates import PREDICATES
from schema.provenance import Fact

_ROOT: Final = Path(schema.__path__[0]).parent
_HEADER: Final = {"region", "notice", "city", "since", "until"}


class _ClauseFile(Fact):
    """One clauses.toml. `validity` are the words that say for which season the notice speaks."""

    region: str
    notice: str
    notice_sha256: str
    quotes_sha256: str
    validity: str
    city: str | None = None
    since: date
    until: date
    clauses: tuple[ClauseLine, ...] = Field(default=())
    absences: tuple[Absence, ...] = ()


class Differences(Fact):
    """schema/national/differences.toml: where the five notices differ, and where they contradict themselves or another."""

    comparisons: tuple[Comparison, ...]
    conflicts: tuple[Conflict, ...]


def squeezed(text: str) -> str:
    """Without white space: scans break lines where they like."""
    return "".join(text.split())


def quotes_digest(lines: tuple[ClauseLine, ...]) -> str:
    """SHA-256 over the ids and words of all clauses, in order."""
    content = "\n".join(f"{line.id}\t{squeezed(line.text)}" for line in lines)
    return hashlib.sha256(content.encode()).hexdigest()


def read_clauses(path: Path) -> ClauseBook:
    """The clauses of a file. FactsError names every fault of the file at once."""
    file = read_facts(path, _ClauseFile)
    header = file.model_dump(include=_HEADER)
    clauses = tuple(Clause(**line.model_dump(), **header) for line in file.clauses)
    problems = [*_repeated(path, clauses), *_unbound(path, clauses), *_misquoted(path, file)]
    if problems:
        raise FactsError(problems)
    return ClauseBook(region=file.region, clauses=clauses, absences=file.absences)


def _repeated(path: Path, clauses: tuple[Clause, ...]) -> Iterator[Problem]:
    for identifier, times in Counter(clause.id for clause in clauses).items():
        if times > 1:
            yield problem_in(path, identifier, "this id stands twice")


def _unbound(path: Path, clauses: tuple[Clause, ...]) -> Iterator[Problem]:
    """Predicates that do not exist, and arguments they do not take."""
    for clause in clauses:
        if clause.predicate in PEOPLE:
            if clause.arguments:
                message = f"a clause for people ({clause.predicate}) takes no arguments"
                yield problem_in(path, f"{clause.id}.arguments", message)
        elif clause.predicate not in PREDICATES:
            known = ", ".join((*PEOPLE, *PREDICATES))
            yield problem_in(path, f"{clause.id}.predicate", f"no predicate {clause.predicate}; there are {known}")
        else:
            try:
                clause.test  # noqa: B018  binding is the check
            except ValidationError as error:
                for fault in error.errors():
                    key = ".".join((clause.id, "arguments", *map(str, fault["loc"])))
                    yield problem_in(path, key, fault["msg"])


def _misquoted(path: Path, file: _ClauseFile) -> Iterator[Problem]:
    """Quotes that were changed, or that the notice does not print where they are said to stand; absences that are none."""
    if quotes_digest(file.clauses) != file.quotes_sha256:
        message = f"the quotes were changed; if that is right, their digest is {quotes_digest(file.clauses)}"
        yield problem_in(path, "quotes_sha256", message)
    kept = _ROOT / file.notice
    if not kept.is_file():
        return
    content = kept.read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != file.notice_sha256:
        yield problem_in(path, "notice_sha256", f"{file.notice} has another digest: {found}")
    lines = content.decode("utf-8").split("\n")
    yield from _not_printed(path, file, lines)


def _not_printed(path: Path, file: _ClauseFile, lines: list[str]) -> Iterator[Problem]:
    whole = squeezed("".join(lines))
    if squeezed(file.validity) not in whole:
        yield problem_in(path, "validity", f"{file.notice} does not print this")
    for line in file.clauses:
        first, last = line.lines
        if squeezed(line.text) not in squeezed("".join(lines[first - 1 : last])):
            yield problem_in(path, f"{line.id}.text", f"{file.notice} does not print this at lines {first} to {last}")
        if line.leeway and squeezed(line.leeway) not in whole:
            yield problem_in(path, f"{line.id}.leeway", f"{file.notice} does not print this")
    for absence in file.absences:
        for term in absence.searched:
            if squeezed(term) in whole:
                yield problem_in(path, f"absences.{absence.about}", f"{file.notice} does print {term}")


@cache
def national_clauses() -> ClauseBook:
    """What is derived from the national form, for entries of every region."""
    return read_clauses(NATIONAL / "clauses.toml")


@cache
def differences() -> Differences:
    """Where the notices differ and where they conflict."""
    return read_facts(NATIONAL / "differences.toml", Differences)
