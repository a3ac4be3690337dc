"""What a document selects, with fragments, aliases, @skip and @include taken into account: sections 6.3.2 and 6.4.3 of the
GraphQL specification, ahead of any value.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)
from graphql.execution.values import VariableValues, get_directive_values

from gateway.compiled import NotCovered

Fields = Mapping[str, Sequence[FieldNode]]  # by the name that the answer has for them
_DECIDING: Final = (GraphQLSkipDirective, GraphQLIncludeDirective)
_KNOWN: Final = {directive.name for directive in _DECIDING}


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of a valid document."""

    schema: GraphQLSchema
    document: DocumentNode
    definition: OperationDefinitionNode

    @property
    def query(self) -> GraphQLObjectType:
        """The type of its root."""
        found = self.schema.query_type
        if found is None:
            raise NotCovered
        return found

    @cached_property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        """The document's fragments by name."""
        return {each.name.value: each for each in self.document.definitions if isinstance(each, FragmentDefinitionNode)}

    @cached_property
    def deciding_variables(self) -> tuple[str, ...]:
        """The variables on which it depends what is selected."""
        found: dict[str, None] = {}
        for directive in _directives(self.document):
            for argument in directive.arguments or ():
                if isinstance(argument.value, VariableNode):
                    found[argument.value.name.value] = None
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Selection:
    """An operation, and the values of its variables, of which those count that decide what is selected."""

    operation: Operation
    values: VariableValues

    def fields(self, of: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> Fields:
        """What the selection sets together select of an object of this type."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for each in sets:
            self._collect(of, each.selections if each else (), found, seen)
        return found

    def below(self, of: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Fields:
        """What fields of one name together select of the object behind them."""
        return self.fields(of, (node.selection_set for node in nodes))

    def _collect(
        self,
        of: GraphQLObjectType,
        selections: Iterable[SelectionNode],
        found: dict[str, list[FieldNode]],
        seen: set[str],
    ) -> None:
        for node in selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._applies(node.type_condition.name.value, of):
                    self._collect(of, node.selection_set.selections, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.operation.fragments[node.name.value]
                if self._applies(fragment.type_condition.name.value, of):
                    self._collect(of, fragment.selection_set.selections, found, seen)

    def _included(self, node: SelectionNode) -> bool:
        if not node.directives:
            return True
        if any(each.name.value not in _KNOWN for each in node.directives):
            raise NotCovered
        skip, include = (get_directive_values(each, node, self.values) for each in _DECIDING)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))

    def _applies(self, condition: str, of: GraphQLObjectType) -> bool:
        if condition == of.name:
            return True
        schema = self.operation.schema
        named: GraphQLNamedType | None = schema.type_map.get(condition)
        return named is not None and is_abstract_type(named) and schema.is_sub_type(named, of)


def _directives(node: Any) -> Iterable[Any]:  # noqa: ANN401  any node of the tree
    for key in node.keys:
        value = getattr(node, key, None)
        for child in value if isinstance(value, (tuple, list)) else (value,):
            if hasattr(child, "keys") and hasattr(child, "kind"):
                if key == "directives":
                    yield child
                yield from _directives(child)
