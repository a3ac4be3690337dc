"""The one GraphQL schema of the embedded deployment, and its text."""

from functools import cache
from pathlib import Path
from typing import Final

import strawberry
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter

import schema as language
from gateway import facts
from gateway.errors import ReadableErrors
from gateway.mutation import Mutation
from gateway.query import Query

SDL_FILE: Final = Path(language.__file__).parent / "schema.graphql"
DEEPEST: Final = 12
MOST_ALIASES: Final = 30
MOST_TOKENS: Final = 4000


@cache
def graphql_schema() -> strawberry.Schema:
    """Made once a process; every region's concrete entry type is in it."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        types=list(facts.entry_types().values()),
        extensions=[
            lambda: QueryDepthLimiter(max_depth=DEEPEST),
            lambda: MaxAliasesLimiter(max_alias_count=MOST_ALIASES),
            lambda: MaxTokensLimiter(max_token_count=MOST_TOKENS),
            ReadableErrors,
        ],
    )


def sdl() -> str:
    """The schema as text, as it is kept in `schema/schema.graphql`."""
    return "# Made by `make schema`; do not edit.\n\n" + graphql_schema().as_str() + "\n"
