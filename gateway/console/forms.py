"""What comes from a form: its token first, then its fields, strictly.

A token is a number and its signature under the session's own key: another site's page cannot make one, and it serves once.
A visitor has no session; their forms are signed under a cookie of chance, which another site's page can neither read nor set.
"""

import asyncio
import hmac
import secrets
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from gateway.console.page import storable
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from sync.repository.console import ConsoleStore
from sync.workbooks.kinds import MOST_BYTES

TOKEN: Final = "token"  # noqa: S105  the name of a field
VISITOR: Final = "dexhub_visitor"
_MOST_FIELDS: Final = 1_000


class Repeated(Exception):  # noqa: N818  no fault: what was asked was done
    """A form that was handed in before, by a double click or the browser's Back."""


def token(key: str) -> str:
    """For one form of the session with this key."""
    number = secrets.token_hex(12)
    return f"{number}.{_signature(key, number)}"


async def read(request: Request, key: str) -> FormData:
    """The fields of a form of the session with this key; RequestError where it is none of its own."""
    if int(request.headers.get("Content-Length", "0") or 0) > MOST_BYTES + (64 << 10):
        raise RequestError(_too_large(), status=413)
    try:
        form = await request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=MOST_BYTES)
    except (MultiPartException, HTTPException):
        raise RequestError(_stale(), status=400) from None
    number, _, signature = text(form, TOKEN).partition(".")
    if not key or not hmac.compare_digest(signature.encode(), _signature(key, number).encode()):
        await form.close()
        raise RequestError(_stale(), status=403)
    return form


async def once(hub: Hub, form: FormData) -> None:
    """Note that a form is handed in; Repeated where it was before."""
    number = text(form, TOKEN).partition(".")[0]

    def use() -> bool:
        with hub.database.write() as session:
            return ConsoleStore(session).use(number, secrets.token_hex(16), hub.now())

    if not await asyncio.to_thread(use):
        raise Repeated


def text(form: FormData, name: str) -> str:
    """One field's text, without white space at its ends; empty where it is missing."""
    value = form.get(name)
    return storable(value).strip() if isinstance(value, str) else ""


def texts(form: FormData, name: str) -> list[str]:
    """All values of one field."""
    found = (storable(value).strip() for value in form.getlist(name) if isinstance(value, str))
    return [text for text in found if text]


async def file(form: FormData, name: str) -> bytes:
    """An uploaded file; RequestError where none was chosen."""
    value = form.get(name)
    content = b""
    if isinstance(value, UploadFile):
        content = await value.read()
        await value.close()
    if not content:
        raise RequestError(
            Problem("FILE_MISSING", name, "没有选择文件", "no file was chosen", None,
                    "选择一个 .xlsx、.xls、.csv 或 .json 文件", "choose a .xlsx, .xls, .csv or .json file"),
            status=422,
        )  # fmt: skip
    return content


def whole_number(form: FormData, name: str) -> int:
    """One field as a number; RequestError where it is none."""
    value = text(form, name)
    if not value.isdecimal() or len(value) > 9:
        raise RequestError(
            Problem("NUMBER_INVALID", name, "不是整数", "not a whole number", value[:40], "填写数字", "give a number"),
            status=422,
        )
    return int(value)


def _signature(key: str, number: str) -> str:
    return hmac.digest(key.encode(), number.encode(), "sha256").hex()


def _stale() -> Problem:
    return Problem(
        "FORM_STALE", TOKEN, "页面已过期，未作任何改动", "the page has gone stale; nothing was done", None,
        "返回并刷新页面后重新提交", "go back, load the page again and hand it in once more",
    )  # fmt: skip


def _too_large() -> Problem:
    return Problem(
        "BODY_INVALID", "file", "文件过大", "the file is too large", None,
        f"至多 {MOST_BYTES >> 20} MB", f"at most {MOST_BYTES >> 20} MB",
    )  # fmt: skip
