"""Where rows come from: what a province's `Source` is given, what it gives back, and how it says that it cannot."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from adapters.manifest import Manifest
from adapters.transport import Endpoint, Transport
from schema.errors import Problem, SourceChanged, redact


@dataclass(frozen=True, slots=True)
class Position:
    """Where the last pull ended: the time to ask from (overlap already taken off), and the source's own cursor."""

    since: datetime | None = None
    cursor: str | None = None


class Row(NamedTuple):
    """One decoded row: the province's own id as far as it can be seen, its place in the page, its content, and what
    decoding itself could not read.
    """

    key: str
    locator: str
    data: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RawPage:
    """One answer of a platform, decoded. `total` is the number of rows the platform says this pull has, if it says so;
    `cursor` is kept for the next pull; `not_modified` says that nothing changed since the position given.
    """

    url: str
    fetched_at: datetime
    sha256: str
    rows: Sequence[Row]
    total: int | None = None
    cursor: str | None = None
    not_modified: bool = False


class Source(ABC):
    """How one platform is asked, and how its bytes become rows. Holds no state between pulls."""

    def __init__(self, endpoint: Endpoint, manifest: Manifest) -> None:
        self.endpoint = endpoint
        self.capabilities = manifest.capabilities

    @property
    def complete_listing(self) -> bool:
        """Whether every pull lists all there is, so that what is absent is gone (where no tombstones say so)."""
        return self.capabilities.changes == "full"

    @abstractmethod
    def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:
        """The pages since `position`, in the platform's order."""


class NumberedSource(Source):
    """A source that can also be asked for single entries, as its manifest says by `entries_by_number`."""

    @abstractmethod
    async def numbered(self, transport: Transport, numbers: Sequence[str]) -> RawPage:
        """The rows of the entries with these numbers, in any order, without those that the platform does not have."""


@contextmanager
def agreed_envelope(url: str) -> Iterator[None]:
    """Around the code that unpacks an answer: what is not where it was agreed to be raises SourceChanged."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise SourceChanged(
            Problem(
                "UNKNOWN_ENVELOPE",
                url,
                value=redact(error),
                zh="响应结构与约定不符，平台可能已升级",
                en="the answer has not the agreed form; the platform may have changed",
                remedy_zh="请与省平台核对接口",
                remedy_en="compare the interface with the province",
            )
        ) from None


def platform_error(url: str, code: object) -> SourceChanged:
    """The platform answered in its form, with an error code of its own."""
    return SourceChanged(
        Problem(
            "PLATFORM_ERROR_CODE",
            url,
            value=redact(code),
            zh=f"平台返回错误码 {redact(code)}",
            en=f"the platform answered with error {redact(code)}",
            remedy_zh="请向省平台查询该错误码",
            remedy_en="ask the province what this code means",
        )
    )
