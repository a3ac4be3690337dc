"""Finds the lines of registers that are about an entry.

An organisation is found by its credit code, which is proof, or by its name in normal form, which is a reason to look. One
exception: a notice names its organisers by full name and nothing else, so the same full name to the letter is proof there.
A project is found by its title; it is the listed one for certain where an organisation agrees by code as well. Cancelled
sub-topics are found by the entry's topic.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from schema.facts import Hit
from schema.records import Entry, Organisation
from schema.vocabulary import Register
from sync.exact_keys import plain
from sync.organisation_names import normal_form
from sync.registers import PROJECTS, RegisterLine


class RegisterIndex:
    """Lines, found by what entries have; `beside` are more lines, of an index that serves many."""

    def __init__(self, lines: Iterable[RegisterLine], beside: "RegisterIndex | None" = None) -> None:
        self._beside = beside
        self._by_code: dict[str, list[RegisterLine]] = defaultdict(list)
        self._by_name: dict[str, list[RegisterLine]] = defaultdict(list)
        self._by_project: dict[str, list[RegisterLine]] = defaultdict(list)
        self._by_topic: dict[str, list[RegisterLine]] = defaultdict(list)
        for line in lines:
            if line.register is Register.CANCELLED_SUB_TOPICS:
                self._by_topic[line.project].append(line)
            elif line.register in PROJECTS:
                self._by_project[line.project_key].append(line)
            else:
                self._by_name[line.name_key].append(line)
                if line.credit_code:
                    self._by_code[line.credit_code].append(line)

    def hits(self, entry: Entry, maintained: frozenset[Register]) -> Mapping[Register, tuple[Hit, ...]]:
        """The lines about this entry, in a stable order, for each register that is maintained."""
        found: dict[Register, list[Hit]] = {register: [] for register in sorted(maintained)}
        for line, subject, certain in self.about(entry):
            if line.register in found:
                found[line.register].append(Hit(subject, line.words, certain, line.contest, line.role))
        return {register: tuple(sorted(hits, key=repr)) for register, hits in found.items()}

    def about(self, entry: Entry) -> Iterator[tuple[RegisterLine, str, bool]]:
        """Every line about this entry, what of the entry it is about, and whether that is certain."""
        yield from self._of_organisations(entry)
        yield from self._of_project(entry)
        for line in self._by_topic.get(entry.topic_id, ()):
            yield line, line.name, True
        if self._beside is not None:
            yield from self._beside.about(entry)

    def _of_organisations(self, entry: Entry) -> Iterator[tuple[RegisterLine, str, bool]]:
        for unit in entry.organisations:
            proved = self._by_code.get(unit.credit_code, ()) if unit.credit_code else ()
            for line in proved:
                yield line, unit.name, True
            for line in self._by_name.get(normal_form(unit.name), ()):
                if line not in proved:
                    yield line, unit.name, line.printed and line.name == unit.name

    def _of_project(self, entry: Entry) -> Iterator[tuple[RegisterLine, str, bool]]:
        for line in self._by_project.get(plain(entry.title), ()):
            yield line, entry.title, _is_of(line, entry.organisations)


def _is_of(line: RegisterLine, units: Iterable[Organisation]) -> bool:
    return line.credit_code is not None and any(unit.credit_code == line.credit_code for unit in units)
