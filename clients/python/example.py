"""Who is in doubt, and what happens next: lists the open duplicate cases, then waits for news of cases until Ctrl-C.

Usage: python example.py http://127.0.0.1:8000 KEY
"""

import asyncio
import sys

from dexhub_client import Dexhub


def client(url: str, key: str) -> Dexhub:
    """A client of the hub at `url` under this key, for queries, mutations and subscriptions."""
    authorization = {"Authorization": f"Bearer {key}"}
    return Dexhub(
        url=f"{url}/graphql",
        headers=authorization,
        ws_url=f"{url.replace('http', 'ws', 1)}/graphql",
        ws_headers=authorization,
    )


async def main(url: str, key: str) -> None:
    """Where the record of changes stands is asked first, so that nothing between the list and the news is missed."""
    async with client(url, key) as dexhub:
        cursor = (await dexhub.change_cursor()).change_cursor
        for case in (await dexhub.open_cases()).duplicate_cases.nodes:
            print(
                case.id,
                case.kind.value,
                case.score,
                " | ".join(f"{each.region.name} {each.title}" for each in case.entries),
            )
        async for news in dexhub.case_changes(after=cursor):
            print(news.case_changed.cursor, news.case_changed.change.value, news.case_changed.case.id)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
