"""A browser before the console: Debian's Chromium, one a worker, a context of its own for each visit.

Whatever a test is about, its visits must ask no other host for anything and leave no error in the browser's console.
Playwright keeps a loop running in the thread it is used in, where no other test could run one; so it has a thread of its own,
and so have the bodies of the tests that visit.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import text

from adapters.registry import regions
from gateway.auth import create_key
from gateway.console import sessions
from schema.vocabulary import Role
from sync.database import Database
from sync.objections import Filing, file
from sync.repository.console import ConsoleStore
from sync.repository.guard_stops import GuardStopStore
from sync.scope import EVERYTHING
from sync.tables import ConsoleSessionRow, GuardStopRow

PROBE: Final = '"><script>window.struck=1</script><img src=x onerror="window.struck=2">'
_FOR_DOCS: Final = os.environ.get("DEXHUB_SCREENSHOTS")  # where pictures are kept whole; else what fits the window is
SCREENSHOTS: Final = Path(_FOR_DOCS or "var/screenshots")
# One process for all visits: beginning one for each costs more than what most tests look at.
_FRUGAL: Final = ["--no-sandbox", "--disable-gpu", "--disable-site-isolation-trials", "--renderer-process-limit=1"]
_WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_AXE: Final = (Path(__file__).parent / "axe.min.js").read_text("utf-8")
expect.set_options(timeout=20_000)  # a busy machine is no page that is wrong
_OWNED: Final = {"NATIONAL": (Role.NATIONAL, None), "REGION": (Role.REGION, "41"), "JOB": (Role.JOB, None)}
_CASES: Final = "{ duplicateCases(statuses: [OPEN], last: 1) { nodes { id } } }"


@pytest.fixture(scope="session")
def browsing() -> Iterator[ThreadPoolExecutor]:
    """The thread of all visits."""
    with ThreadPoolExecutor(1, "browser") as thread:
        yield thread


@pytest.fixture(scope="session")
def browser(browsing: ThreadPoolExecutor) -> Iterator[Browser]:
    playwright = browsing.submit(sync_playwright().start).result()
    start = playwright.chromium.launch
    made = browsing.submit(start, executable_path=shutil.which("chromium"), args=_FRUGAL).result()
    yield made
    browsing.submit(made.close).result()
    browsing.submit(playwright.stop).result()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run the body of a test that visits in the browser's thread."""
    if "visit" not in pyfuncitem.fixturenames:
        return None
    given = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    thread: ThreadPoolExecutor = pyfuncitem.funcargs["browsing"]
    thread.submit(pyfuncitem.obj, **given).result()
    return True


class Visitor:
    """Somebody before a browser: `page` is what they look at. `errors` and `foreign` stay empty, or the test fails."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.refusals = 0  # answers that are an error for the browser and meant so
        context.on("request", self._asked)
        context.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda said: self.errors.append(str(said.error)))
        self.page: Page = context.new_page()

    def _asked(self, request: Any) -> None:
        if request.url.startswith("http") and urlsplit(request.url).netloc != urlsplit(self.url).netloc:
            self.foreign.append(request.url)

    def open(self, path: str) -> Page:
        """Go to a page of the console."""
        self.page.goto(self.url + path)
        return self.page

    def done(self) -> str:
        """Wait for what is said of an act; why not, where it was refused."""
        self.page.locator(".said, .problems, .receipt").first.wait_for()
        assert [each.inner_text() for each in self.page.locator(".problems li").all()] == []
        return self.page.locator(".said, .receipt").first.inner_text()

    def expects_refusals(self) -> None:
        """What the server refuses here is meant to be refused; the browser calls it an error all the same."""
        self.refusals = 1

    def faults(self) -> list[str]:
        """What axe-core finds of serious or critical faults against WCAG 2.2 AA."""
        self.page.evaluate(_AXE)
        found = self.page.evaluate(
            "async tags => (await axe.run(document, {resultTypes: ['violations'], runOnly: tags, elementRef: true})).violations"
            ".filter(each => ['serious', 'critical'].includes(each.impact))"
            ".map(each => each.id + ': ' + each.nodes.map(node => node.html).join(' '))",
            _WCAG,
        )
        return list(found)

    def picture(self, name: str) -> None:
        """The page, kept; of a long one the beginning."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        if not _FOR_DOCS:
            self.page.screenshot(path=SCREENSHOTS / f"{name}.png")
            return
        wide, high = self.page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
        part = {"x": 0, "y": 0, "width": wide, "height": min(high, 1400)}
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, clip=part)


