"""How large and how costly a document is, told before it is validated or run.

Validation itself can be made to take minutes (thousands of equal fields are compared with each other, fragments within
fragments unfold), so nothing of a document is validated that was not measured. The walk merges fields as execution does
and stops at the first bound it meets, so it takes no longer than those bounds allow.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    visit,
)

from gateway.limits.refusals import no_introspection, refusal
from schema.types.cost import KEY, Cost
from sync.settings import LimitSettings

LARGEST_PAGE: Final = 1000
_USUAL_LIST: Final = 4  # objects, where nobody said how many a list has
_PAGE: Final = "first"
_PAGES: Final = (_PAGE, "last")
USUAL_PAGE: Final = 20
_BACK: Final = "strawberry-definition"
_TOOLS: Final = 8  # levels more for the question that tools ask for the schema; validation bounds its lists in lists
_INTROSPECTION: Final = Cost(weight=120_000)  # it takes 50 ms and more
_Part = tuple[GraphQLNamedType | None, SelectionSetNode]


@dataclass(slots=True)
class Measure:
    """What was found of one operation."""

    cost: int = 0
    depth: int = 0
    fields: int = 0
    aliases: int = 0


def measure(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Mapping[str, Any],
    limits: LimitSettings,
    name: str | None,
    *,
    introspection: bool = True,
) -> Measure:
    """The measure of the operation that is to run; RequestError where any part of the document exceeds a limit."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    chosen = Measure()
    for definition in document.definitions:
        walk = _Walk(schema, fragments, variables, limits, introspection=introspection)
        if isinstance(definition, OperationDefinitionNode):
            found = walk.operation(definition)
            if name is None or (definition.name and definition.name.value == name):
                chosen = found
        elif isinstance(definition, FragmentDefinitionNode):
            walk.fragment(definition)
    return chosen


def sizing_variables(document: DocumentNode) -> Sequence[str]:
    """The variables on which the measure depends: those that say how large a page is."""
    found = _Sizes()
    visit(document, found)
    return sorted(found.names)


