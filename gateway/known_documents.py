"""Documents that were found valid are not parsed and validated again: for a page of fifty entries that takes longer than all
the rest.

Whether a document is valid depends on its text and the schema alone. What it costs and whether it is within the limits depends on
its variables and on whoever asks, so that is measured each time.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Final

from graphql import DocumentNode
from strawberry.extensions import SchemaExtension

_MOST: Final = 200_000  # characters of all documents together; their trees take a hundred times as many bytes
_LONGEST: Final = 10_000  # characters of one
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

    def on_parse(self) -> Iterator[None]:
        """The document, where it is known."""
        made = self.execution_context
        if made.query:
            made.graphql_document = _documents.find(self._key())
        self._known = made.graphql_document is not None
        yield

    def on_validate(self) -> Iterator[None]:
        """Nothing is wrong with what is known; what nothing is wrong with is known from now on."""
        made = self.execution_context
        if self._known and made.pre_execution_errors is None:
            made.pre_execution_errors = []
        yield
        if not self._known and not made.pre_execution_errors and made.query and made.graphql_document is not None:
            _documents.keep(self._key(), made.graphql_document)

    def _key(self) -> _Key:
        made = self.execution_context
        return made.schema, made.query or "", made.parse_options["max_tokens"]
