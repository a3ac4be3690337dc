"""The limit: the SQL of the read model, its rows as JSON, and nothing about them. A bare ASGI application."""

import asyncio
import os
import threading
from typing import Any
from urllib.parse import parse_qs

import orjson
import psycopg
from psycopg.rows import dict_row

COLUMNS = """id, title, stage, status, award, score, submitted_at, region, counted_track, team_name, organisations, representatives"""
EVERYTHING = f"""{COLUMNS}, native_id, summary, city, match, updated_at, declared_track, warnings, source_url, source_sha256,
    source_locator"""
SQL = {
    "page": f"""SELECT {COLUMNS} FROM entry WHERE region = %(region)s AND counted_track = %(track)s
        ORDER BY submitted_at DESC, id DESC LIMIT %(first)s""",
    "all": f"SELECT {COLUMNS} FROM entry ORDER BY submitted_at DESC, id DESC LIMIT %(first)s",
    "count": "SELECT count(*) FROM entry WHERE region = %(region)s AND counted_track = %(track)s",
    "whole": "SELECT count(*) FROM entry",
    "one": f"SELECT {EVERYTHING} FROM entry WHERE id = %(id)s",
    "statistics": """SELECT e.region, e.counted_track, e.stage, count(*) AS entries,
        count(DISTINCT o.organisation_key) AS organisations FROM entry e
        JOIN entry_organisation o ON o.entry_id = e.id AND o.position = 0 GROUP BY 1, 2, 3 ORDER BY 4 DESC""",
}
ASKED = {"Q1": ("page", "count"), "Q2": ("all", "whole"), "Q3": ("statistics",), "Q4": ("one",)}
of_thread = threading.local()


def _answer(names: tuple[str, ...], values: dict[str, Any]) -> bytes:
    if not hasattr(of_thread, "connection"):
        of_thread.connection = psycopg.connect(os.environ["LIMIT_DATABASE"], autocommit=True, row_factory=dict_row)
    return orjson.dumps([of_thread.connection.execute(SQL[name], values).fetchall() for name in names], default=str)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """`/Q1?region=…&track=…&first=…` and so on."""
    if scope["type"] != "http":
        return
    values = {name: each[0] for name, each in parse_qs(scope["query_string"].decode()).items()}
    body = await asyncio.to_thread(_answer, ASKED[scope["path"].strip("/")], values)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})