class _Sizes(Visitor):
    """Through all arguments of a document."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        """Of which two count."""
        if node.name.value in _PAGES and isinstance(node.value, VariableNode):
            self.names.add(node.value.name.value)


class _Walk:
    """Through one operation, or one fragment that perhaps none uses."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        limits: LimitSettings,
        *,
        introspection: bool,
    ) -> None:
        self._introspection = introspection
        self._schema = schema
        self._fragments = fragments
        self._variables = dict(variables)
        self._limits = limits
        self._found = Measure()

    def operation(self, node: OperationDefinitionNode) -> Measure:
        """With the defaults of its variables."""
        for each in node.variable_definitions or ():
            default = each.default_value
            if isinstance(default, IntValueNode):
                self._variables.setdefault(each.variable.name.value, int(default.value))
        root = self._schema.get_root_type(node.operation)
        groups = self._grouped([(root, node.selection_set)])
        if len(groups) > self._limits.root_fields:
            raise refusal("LIMIT_ROOT_FIELDS", self._limits.root_fields, len(groups))
        self._found.cost = self._costs(groups, 0)
        if self._found.cost > self._limits.cost:
            raise refusal("LIMIT_COST", self._limits.cost, self._found.cost)
        return self._found

    def fragment(self, node: FragmentDefinitionNode) -> None:
        """It is validated, so it is measured, even where no operation spreads it."""
        on = self._schema.get_type(node.type_condition.name.value)
        self._costs(self._grouped([(on, node.selection_set)]), 0)

    def _costs(self, groups: Mapping[str, list[tuple[GraphQLNamedType | None, FieldNode]]], level: int) -> int:
        first = next((parent for members in groups.values() for parent, _ in members), None)
        bound = self._limits.depth + (_TOOLS if first is not None and first.name.startswith("__") else 0)
        if level > bound:
            raise refusal("LIMIT_DEPTH", bound, level)
        self._found.depth = max(self._found.depth, level)
        total = 0
        for members in groups.values():
            weight, size, below = 0, 1, []
            for parent, node in members:
                field = _field(parent, node.name.value)
                cost = self._cost(parent, field, node)
                weight, size = max(weight, cost.weight), max(size, cost.size or 1)
                if node.selection_set is not None:
                    below.append((get_named_type(field.type) if field else None, node.selection_set))
            inside = self._costs(self._grouped(below), level + 1) if below else 0
            total += weight + size * inside
        return total

    def _grouped(self, parts: list[_Part]) -> dict[str, list[tuple[GraphQLNamedType | None, FieldNode]]]:
        """The fields of one place of the answer by the name they have there, as execution collects them."""
        groups: dict[str, list[tuple[GraphQLNamedType | None, FieldNode]]] = {}
        spread: set[str] = set()
        for parent, node in (each for on, selection in parts for each in self._fields(on, selection, spread)):
            name = node.alias.value if node.alias else node.name.value
            group = groups.setdefault(name, [])
            group.append((parent, node))
            self._found.fields += 1
            self._found.aliases += node.alias is not None
            for code, bound, number in (
                ("LIMIT_FIELDS", self._limits.fields, self._found.fields),
                ("LIMIT_ALIASES", self._limits.aliases, self._found.aliases),
                ("LIMIT_REPEATS", self._limits.repeats, len(group)),
            ):
                if number > bound:
                    raise refusal(code, bound, number)
        return groups

    def _fields(
        self, parent: GraphQLNamedType | None, selection: SelectionSetNode, spread: set[str]
    ) -> Iterator[tuple[GraphQLNamedType | None, FieldNode]]:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                yield parent, node
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments.get(node.name.value)
                if fragment is not None and node.name.value not in spread:
                    spread.add(node.name.value)
                    on = self._schema.get_type(fragment.type_condition.name.value)
                    yield from self._fields(on, fragment.selection_set, spread)
            elif isinstance(node, InlineFragmentNode):
                on = self._schema.get_type(node.type_condition.name.value) if node.type_condition else parent
                yield from self._fields(on, node.selection_set, spread)

    def _cost(self, parent: GraphQLNamedType | None, field: GraphQLField | None, node: FieldNode) -> Cost:
        """As declared; else one for an object and nothing for a value, which comes with its object."""
        if node.name.value in ("__schema", "__type"):
            if not self._introspection:
                raise no_introspection(node.name.value)
            return _INTROSPECTION
        if field is None:
            return Cost(1)
        metadata = getattr(field.extensions.get(_BACK), "metadata", {})
        declared: Cost = metadata.get(KEY) or Cost(0 if is_leaf_type(get_named_type(field.type)) else 1)
        if parent is not None and parent.name.startswith("__"):
            return Cost(0)
        return Cost(declared.weight, self._size(parent, field, node, declared.size))

    def _size(self, parent: GraphQLNamedType | None, field: GraphQLField, node: FieldNode, declared: int | None) -> int:
        if _PAGE in field.args:
            return self._page(field, node)
        if not is_list_type(get_nullable_type(field.type)) or (parent and parent.name.endswith("Connection")):
            return declared or 1  # the page's size was counted where it was asked for
        return _USUAL_LIST if declared is None else declared

    def _page(self, field: GraphQLField, node: FieldNode) -> int:
        """The size of the page that is asked for; the usual one where none is given, the largest where that cannot be told."""
        given = {each.name.value: each.value for each in node.arguments or () if each.name.value in _PAGES}
        sizes = [self._size_given(value) for value in given.values()] or [field.args[_PAGE].default_value]
        known = [size for size in sizes if size is not None]
        if not known:
            return USUAL_PAGE
        largest = max(size if isinstance(size, int) else LARGEST_PAGE for size in known)
        return min(max(largest, 1), LARGEST_PAGE)

    def _size_given(self, value: ValueNode) -> object:
        """What an argument's literal or variable holds; None where that is null or nothing."""
        if isinstance(value, VariableNode):
            return self._variables.get(value.name.value)
        if isinstance(value, IntValueNode):
            return int(value.value[:9])
        return None if isinstance(value, NullValueNode) else LARGEST_PAGE


def _field(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    fields = getattr(parent, "fields", None)
    if not isinstance(fields, dict):
        return None
    found = fields.get(name)
    return found if isinstance(found, GraphQLField) else None
