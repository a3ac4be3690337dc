"""`/tables/{what}.{xlsx|csv}`: what a page shows, as a file to take away; the same tables as `/export`, for a session."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from gateway.console import sessions
from gateway.console.answering import refuse, to_sign_in
from gateway.exports.route import table
from schema.errors import RequestError
from schema.key_scope import KeyScope

router = APIRouter(include_in_schema=False)


@router.get("/tables/{what}.{form}")
async def take_away(what: str, form: str, request: Request) -> Response:
    """By the filters that stand in the page's address; what orders and pages is the page's own business."""
    session = await sessions.of(request)
    if session is None:
        return to_sign_in(request)
    own = ("columns", "sort", "order", "after", "done")
    pairs = [(name, _moment(name, value)) for name, value in request.query_params.multi_items() if name not in own]
    try:
        session.viewer.require_scope(KeyScope.READ)
        return await table(request.app.state.hub, session.viewer, what, form, [each for each in pairs if each[1]])
    except RequestError as error:
        return refuse(request, session, [each.as_dict() for each in error.problems], error.status)


def _moment(name: str, value: str) -> str:
    """A day of the page's filter as the moment it begins in Beijing."""
    return f"{value}T00:00:00+08:00" if name.startswith("submitted") and len(value) == 10 else value
