"""How fast the console is with 25,000 entries: HTML of its pages, but for a look at chosen cases and the check of the whole
record; the first view in a browser that has nothing yet; bytes of JavaScript: `python tests/benchmark/console.py [TOTAL] [DATABASE]`.

The hub and whoever asks share one process. Its processor time is printed beside the wall time, the asker's small part in it:
where others work too, it is the one to compare. DATABASE, a file, is filled where it does not exist and used again where it does.
"""

import asyncio
import contextlib
import re
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import uvicorn
from playwright.sync_api import sync_playwright
from pydantic import SecretStr

from adapters.registry import regions
from adapters.sandbox.serve import corpus, even_sizes, platforms, serving
from gateway.app import create_app
from gateway.auth import create_key
from gateway.console import assets, sessions
from gateway.console.registry import PAGES
from gateway.hub import Hub
from gateway.serving import configured
from schema.list_life import ListAct
from schema.vocabulary import EligibilityStatus, EntryStatus, Role, Stage
from sync import migrate
from sync.database import Database
from sync.detector import detect
from sync.eligibility import evaluate_pending
from sync.lists import Confirmation, ListItem
from sync.lists.acts import Request as MoveRequest
from sync.lists.acts import move
from sync.lists.submission import Push, submit
from sync.pull import Puller
from sync.repository.browse import EntryBrowser
from sync.repository.entry_filter import EntryFilter
from sync.scope import EVERYTHING, Scope
from sync.settings import PlatformSettings, Settings

TIMES = 15
VIEWS = 5
KEY = SecretStr("b" * 64)
_SOUND = [EligibilityStatus.ELIGIBLE, EligibilityStatus.UNDETERMINED]  # whoever breaks a clause stands on no list
WANTED = {"Accept": "text/html", "Accept-Encoding": "gzip"}


async def _pull(database: Database, total: int) -> None:
    async with serving(platforms(corpus(even_sizes(total), seed=7))) as endpoints:
        known = {
            slug: PlatformSettings(url=e.url, key_id=e.key_id, secret=SecretStr(e.secret))
            for slug, e in endpoints.items()
        }
        settings = Settings(token_key=KEY, platforms=known)
        await Puller(database, settings, settings.tokeniser()).pull_all(list(regions().values()), "benchmark")


def fill(database: Database, total: int) -> None:
    """Entries, verdicts, cases, and of each region a list of its winners."""
    migrate.upgrade(database)
    asyncio.run(_pull(database, total))
    detect(database)
    evaluate_pending(database, datetime.now(UTC))
    for code in regions():
        with database.read() as session:
            rows = EntryBrowser(session, Scope(code)).all(
                EntryFilter(stages=[Stage.AWARDED], statuses=[EntryStatus.ACTIVE], standings=_SOUND)
            )[:28]
        listed = [ListItem(rank, row.id, row.national_track or "N14") for rank, row in enumerate(rows, start=1)]
        done = submit(database, Push(code, listed, [Confirmation("benchmark")]), "benchmark", dry_run=False)
        assert done.sealed, (code, [(each.code, each.item) for each in done.findings][:5])
        for act in (ListAct.CHECK, ListAct.ACCEPT):
            move(database, EVERYTHING, MoveRequest(done.sealed.receipt, act), actor="benchmark", now=datetime.now(UTC))


@contextlib.contextmanager
def served(database: Database) -> Iterator[str]:
    """The application on loopback; its address."""
    hub = Hub(Settings(token_key=KEY), database)
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(configured(create_app(hub), hub.settings.limits))
    thread = threading.Thread(target=lambda: server.run([listening]))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def paths(client: httpx.Client) -> list[str]:
    """Every page of the registry, with the first entry, case and list in the place of numbers."""
    first = {
        place: re.search(rf'href="{place}/([A-Z0-9][^"?/]+)"', client.get(place).text)
        for place in ("/entries", "/cases", "/recommendations")
    }
    found = []
    for page in PAGES:
        head = "/" + page.path.split("/")[1]
        known = first.get(head)
        number = known[1] if known else "ORGANISERS"
        if page.path not in ("/cases/preview", "/system/verify") and (
            "{" not in page.path or known or head == "/registers"
        ):
            found.append(re.sub(r"\{\w+\}", number, page.path))
    return found


def main(total: int, path: Path) -> None:
    """Measure and print."""
    made = not path.exists()
    database = Database(f"sqlite:///{path}")
    if made:
        fill(database, total)
    migrate.upgrade(database)
    key = create_key(database, "benchmark", Role.NATIONAL)
    with served(database) as url, httpx.Client(base_url=url, trust_env=False, timeout=60, headers=WANTED) as client:
        page = client.get("/sign-in").text
        token = re.search(r'name="token" value="([^"]+)"', page)
        client.post("/sign-in", data={"token": token[1] if token else "", "key": key, "next": "/"})
        print("page                                     median ms   CPU ms   bytes on the wire")
        medians = [_page(client, each) for each in paths(client)]
        print(f"slowest page {max(medians):.0f} ms   median of pages {statistics.median(medians):.0f} ms")
        _views(url, client.cookies[sessions.COOKIE])
    sizes = {name: assets.compressed_size(name) for name in ("htmx.min.js", "console.js", "echarts.min.js")}
    print(f"JavaScript compressed: {sizes}, {sum(sizes.values()):,} bytes together")
    database.close()


def _page(client: httpx.Client, path: str) -> float:
    client.get(path)
    walls, size, own = [], 0, time.process_time()
    for _ in range(TIMES):
        start = time.perf_counter()
        answer = client.get(path)
        walls.append(1000 * (time.perf_counter() - start))
        size = int(answer.headers.get("Content-Length", 0))
        assert answer.status_code == 200, (path, answer.status_code)
    own = 1000 * (time.process_time() - own) / TIMES
    print(f"{path:40} {statistics.median(walls):9.1f} {own:8.1f} {size:9,}")
    return statistics.median(walls)


def _views(url: str, cookie: str) -> None:
    """From the first byte asked for to the load event, charts drawn, each time in a browser that has nothing yet."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for path in ("/", "/entries", "/cases", "/roster"):
            loads = []
            for _ in range(VIEWS):
                context = browser.new_context(viewport={"width": 1280, "height": 720})
                context.add_cookies([{"name": sessions.COOKIE, "value": cookie, "url": url}])
                view = context.new_page()
                view.goto(url + path)
                view.wait_for_load_state("load")
                loads.append(view.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))
                context.close()
            print(f"first view of {path:12} {statistics.median(loads):7.0f} ms, cold cache, median of {VIEWS}")
        browser.close()


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 25_000
    if len(sys.argv) > 2:
        main(size, Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(size, Path(folder, "console.sqlite3"))
