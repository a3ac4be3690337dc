"""Native fields for one request: gathered into one batch a province, and each province that gives none told once."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import strawberry
from graphql import GraphQLError
from pydantic import JsonValue
from strawberry.dataloader import DataLoader
from strawberry.extensions import SchemaExtension

from adapters.native import Native, NativeReader
from adapters.registry import regions
from schema.errors import Problem
from sync.settings import Settings

CODE: Final = "NATIVE_FIELDS_UNAVAILABLE"
_MOST_PROBLEMS: Final = 10


def native_readers(settings: Settings) -> dict[str, NativeReader]:
    """A reader for each region, by code, as the settings say where its platform is and how long to wait for it."""
    platforms = {slug: each.endpoint() for slug, each in settings.platforms.items()}
    return {
        code: NativeReader(
            adapter,
            platforms.get(adapter.manifest.slug),
            seconds=settings.native_seconds,
            keep=settings.native_keep_seconds,
        )
        for code, adapter in regions().items()
    }


@dataclass(slots=True)
class _Failure:
    """What one province did not give: where that was first noticed, for how many entries, and why."""

    path: list[str | int]
    entries: set[str] = field(default_factory=set)
    problems: dict[Problem, None] = field(default_factory=dict)

    def error(self, region: str) -> GraphQLError:
        """As it is told to clients."""
        name = regions()[region].manifest.name
        shown = [*self.problems][:_MOST_PROBLEMS]
        message = (
            f"{name}：{len(self.entries)} 个项目的省内字段暂不可得（{shown[0].zh}） / "
            f"fields that only this province knows are missing for {len(self.entries)} entries: {shown[0].en}"
        )
        told = {"code": CODE, "region": region, "problems": [problem.as_dict() for problem in shown]}
        return GraphQLError(message, path=self.path, extensions=told)


class NativeFields:
    """Made for each request, over the readers of the process."""

    def __init__(self, readers: Mapping[str, NativeReader]) -> None:
        self._readers = readers
        self._failures: dict[str, _Failure] = {}

    @cached_property
    def _loader(self) -> DataLoader[str, Native]:
        return DataLoader(load_fn=self._load)

    async def of(self, entry: str, info: strawberry.Info) -> Mapping[str, JsonValue]:
        """The native fields of an entry; empty, and a failure noted, where its province does not give them."""
        native = await self._loader.load(entry)
        if native.problems:
            region = entry.partition(":")[0]
            failure = self._failures.setdefault(region, _Failure(info.path.as_list()))
            failure.entries.add(entry)
            failure.problems |= dict.fromkeys(native.problems)
        return native.fields

    def errors(self) -> list[GraphQLError]:
        """One error for each province that failed."""
        return [failure.error(region) for region, failure in self._failures.items()]

    async def _load(self, entries: list[str]) -> list[Native]:
        by_region: dict[str, list[str]] = defaultdict(list)
        for entry in entries:
            by_region[entry.partition(":")[0]].append(entry)
        known = {region: part for region, part in by_region.items() if region in self._readers}
        answers = await asyncio.gather(*(self._readers[region].read(part) for region, part in known.items()))
        found = {entry: native for answer in answers for entry, native in answer.items()}
        return [found.get(entry, Native()) for entry in entries]


class NativeErrors(SchemaExtension):
    """Adds to an answer what its context's provinces did not give."""

    def on_operation(self) -> Any:  # noqa: ANN401  strawberry's hooks are untyped generators
        """After the operation."""
        yield
        self._add(self.execution_context.result)

    def on_stream_result(self, result: Any) -> Any:  # noqa: ANN401  as above
        """Each message of a subscription."""
        self._add(result)
        yield

    def _add(self, result: Any) -> None:  # noqa: ANN401  as above
        if result is not None and (errors := self.execution_context.context.natives.errors()):
            result.errors = [*(result.errors or ()), *errors]
