"""How old a region's data is: as a field of regions, and beside every answer that holds entries.

An answer's `extensions.freshness` names each region that its entries come from and the viewer may see: when its last pull
succeeded, what age its manifest aims at, and, where that is missed, the cause.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import JsonValue
from strawberry.extensions import SchemaExtension

from adapters.registry import regions
from schema.provenance import CHINA
from schema.types.catalogue import Freshness
from schema.vocabulary import PullStatus
from sync.database import Session
from sync.repository.pulls import PullStore
from sync.scope import Scope

_touched: ContextVar[set[str] | None] = ContextVar("regions that the entries of this answer come from", default=None)


def touch(codes: Iterable[str]) -> None:
    """Note that entries of these regions go into the answer that is being made, if one is."""
    found = _touched.get()
    if found is not None:
        found.update(codes)


Reads = Mapping[str, tuple[datetime | None, str | None, list[dict[str, Any]] | None]]


def freshness(session: Session, scope: Scope, codes: Sequence[str], now: datetime) -> list[Freshness | None]:
    """How old each region's data is at `now`, and the cause where it is older than its manifest's target: one query. None
    for a region outside the scope.
    """
    return stated(reads(session, scope, codes), scope, codes, now)


def reads(session: Session, scope: Scope, codes: Iterable[str]) -> Reads:
    """How regions within the scope were last read: what their freshness is worked out from."""
    return PullStore(session).last_reads([code for code in codes if scope.covers(code)])


def stated(read: Reads, scope: Scope, codes: Sequence[str], now: datetime) -> list[Freshness | None]:
    """As `freshness`, from what was read."""
    return [_freshness(code, read.get(code), now) if scope.covers(code) else None for code in codes]


def _freshness(
    code: str, read: tuple[datetime | None, str | None, list[dict[str, Any]] | None] | None, now: datetime
) -> Freshness:
    succeeded, status, problems = read or (None, None, None)
    target = regions()[code].manifest.cadence.fresh_minutes
    age = int((now - succeeded).total_seconds() // 60) if succeeded else None
    fresh = age is not None and age <= target
    cause: Mapping[str, str | None] = {"zh": None, "en": None}
    if problems:
        cause = problems[0]
    elif not fresh and status is None:
        cause = {"zh": "尚未拉取", "en": "never pulled"}
    elif not fresh:
        cause = {"zh": "超过更新周期未拉取", "en": "not pulled in time"}
    return Freshness(
        succeeded_at=succeeded.astimezone(CHINA) if succeeded else None,
        age_minutes=age,
        target_minutes=target,
        is_fresh=fresh,
        last_status=PullStatus(status) if status else None,
        cause_zh=cause["zh"],
        cause_en=cause["en"],
    )


class FreshnessOfAnswer(SchemaExtension):
    """Adds `freshness` to the extensions of answers with entries. It costs one query, and none where there are none."""

    async def on_operation(self) -> AsyncIterator[None]:
        """Notes of this operation are nobody else's."""
        self._regions: set[str] = set()
        token: Final = _touched.set(self._regions)
        yield
        if _touched.get() is self._regions:
            _touched.reset(token)

    async def get_results(self) -> dict[str, Any]:
        """By region, in order of code."""
        codes, context = sorted(self._regions), self.execution_context.context
        if not codes:
            return {}
        self._regions.clear()  # the next message of a subscription begins anew
        return beside(codes, await context.freshness_of(codes))


def good_until(found: Sequence[Freshness | None]) -> datetime | None:
    """When what is told of these grows old by itself, which ages do by the minute; None for never."""
    return min(
        (
            each.succeeded_at + timedelta(minutes=each.age_minutes + 1)
            for each in found
            if each is not None and each.succeeded_at is not None and each.age_minutes is not None
        ),
        default=None,
    )


def beside(codes: Sequence[str], found: Sequence[Freshness | None]) -> dict[str, Any]:
    """What an answer whose entries come from these regions says beside its data."""
    told = zip(codes, found, strict=True)
    return {"freshness": [_told(code, each) for code, each in told if each is not None]}


def _told(code: str, found: Freshness) -> dict[str, JsonValue]:
    return {
        "region": code,
        "name": regions()[code].manifest.name,
        "succeededAt": found.succeeded_at.isoformat() if found.succeeded_at else None,
        "ageMinutes": found.age_minutes,
        "targetMinutes": found.target_minutes,
        "isFresh": found.is_fresh,
        "causeZh": None if found.is_fresh else found.cause_zh,
        "causeEn": None if found.is_fresh else found.cause_en,
    }
