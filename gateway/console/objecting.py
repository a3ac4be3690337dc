"""`POST /publicity/{window}/object`: an objection by the form of the public page; what it may be is `sync.objections`' to say."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from gateway.console import forms, sessions
from gateway.console.answering import menu_of, refuse
from gateway.console.page import storable
from gateway.console.rendering import address, render
from gateway.hub import Hub
from schema.errors import RequestError
from sync import objections
from sync.objections import Filing
from sync.repository.audit import AuditStore

router = APIRouter(include_in_schema=False)


@router.post("/publicity/{window}/object")
async def object_to(window: str, request: Request) -> Response:
    """By anybody; the number to keep."""
    session = await sessions.of(request)
    hub: Hub = request.app.state.hub
    key = session.form_key if session else request.cookies.get(forms.VISITOR, "")
    try:
        form = await forms.read(request, key)
        evidence = tuple(line.strip() for line in forms.text(form, "evidence").splitlines() if line.strip())
        objector, contact, grounds = (forms.text(form, name) for name in ("objector", "contact", "grounds"))
        filing = Filing(storable(window), forms.whole_number(form, "rank"), objector, contact, grounds, evidence)
        await forms.once(hub, form)
        row = await asyncio.to_thread(
            objections.file, hub.database, filing, filed_by=session.viewer.name if session else "public", now=hub.now()
        )
    except forms.Repeated:
        return RedirectResponse(address("/publicity", done="repeated"), 303)
    except RequestError as error:
        return refuse(request, session, [each.as_dict() for each in error.problems], error.status)

    def newest_seal() -> str:
        with hub.database.read() as opened:
            return str(AuditStore(opened).newest_seal() or "")

    seal = await asyncio.to_thread(newest_seal)
    return render(request, "objected", session=session, menu=menu_of(session), objection=row, seal=seal, status=201)
