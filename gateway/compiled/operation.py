"""Binds compiled operations to their variables.

What is kept is kept by what it depends on: an operation by its text, its plans by the variables that decide what is selected,
bound plans by all of their variables. Each store is bounded.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    get_operation_ast,
    parse,
)
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values
from strawberry import Schema
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from gateway.access import may_read
from gateway.auth import Viewer
from gateway.compiled import NotCovered
from gateway.compiled.plan import JoinableRun, Joined, Plan, Prepared, Run
from gateway.compiled.projection import DEFINITION
from gateway.compiled.roots import PLANS
from gateway.compiled.selection import Operation, Selection
from gateway.limits.measure import measure, sizing_variables
from schema.errors import RequestError
from schema.held_json import held
from sync.database import DatabaseFault, Session
from sync.scope import Scope
from sync.settings import LimitSettings

if TYPE_CHECKING:
    from sync.repository.line import Line

_OPERATIONS: Final = 400  # by name, most of them also without
_LONGEST: Final = 4000  # characters of a document that plans are made for; its tree takes a hundred times as many bytes
_PLANS: Final = 64  # of one operation: sets of values of variables that decide what is selected
_KEPT: Final = 500  # plans with what they are prepared for
_SHORT: Final = 1000  # bytes of variables, or of such arguments, up to which they are kept: statements grow with lists
_LARGE: Final = 200  # rows
_BOUND: Final = 2500  # operations with all their variables

_log = logging.getLogger("dexhub.gateway")
_prepared: Final[OrderedDict[tuple[Plan, bytes], Prepared]] = OrderedDict()
_known: Final[OrderedDict[tuple[Schema, str, str | None], "Compiled | None"]] = OrderedDict()


def compiled(schema: Schema, text: str, name: str | None, document: DocumentNode | None = None) -> "Compiled | None":
    """The operation of that name in a document that was found valid, parsed where it was not; None where it is none that plans
    are made for. It is known without its name as well where it is the only one.
    """
    key = (schema, text, name)
    if key not in _known and len(text) <= _LONGEST:
        document = document or parse(text)
        found = _compiled(schema, document, name)
        for each in {name, None} if get_operation_ast(document) is not None else {name}:
            _known[schema, text, each] = found
        while len(_known) > _OPERATIONS:
            _known.popitem(last=False)
    return known(schema, text, name)


def known(schema: Schema, text: str, name: str | None) -> "Compiled | None":
    """The same where it was asked for before."""
    key = (schema, text, name)
    found = _known.get(key)
    if found is not None:
        _known.move_to_end(key)
    return found


def _compiled(schema: Schema, document: DocumentNode, name: str | None) -> "Compiled | None":
    definition = get_operation_ast(document, name)
    try:
        return Compiled(schema, document, definition) if definition is not None else None
    except NotCovered:
        return None


@dataclass(frozen=True, slots=True)
class _Root:
    """One root field of an operation under the name that the answer has for it."""

    key: str
    node: FieldNode
    definition: GraphQLField
    field: StrawberryField
    plan: Plan


Told = tuple[bytes, set[str]]  # data as JSON, and the regions that its entries come from


@dataclass(slots=True, eq=False)
class Bound:
    """An operation with its variables: what only has to be run. What it gives depends on nothing but the data and the scope."""

    roots: Sequence[tuple[str, StrawberryField, Run]]  # by the name that the answer has for each
    joinable: object = field(init=False)  # what has it in common may be answered together; usually that is nothing else

    def __post_init__(self) -> None:
        run = self.roots[0][2] if len(self.roots) == 1 else None
        self.joinable = run.plan if isinstance(run, JoinableRun) else self

    @property
    def is_large(self) -> bool:
        """Whether what it gives may take much memory."""
        return sum(run.rows for _, _, run in self.roots) > _LARGE

    def may_be_read_by(self, viewer: Viewer) -> bool:
        """Whether every root field would let the viewer through."""
        return all(may_read(viewer, field) for _, field, _ in self.roots)

    def answer(self, session: Session, scope: Scope) -> Told:
        """The data as JSON, and the regions that its entries come from; NotCovered where a field fails, which the ordinary way
        tells.
        """
        return answers([self], session, scope)[0]


def answers(asked: Sequence[Bound], session: Session, scope: Scope) -> Sequence[Told]:
    """Of one operation, or of several that may be answered together: as `Bound.answer`."""
    with _covering():
        if len(asked) > 1:
            key, runs = _joinable(asked)
            return _told(key, runs[0].joined(runs, session, scope))
        regions: set[str] = set()
        return [(orjson.dumps({key: run(session, scope, regions) for key, _, run in asked[0].roots}), regions)]


def ask(
    asked: Sequence[Bound], line: "Line", scope: Scope, then: Callable[[Callable[[], Sequence[Told]]], None]
) -> bool:
    """The same over a line: `then` is called with what gives it. False where that cannot be."""
    if asked[0].joinable is asked[0]:
        return False
    key, runs = _joinable(asked)

    def tell(joined: Callable[[], Joined]) -> Sequence[Told]:
        with _covering():
            return _told(key, joined())

    return runs[0].ask(runs, line, line.place(scope), lambda joined: then(partial(tell, joined)))


def _joinable(asked: Sequence[Bound]) -> tuple[str, Sequence[JoinableRun]]:
    """The name that answers have for the only root field, and the runs."""
    runs = [run for each in asked for _, _, run in each.roots if isinstance(run, JoinableRun)]
    return asked[0].roots[0][0], runs


def _told(key: str, joined: Joined) -> Sequence[Told]:
    return [(orjson.dumps({key: value}), regions) for value, regions in joined]


@contextmanager
def _covering() -> Iterator[None]:
    """Whatever fails is not covered, and told by the ordinary way."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, RequestError | DatabaseFault):
            _log.exception("a plan failed")
        raise NotCovered from error


