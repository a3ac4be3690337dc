"""`entries.ndjson`: every entry that fits as one line of JSON, as GraphQL answers it, for programs that take all of them.

The lines are made as compiled operations make their answers, page by page; at no time are there more than a few of them, however
many there are.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Final, cast

from graphql import OperationDefinitionNode, get_operation_ast, parse
from graphql.execution.values import VariableValues

from gateway.compiled.entries import REGION, Entries
from gateway.compiled.projection import Columns
from gateway.compiled.selection import Operation, Selection
from gateway.exports.conditions import Conditions
from gateway.schema import graphql_schema
from sync.database import Database
from sync.repository.browse import EntryBrowser, Wanted
from sync.repository.ready import ready_row
from sync.repository.straight import Result
from sync.scope import Scope
from sync.tables import EntryRow
from sync.waivers import waived_standings

_PAGE: Final = 1000  # rows that are read at a time
_PART: Final = 250  # of which lines are made at a time, and are a piece of what is sent
SHOWN: Final = """query ($id: ID!) { entry(id: $id) {
  id nativeId region { code name } city title summary track { id name } topic { id title } subTopic { id title }
  proposedNationalTrack { id name } declaredNationalTrack { id name } nationalTrack { id name } match stage status award score
  team { name representatives { name role isContact } } organisations { name creditCode kind isLead }
  submittedAt updatedAt changedAt warnings { code place zh en } source { url fetchedAt sha256 locator }
} }"""
"""What a line holds: what is answered to this question."""


def entry_pages(database: Database, scope: Scope, asked: Conditions) -> Iterator[Result]:
    """What lines are made of, in order of id. Nothing is held of the database while somebody takes a page."""
    _, columns = _projection()
    with database.read(scope) as session:
        waived = waived_standings(session, datetime.now(UTC)) if asked.entries.asks_for_standings() else {}
        query = EntryBrowser(session, scope).beyond(Wanted(asked.entries, waived), _PAGE)
        ready = ready_row(session, query, EntryRow, columns.names)
    last = ""
    while True:
        with database.glance(scope) as session:
            page = ready.result(session, {"after": last})
        row = page.last()
        if row is None:
            return
        last = row[columns.place("id")]
        yield page


def entry_lines(page: Result) -> Sequence[bytes]:
    """The lines of a page, several to a piece."""
    entries, _ = _projection()
    return [b"\n".join((*entries.objects(part), b"")) for part in page.parts(_PART)]


@cache
def _projection() -> tuple[Entries, Columns]:
    document, schema = parse(SHOWN), graphql_schema()._schema  # noqa: SLF001  strawberry has no public way
    operation = Operation(schema, document, cast("OperationDefinitionNode", get_operation_ast(document)))
    selection = Selection(operation, VariableValues({}, {}))
    (nodes,) = selection.fields(operation.query, [operation.definition.selection_set]).values()
    columns = Columns(REGION)
    return Entries(selection, nodes, columns), columns
