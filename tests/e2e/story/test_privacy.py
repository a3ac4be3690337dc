"""Personal numbers go in and do not come out: not over HTTP, not in the logs, not in the database."""

import asyncio
import re
import signal
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson
import pytest
from aiohttp import web
from sqlalchemy import inspect, text

import gateway
from adapters.registry import regions
from adapters.sandbox.serve import platforms
from sync.database import Database

SAMPLES = [  # without subscriptions, which are asked for over another protocol
    path
    for path in sorted((Path(gateway.__file__).parent / "samples").glob("*.graphql"))
    if "\nsubscription" not in path.read_text("utf-8")
]
START = "mutation { startPull { started { code } } }"
DETECT = "mutation { startDetection { cases } }"
STATES = "{ pulls { nodes { status } } }"
SHAPE = """{ __schema { types { name possibleTypes { name } fields { name type { ...T ofType { ...T ofType { ...T ofType { ...T } } } } } } } }
fragment T on __Type { name kind }"""
QUARANTINE = """{ quarantine(first: 1000) { nodes { key locator firstSeenAt lastSeenAt problems {
  code place value zh en remedyZh remedyEn } } } pulls { nodes { id problems { code place value zh en remedyZh remedyEn } } } }"""


@dataclass(frozen=True)
class Aftermath:
    """What platforms sent, and what the hub showed, logged and kept of it."""

    sent: list[str]
    answers: list[str]
    logs: list[str]
    kept: list[str]


@pytest.fixture(scope="module")
def provinces(corpus, unpacked):
    """Five platforms on a loop of their own: where they are, and every body they sent."""
    ready, stop, places, sent = threading.Event(), threading.Event(), {}, []

    async def note(_, response) -> None:
        sent.append(unpacked(bytes(response.body)))

    async def run() -> None:
        runners = []
        for site in platforms(corpus):
            await asyncio.to_thread(site.warm)
            application = site.application()
            application.on_response_prepare.append(note)
            runners.append(web.AppRunner(application, access_log=None))
            await runners[-1].setup()
            await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
            host, port = runners[-1].addresses[0][:2]
            places[site.adapter.manifest.slug] = site.endpoint(f"http://{host}:{port}")
        ready.set()
        await asyncio.to_thread(stop.wait)
        for runner in runners:
            await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(run()), name="platforms")
    thread.start()
    assert ready.wait(30)
    yield places, sent
    stop.set()
    thread.join()


def wait_for(find, seconds: float = 60):
    """What `find` gives once it gives anything."""
    end = time.monotonic() + seconds
    while not (found := find()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def every_scalar(client: httpx.Client) -> str:
    """A query for every scalar field of every entry, its own type's and its parts' included."""
    shape = client.post("/graphql", json={"query": SHAPE}).json()["data"]["__schema"]["types"]
    types = {each["name"]: each for each in shape}

    def kind(field: dict) -> tuple[str, str]:
        found = field["type"]
        while found["kind"] in ("NON_NULL", "LIST"):
            found = found["ofType"]
        return found["name"], found["kind"]

    def below(name: str, above: tuple[str, ...]) -> str:
        lines = []
        for field in types[name]["fields"]:
            inner, sort = kind(field)
            if sort in ("SCALAR", "ENUM"):
                lines.append(field["name"])
            elif inner not in (*above, "Region", "Track", "Topic", "NationalTrack", "SubTopic"):
                lines.append(f"{field['name']} {{ {below(inner, (*above, inner))} }}")
        own = {field["name"] for field in types[name]["fields"]}
        for each in types[name]["possibleTypes"] or ():
            more = " ".join(f["name"] for f in types[each["name"]]["fields"] if f["name"] not in own)
            lines.append(f"... on {each['name']} {{ {more} }}")
        return " ".join(lines)

    return f"{{ entries(first: 1000) {{ edges {{ node {{ {below('Entry', ('Entry',))} }} }} }} }}"


def ask_everything(client: httpx.Client) -> list[str]:
    """Pull, detect, run the samples, ask for all; every answer."""

    def ask(document: str, variables: dict | None = None) -> str:
        answer = client.post("/graphql", json={"query": document, "variables": variables})
        assert "errors" not in answer.json()
        return orjson.dumps(answer.json()).decode()

    answers = [ask(START)]
    wait_for(lambda: ask(STATES).count("SUCCEEDED") == len(regions()))
    answers += [ask(DETECT), ask(every_scalar(client)), ask(QUARANTINE)]
    for path in SAMPLES:
        variables = path.with_suffix(".json")
        answers.append(
            ask(path.read_text("utf-8"), orjson.loads(variables.read_bytes()) if variables.exists() else None)
        )
    return answers


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def aftermath(request, provinces, dexhub, start_dexhub, tmp_path_factory) -> Aftermath:
    url = request.getfixturevalue(f"{request.param}_backend").new("empty")
    folder, (places, sent) = tmp_path_factory.mktemp(request.param), provinces
    environment = {"DEXHUB_DATABASE_URL": url, "DEXHUB_TOKEN_KEY": "k" * 64}
    environment["DEXHUB_LIMITS__COST"] = "1000000000"  # everything at once is more than any client may ask for
    for slug, place in places.items():
        name = f"DEXHUB_PLATFORMS__{slug.upper()}__"
        environment |= {f"{name}URL": place.url, f"{name}KEY_ID": place.key_id, f"{name}SECRET": place.secret}
    made = dexhub(folder, "keys", "create", "a", "--role", "NATIONAL", **environment)
    with ExitStack() as stack:
        log = folder / "serve.log"
        process = stack.enter_context(start_dexhub(folder, log, "serve", "--port", "0", **environment))
        port = wait_for(lambda: re.search(r"running on http://127\.0\.0\.1:(\d+)", log.read_text("utf-8")))[1]
        headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30, trust_env=False)
        answers = ask_everything(stack.enter_context(client))
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    with closing(Database(url)) as database, database.engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        kept = [str(tuple(row)) for table in tables for row in connection.execute(text(f'SELECT * FROM "{table}"'))]
    return Aftermath(sent, answers, [log.read_text("utf-8"), made.stderr], kept)


def test_every_personal_number_was_in_what_the_platforms_sent(aftermath, corpus, found_in) -> None:
    numbers = corpus.personal_numbers()
    assert found_in(numbers, aftermath.sent) == numbers


@pytest.mark.parametrize("place", ["answers", "logs", "kept"])
def test_no_personal_number_is_shown_logged_or_kept(aftermath, corpus, found_in, place) -> None:
    assert found_in(corpus.personal_numbers(), getattr(aftermath, place)) == set()


def test_no_full_name_is_shown_or_kept(aftermath, corpus) -> None:
    names = {f"'{one.name}'" for part in corpus.registrations.values() for made in part for one in made.people}
    text = "\n".join([*aftermath.kept, *aftermath.answers]).replace('"', "'")
    assert {name for name in names if len(name) > 4 and name in text} == set()


def test_what_was_searched_is_the_data_of_all_entries(aftermath, corpus) -> None:
    titles = {made.title for part in corpus.registrations.values() for made in part if made.flaw is None}
    answers, kept = ("\n".join(part) for part in (aftermath.answers, aftermath.kept))
    assert ({t for t in titles if t not in answers}, {t for t in titles if t not in kept}) == (set(), set())


def test_the_service_logged_at_its_finest_and_without_errors(aftermath) -> None:
    log = "".join(aftermath.logs)
    assert (" asyncio " in log, [word for word in ("Traceback", "ERROR", "unexpected error") if word in log]) == (
        True,
        [],
    )
