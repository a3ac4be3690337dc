"""What a plan of a root field is: made for a selection, prepared for those arguments that say what is listed, bound to those that say
which part of it, and then run within a session as often as wanted. Arguments are read and checked by what the ordinary resolver uses.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sync.database import Session
from sync.scope import Scope

if TYPE_CHECKING:
    from sync.repository.line import Line

Arguments = Mapping[str, Any]  # as a resolver gets them
Joined = Sequence[tuple[Any, set[str]]]  # of several runs: what each gives, and the regions that this comes from
Place = tuple[str, Scope]  # the kind of database and the scope, for which a statement is put together


class Run(ABC):
    """What only has to be run."""

    rows: int = 1  # that it may list

    @abstractmethod
    def __call__(self, session: Session, scope: Scope, regions: set[str]) -> Any:  # noqa: ANN401  JSON
        """What it gives; notes the regions that entries of it come from."""


class PlainRun(Run):
    """One that is no more than a function."""

    def __init__(self, work: Callable[[Session, Scope, set[str]], Any], rows: int = 1) -> None:
        self._work, self.rows = work, rows

    def __call__(self, session: Session, scope: Scope, regions: set[str]) -> Any:  # noqa: ANN401  JSON
        """As any run."""
        return self._work(session, scope, regions)


Prepared = Callable[[Arguments], Run]  # with the other arguments; RequestError as the resolver raises it


class Plan(Protocol):
    """How a root field with a selection is answered."""

    def prepared(self, arguments: Arguments) -> Prepared:
        """The plan with the arguments that are objects or lists; RequestError as the resolver raises it."""


class JoinableRun(Run):
    """A run that may be answered together with others of the same plan: by one statement, for several who ask at a time."""

    plan: object

    @abstractmethod
    def joined(self, others: Sequence[Any], session: Session, scope: Scope) -> Joined:
        """What each of some runs, of which this is one, gives, with the regions that it comes from."""

    @abstractmethod
    def ask(
        self, others: Sequence[Any], line: "Line", place: Place, then: Callable[[Callable[[], Joined]], None]
    ) -> bool:
        """The same over a line: `then` is called with what gives it. False where that has to be made ready within a session first."""


def place_of(session: Session, scope: Scope) -> Place:
    """For what a statement that is run here serves."""
    return session.get_bind().dialect.name, scope