@pytest.fixture(scope="session")
def _stayed() -> dict[tuple[str, str | None], Visitor]:
    """Visitors who look at one page after another, with what their browser has kept."""
    return {}


@pytest.fixture
def visit(
    browser: Browser, browsing: ThreadPoolExecutor, _stayed: dict[tuple[str, str | None], Visitor]
) -> Iterator[Callable[..., Visitor]]:
    """Come to a service as NATIONAL, REGION (Henan's), JOB, or as nobody; `stays` is for tests that only look at pages, and
    takes up the browser of the one before.
    """
    visitors: list[Visitor] = []

    def come(service: Any, role: str | None = None, *, stays: bool = False, **more: Any) -> Visitor:
        if stays and (service.url, role) in _stayed:
            visitors.append(_stayed[service.url, role])
            return visitors[-1]
        context = browser.new_context(
            **{"locale": "zh-CN", "viewport": {"width": 1280, "height": 720}, "reduced_motion": "reduce", **more}
        )
        context.set_default_timeout(20_000)
        if role is not None:
            context.add_cookies([{"name": sessions.COOKIE, "value": cookie_of(service, role), "url": service.url}])
        visitors.append(Visitor(context, service.url))
        if stays:
            _stayed[service.url, role] = visitors[-1]
        return visitors[-1]

    yield come
    foreign = [url for each in visitors for url in each.foreign]
    errors = [said for each in visitors for said in each.errors if not (each.refusals and "status of 4" in said)]
    for each in visitors:
        each.foreign, each.errors = [], []
        if each not in _stayed.values():
            browsing.submit(each.context.close).result()
    assert (foreign, errors) == ([], [])


def cookie_of(service: Any, role: str) -> str:
    """A session of this role, as signing in begins it."""
    kind, region = _OWNED[role]
    key = create_key(service.hub.database, f"{role} {region or ''}".strip(), kind, region)
    cookie, now = f"{role}-{key}", service.hub.now()
    row = ConsoleSessionRow(
        digest=sessions._digest(cookie), key_prefix=key.split("_")[1], name=role, role=kind, region=region,
        form_key=key, remembered={}, created_at=now, seen_at=now,
    )  # fmt: skip
    with service.hub.database.write() as session:
        ConsoleStore(session).add(row)
    return cookie


@pytest.fixture(name="cookie_of")
def cookie_of_() -> Callable[[Any, str], str]:
    return cookie_of


def strike(database: Database) -> None:
    """Let provinces send what would run in a browser that took text for anything else."""
    with database.write() as session:
        for column in ("title", "summary", "team_name"):
            session.execute(
                text(f"UPDATE entry SET {column} = {column} || :probe WHERE id LIKE '%7'"), {"probe": PROBE}
            )
        session.execute(
            text("UPDATE entry_organisation SET name = name || :probe WHERE entry_id LIKE '%7'"), {"probe": PROBE}
        )
        session.execute(text("UPDATE quarantine SET key = key || :probe"), {"probe": PROBE})


def stop_of(code: str) -> GuardStopRow:
    return GuardStopRow(
        run_id=f"stop-of-{code}", region=code, stopped_at=datetime.now(UTC), kind="deletions", number=9, bound=3,
        entries=30, difference=[{"entry": f"{code}:gone", "before": f"名称{PROBE}", "after": None}],
    )  # fmt: skip


@pytest.fixture
def furnished(reading: Callable[..., Any], items: Callable[..., Any]) -> Any:
    """To look at: probes in what provinces sent, lists accepted and laid open, a case decided, an objection, guard stops."""

    def furnish(service: Any) -> None:
        strike(service.hub.database)
        for code in regions():
            receipt = service.accepted(service.national, code, items(code))
            if code != "41":
                continue
            window = service.published(receipt, datetime.now(UTC) + timedelta(days=7))
            said = Filing(
                window,
                1,
                '欧阳明德"><img src=x onerror=window.struck=3>',
                "ouyang@example.org",
                f"雷同{PROBE}",
                ("https://example.org/1",),
            )
            file(service.hub.database, said, filed_by="public", now=datetime.now(UTC))
        with service.hub.database.write() as session:
            GuardStopStore(session, EVERYTHING).add(stop_of("41"))
        (case,) = service.national.ask(_CASES)["duplicateCases"]["nodes"]
        assert service.decide(caseId=case["id"], decision="DISMISSED", reason=f"已电话核实{PROBE}")["problems"] == []

    return reading("sqlite", furnish)
