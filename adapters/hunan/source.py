"""Hunan: GraphQL, `POST /graphql`, a connection of projects with cursors, `updatedAfter`, bearer token.

Errors, a refused token among them, come with HTTP 200 as `errors[].extensions.code`. Nodes come in order of (updatedAt,
id) and a cursor names the last one seen, so a node that changes while we page moves to the end and is met again.
`updatedAfter` is inclusive, in milliseconds since 1970 as text. Cursors serve one pull; the next starts from a time.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Final

import orjson

from adapters.source import Position, RawPage, Row, Source, agreed_envelope, platform_error
from adapters.transport import Transport

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
QUERY: Final = """
query Projects($first: Int!, $after: String, $updatedAfter: String) {
  projects(first: $first, after: $after, updatedAfter: $updatedAfter) {
    totalCount
    pageInfo { endCursor hasNextPage }
    edges {
      cursor
      node {
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
    }
  }
}
"""


def milliseconds(moment: datetime) -> int:
    """The moment as the platform writes it."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


class PlatformSource(Source):
    """Pages until the connection says there is no next one."""

    async def pages(self, transport: Transport, position: Position) -> AsyncIterator[RawPage]:
        """One RawPage a page of the connection."""
        url = f"{self.endpoint.url}/graphql"
        headers = {"Authorization": f"Bearer {self.endpoint.secret}", "Content-Type": "application/json"}
        variables = {
            "first": self.capabilities.page_size,
            "after": None,
            "updatedAfter": None if position.since is None else str(milliseconds(position.since)),
        }
        number, more = 1, True
        asked: set[str] = set()
        while more:
            body = orjson.dumps({"query": QUERY, "variables": variables})
            answer = await transport.post(url, body, headers=headers)
            document = answer.json()
            with agreed_envelope(url):
                if errors := document.get("errors"):
                    raise platform_error(url, errors[0].get("extensions", {}).get("code") or errors[0]["message"])
                found = document["data"]["projects"]
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
            yield RawPage(url, answer.fetched_at, answer.sha256, rows, total=total)
            variables["after"] = cursor
            number += 1