class Compiled:
    """One operation of a valid document of a schema."""

    def __init__(self, schema: Schema, document: DocumentNode, definition: OperationDefinitionNode) -> None:
        if definition.operation is not OperationType.QUERY or definition.directives:
            raise NotCovered
        self._schema = schema
        self._operation = Operation(schema._schema, document, definition)  # noqa: SLF001  strawberry has no public way
        self._sizing = sizing_variables(document)
        self._plans: dict[tuple[Any, ...], Sequence[_Root]] = {}

    def bound(self, variables: bytes) -> Bound:
        """The operation with variables, as JSON; NotCovered where the ordinary way has to answer."""
        return _bound(self, variables) if len(variables) <= _SHORT else self.bind(variables)

    def sizes(self, variables: Mapping[str, Any]) -> bytes:
        """Those of the variables, as JSON, on which it depends what the operation costs."""
        return held(orjson.dumps({name: variables[name] for name in self._sizing if name in variables}))

    def cost(self, sizes: bytes, limits: LimitSettings, *, introspection: bool) -> int:
        """What the operation costs with these; RequestError where it, or anything of its document, is beyond a limit."""
        of, name = self._operation, self._operation.definition.name
        called = name.value if name else None
        return measure(of.schema, of.document, orjson.loads(sizes), limits, called, introspection=introspection).cost

    def bind(self, variables: bytes) -> Bound:
        """As `bound`, anew."""
        definitions = self._operation.definition.variable_definitions or ()
        values = get_variable_values(self._operation.schema, definitions, orjson.loads(variables))
        if isinstance(values, list):  # of errors
            raise NotCovered
        found = []
        for root in self._planned(values):
            try:
                arguments = get_argument_values(root.definition, root.node, values)
                found.append((root.key, root.field, self._run(root, arguments)))
            except (GraphQLError, RequestError):
                raise NotCovered from None
        return Bound(found)

    def _run(self, root: _Root, arguments: Mapping[str, Any]) -> Run:
        """The root field with its arguments. What it is prepared for is kept: the next page of a listing has the filter of the one
        before, which takes longer to convert and to make a statement of than a page to read.
        """
        steady = {name: value for name, value in arguments.items() if isinstance(value, dict | list)}
        others = {name: value for name, value in arguments.items() if name not in steady}
        key = root.plan, orjson.dumps(steady, default=repr)
        prepared = _prepared.get(key)
        if prepared is not None:
            _prepared.move_to_end(key)
        else:
            prepared = root.plan.prepared(self._convert(root, steady))
            if len(key[1]) <= _SHORT:
                _prepared[root.plan, held(key[1])] = prepared
            while len(_prepared) > _KEPT:
                _prepared.popitem(last=False)
        return prepared(self._convert(root, others))

    def _convert(self, root: _Root, arguments: dict[str, Any]) -> dict[str, Any]:
        converter, config = self._schema.schema_converter, self._schema.config
        return convert_arguments(arguments, root.field.arguments, converter.scalar_registry, config)

    def _planned(self, values: VariableValues) -> Sequence[_Root]:
        deciding = tuple(values.coerced.get(name) for name in self._operation.deciding_variables)
        if deciding not in self._plans:
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            self._plans[deciding] = self._roots(Selection(self._operation, values))
        return self._plans[deciding]

    def _roots(self, selection: Selection) -> Sequence[_Root]:
        query = self._operation.query
        found = []
        for key, nodes in selection.fields(query, [self._operation.definition.selection_set]).items():
            name = nodes[0].name.value
            if name not in PLANS:
                raise NotCovered
            definition = query.fields[name]
            plan = PLANS[name](selection, get_named_type(definition.type), nodes)
            found.append(_Root(key, nodes[0], definition, definition.extensions[DEFINITION], plan))
        return found


@lru_cache(maxsize=_BOUND)
def _bound(operation: Compiled, variables: bytes) -> Bound:
    return operation.bind(variables)
