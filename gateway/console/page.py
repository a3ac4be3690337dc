"""What a page is, and what of an address becomes its variables: read strictly, everything wrong told at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

from starlette.datastructures import FormData

from gateway.auth import Viewer
from gateway.hub import Hub
from schema.errors import Problem, RequestError, redact
from schema.vocabulary import Role

DOCUMENTS: Final = Path(__file__).parent / "documents"
EVERYBODY: Final = frozenset(Role)
ORGANISER: Final = frozenset({Role.NATIONAL})
WITH_LISTS: Final = frozenset({Role.NATIONAL, Role.REGION})


@dataclass(frozen=True, slots=True)
class Words:
    """One thing in both languages."""

    zh: str
    en: str


def storable(text: str) -> str:
    """Without the one character that PostgreSQL takes in no text, and nobody types."""
    return text.replace("\0", "")


class Asked:
    """What a request asks for: the parts of its path and the pairs of its query. Problems are collected, so that a filter
    typed by hand hears of every mistake at once; `check` raises them.
    """

    def __init__(
        self, path: Mapping[str, str], pairs: Sequence[tuple[str, str]], remembered: Mapping[str, Any], viewer: Viewer
    ) -> None:
        self.path = {name: storable(value) for name, value in path.items()}
        self.pairs = [(name, text) for name, value in pairs if (text := storable(value).strip())]
        self.remembered = remembered
        self.viewer = viewer
        self._problems: list[Problem] = []

    def all(self, name: str) -> list[str]:
        """Every value of a name, each once."""
        return list(dict.fromkeys(value for each, value in self.pairs if each == name))

    def one(self, name: str) -> str | None:
        """The only value of a name."""
        found = self.all(name)
        if len(found) > 1:
            self._wrong(name, found[1], "只能给出一次", "may be given once", (found[0],))
        return found[0] if found else None

    def among(self, name: str, known: type[StrEnum] | Sequence[str]) -> list[str]:
        """The values of a name that is a closed list."""
        words = [each.value for each in known] if isinstance(known, type) else list(known)
        for value in (found := self.all(name)):
            if value not in words:
                self._wrong(name, value, "没有这个取值", "no such value", words)
        return found

    def member(self, name: str, known: type[StrEnum] | Sequence[str], default: str) -> str:
        """The only value of a name that is a closed list."""
        self.one(name)
        found = self.among(name, known)
        return found[0] if found else default

    def number(self, name: str) -> int | None:
        """The only value of a name, as a whole number from 0 to a milliard."""
        value = self.one(name)
        if value is not None and not (value.isascii() and value.isdecimal() and len(value) <= 9):
            self._wrong(name, value, "不是整数", "not a whole number", ("1", "2", "…"))
            return None
        return int(value) if value is not None else None

    def day(self, name: str) -> str | None:
        """The only value of a name, a day of Beijing, as the moment it begins."""
        value = self.one(name)
        if value is None:
            return None
        try:
            return f"{datetime.strptime(value, '%Y-%m-%d'):%Y-%m-%d}T00:00:00+08:00"  # noqa: DTZ007  its zone stands here
        except ValueError:
            self._wrong(name, value, "不是日期", "not a day", ("2025-07-01",))
            return None

    def check(self, *names: str) -> None:
        """RequestError (422) with all that was wrong, names outside `names` too."""
        for name, value in self.pairs:
            if name not in names:
                self._wrong(name, value, "没有这个条件", "no such condition", names)
        if self._problems:
            raise RequestError(self._problems, status=422)

    def _wrong(self, name: str, value: str, zh: str, en: str, known: Sequence[str]) -> None:
        shown = [redact(each) for each in known[:40]]
        self._problems.append(
            Problem("FILTER_INVALID", redact(name), zh, en, redact(value), "可用：" + "、".join(shown), "one of " + ", ".join(shown))
        )  # fmt: skip


@cache
def _document(name: str) -> str:
    return (DOCUMENTS / f"{name}.graphql").read_text("utf-8")


def _nothing(asked: Asked) -> dict[str, Any]:
    asked.check()
    return {}


def _as_it_is(data: dict[str, Any], asked: Asked) -> dict[str, Any]:
    del asked
    return data


@dataclass(frozen=True, slots=True)
class Page:
    """`document` and `template` are files without their suffix; `section` is the path of the page of the menu that it
    belongs to. `variables` says what of the address the document is asked with, `view` what the template is given from the
    answer. `public` pages are shown to visitors too.
    """

    path: str
    title: Words
    document: str
    template: str
    roles: frozenset[Role] = EVERYBODY
    section: str = ""
    variables: Callable[[Asked], dict[str, Any]] = _nothing
    view: Callable[[dict[str, Any], Asked], dict[str, Any]] = _as_it_is
    in_menu: bool = False
    charts: bool = False
    public: bool = False
    remember: Callable[[Asked], dict[str, Any]] | None = None
    append: Callable[[], str] = field(default=lambda: "")

    def source(self) -> str:
        """The GraphQL document as it is run and shown."""
        return _document(self.document) + self.append()


@dataclass(frozen=True, slots=True)
class Act:
    """A mutation behind a form: `variables` reads the path's parts and the form, `back` is the page to go to when it is done,
    with the path's parts in it, or says which, and `done` what is said there; `after` keeps with the session what its pages
    want to know. Several sets of variables are done one after the other, and what is wrong with any is told of all.
    """

    path: str
    document: str
    done: Words
    variables: Callable[[Mapping[str, str], Any], dict[str, Any] | list[dict[str, Any]]]
    back: str | Callable[[Mapping[str, str], Any], str]
    roles: frozenset[Role] = ORGANISER
    after: Callable[[Hub, Any, Any, dict[str, Any]], Any] | None = None

    def source(self) -> str:
        """The GraphQL document."""
        return _document(self.document)

    def onward(self, path: Mapping[str, str], form: FormData) -> str:
        """The path of the page to go to."""
        return self.back.format_map(path) if isinstance(self.back, str) else self.back(path, form)
