"""Hunan: GraphQL, `POST /graphql`, a connection of projects with cursors, `updatedAfter`, bearer token.

Errors, a refused token among them, come with HTTP 200 as `errors[].extensions.code`. Nodes come in order of (updatedAt,
id) and a cursor names the last one seen, so a node that changes while we page moves to the end and is met again.
`updatedAfter` is inclusive, in milliseconds since 1970 as text. Cursors serve one pull; the next starts from a time.
`projectsByIds` gives single projects, null for an id that is not there.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from adapters.source import NumberedSource, Position, RawPage, Row, agreed_envelope, platform_error
from adapters.transport import Response, Transport

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PROJECT: Final = """
fragment project on Project {
  id title abstract
  track { no name }
  topic { no title }
  hostCity { code name }
  team { name members { name idNumber phone duty contact } }
  organisations { name creditCode nature lead }
  recommendingAuthority { name kind }
  phase status cityAward award score
  createdAt updatedAt withdrawnAt
}
"""
QUERY: Final = f"""
query Projects($first: Int!, $after: String, $updatedAfter: String) {{
  projects(first: $first, after: $after, updatedAfter: $updatedAfter) {{
    totalCount
    pageInfo {{ endCursor hasNextPage }}
    edges {{ cursor node {{ ...project }} }}
  }}
}}
{_PROJECT}"""
_NUMBERED: Final = f"""
query ProjectsByIds($ids: [ID!]!) {{
  projectsByIds(ids: $ids) {{ ...project }}
}}
{_PROJECT}"""


def milliseconds(moment: datetime) -> int:
    """The moment as the platform writes it."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


class PlatformSource(NumberedSource):
    """Pages until the connection says there is no next one."""

    async def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:
        """One RawPage a page of the connection."""
        variables = {
            "first": self.capabilities.page_size,
            "after": None,
            "updatedAfter": None if position.since is None else str(milliseconds(position.since)),
        }
        number, more = 1, True
        asked: set[str] = set()
        while more:
            answer, data = await self._asked(transport, QUERY, variables)
            with agreed_envelope(answer.url):
                found = data["projects"]
                total, more, cursor = (
                    found["totalCount"],
                    found["pageInfo"]["hasNextPage"],
                    found["pageInfo"]["endCursor"],
                )
                if more and (cursor is None or cursor in asked):
                    raise ValueError("the cursor does not move on")
                asked.add(cursor)
                nodes = [edge["node"] for edge in found["edges"]]
                rows = [
                    Row(str(node.get("id", "")), f"page {number}: data.projects.edges[{index}].node", node)
                    for index, node in enumerate(nodes)
                ]
            yield RawPage(answer.url, answer.fetched_at, answer.sha256, rows, total=total)
            variables["after"] = cursor
            number += 1

    async def numbered(self, transport: Transport, numbers: Sequence[str]) -> RawPage:
        """One answer."""
        answer, data = await self._asked(transport, _NUMBERED, {"ids": [*numbers]})
        with agreed_envelope(answer.url):
            rows = [
                Row(str(node.get("id", "")), f"data.projectsByIds[{index}]", node)
                for index, node in enumerate(data["projectsByIds"])
                if node is not None
            ]
        return RawPage(answer.url, answer.fetched_at, answer.sha256, rows)

    async def _asked(self, transport: Transport, query: str, variables: Mapping[str, Any]) -> tuple[Response, Any]:
        """The answer and its data; SourceChanged where the platform says that something went wrong."""
        url = f"{self.endpoint.url}/graphql"
        headers = {"Authorization": f"Bearer {self.endpoint.secret}", "Content-Type": "application/json"}
        answer = await transport.post(url, orjson.dumps({"query": query, "variables": variables}), headers=headers)
        document = answer.json()
        with agreed_envelope(url):
            if errors := document.get("errors"):
                raise platform_error(url, errors[0].get("extensions", {}).get("code") or errors[0]["message"])
            return answer, document["data"]
