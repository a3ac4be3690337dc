"""Documents that were found valid are not parsed and validated again: for a page of the console that takes 10 to 40 ms.

Whether a document is valid depends on its text and the schema alone. What it costs and whether it is within the limits depends on
its variables and on whoever asks, so that is measured each time. What is not known is read one at a time, off the event loop: whoever
sends long documents waits for others who do, and nobody else waits for them.
"""

import threading
from collections import OrderedDict
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final

from graphql import DocumentNode, GraphQLError, parse
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import validate_document

from gateway.offloading import aside
from schema.errors import RequestError

_MOST: Final = 200_000  # characters of all documents together; their trees take a hundred times as many bytes
_LONGEST: Final = 10_000  # characters of one
_USUAL: Final = 1_000  # characters that are read for nothing
_READING: Final = 100  # units for each character beyond, up to the longest: such documents take up to 15 µs for each
_Key = tuple[Any, str, int]  # the schema, the text, and the tokens that it may have


class _Documents:
    """What was not asked for longest is forgotten first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, DocumentNode] = OrderedDict()
        self._size = 0

    def find(self, key: _Key) -> DocumentNode | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: _Key, document: DocumentNode) -> None:
        if len(key[1]) > _LONGEST:
            return
        with self._lock:
            if key not in self._kept:
                self._size += len(key[1])
            self._kept[key] = document
            while self._size > _MOST:
                (_, text, _), _ = self._kept.popitem(last=False)
                self._size -= len(text)


_documents: Final = _Documents()


class KnownDocuments(SchemaExtension):
    """Stands behind `Limits`, which says how many tokens there may be and refuses what is beyond a limit."""

    _known = False

    async def on_parse(self) -> AsyncIterator[None]:
        """The document, where it is known; else it is read aside, for what that costs."""
        made = self.execution_context
        if made.query:
            made.graphql_document = _documents.find(self._key())
            self._known = made.graphql_document is not None
            if not self._known:
                await self._parse(made.query)
        yield

    async def on_validate(self) -> AsyncIterator[None]:
        """Nothing is wrong with what is known; what nothing is wrong with is known from now on."""
        made = self.execution_context
        if made.pre_execution_errors is None and self._known:
            made.pre_execution_errors = []
        elif made.pre_execution_errors is None and made.graphql_document is not None:
            validated = partial(validate_document, made.schema._schema, made.graphql_document, made.validation_rules)  # noqa: SLF001  strawberry has no public way to it
            made.pre_execution_errors = await aside(validated)
            if not made.pre_execution_errors and made.query:
                _documents.keep(self._key(), made.graphql_document)
        yield

    async def _parse(self, text: str) -> None:
        """Where it cannot be read, or there is nothing left to pay for that, strawberry is made to find so at once, and told why by
        the context.
        """
        made = self.execution_context
        try:
            made.context.pay(max(min(len(text), _LONGEST) - _USUAL, 0) * _READING)
            made.graphql_document = await aside(partial(parse, text, **made.parse_options))
        except RequestError as error:
            made.context.unreadable = GraphQLError(str(error), original_error=error)
        except GraphQLError as error:
            made.context.unreadable = error
        if made.graphql_document is None:
            made.parse_options["max_tokens"] = 0

    def _key(self) -> _Key:
        made = self.execution_context
        return made.schema, made.query or "", made.parse_options["max_tokens"]
