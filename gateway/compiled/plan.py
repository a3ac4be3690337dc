"""What a plan of a root field is: made for a selection, bound to arguments, which are read and checked by what the ordinary resolver
uses, and then run within a session as often as wanted.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sync.database import Session
from sync.scope import Scope

Arguments = Mapping[str, Any]  # as a resolver gets them
Run = Callable[[Session, Scope, set[str]], Any]  # notes the regions that the answer's entries come from
Place = tuple[str, Scope]  # the kind of database and the scope, for which a statement is put together


class Plan(Protocol):
    """How a root field with a selection is answered."""

    def bind(self, arguments: Arguments) -> Run:
        """The plan with arguments; RequestError as the resolver raises it."""


def place_of(session: Session, scope: Scope) -> Place:
    """For what a statement that is run here serves."""
    return session.get_bind().dialect.name, scope
