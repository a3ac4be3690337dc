"""Messages to regions: signed as the Standard Webhooks library reads them, tried again, never sent to a private address."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from pydantic import SecretStr
from standardwebhooks import Webhook

from sync import outbox
from sync.database import Database
from sync.repository.messages import MessageStore
from sync.scope import EVERYTHING
from sync.settings import Settings, WebhookSettings
from sync.tables import MessageRow

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NOW = datetime.now(UTC).replace(microsecond=0)


class Receiver:
    """A region's server: what it got, and what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[bytes, dict[str, str]]] = []
        self.answer = 204
        self.url = ""
        self.woken = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        if request.path == "/silent":
            await self.woken.wait()
        self.woken.set()
        self.got.append((await request.read(), dict(request.headers)))
        return web.Response(status=self.answer, headers={"Location": "/elsewhere"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


@pytest.fixture
def message(database: Database) -> MessageRow:
    row = MessageRow(
        id="msg_1", region="41", kind="list.accept", receipt="TJ-41-001-AAAAAAAA", zh="已被接受", en="accepted",
        payload='{"type":"list.accept"}', created_at=NOW, delivery="PENDING", next_attempt_at=NOW,
    )  # fmt: skip
    with database.write() as session:
        MessageStore(session, EVERYTHING).add(row)
    return row


@pytest.fixture
def configured(receiver) -> Callable[..., Settings]:
    def make(*, allow_private: bool = True, url: str | None = None, secret: str = SECRET) -> Settings:
        hook = WebhookSettings(url=url or receiver.url, secret=SecretStr(secret), allow_private=allow_private)
        return Settings(webhooks={"henan": hook})

    return make


def stored(database: Database) -> MessageRow:
    with database.read() as session:
        (row,) = MessageStore(session, EVERYTHING).all()
    return row


async def test_a_message_is_signed_as_the_standard_has_it(database, message, receiver, configured) -> None:
    await outbox.send_due(database, configured(), datetime.now(UTC))  # the library refuses what is five minutes old
    body, headers = receiver.got[0]
    assert Webhook(SECRET).verify(body, {name.lower(): value for name, value in headers.items()}) == {
        "type": "list.accept"
    }


async def test_what_arrived_is_not_sent_again(database, message, receiver, configured) -> None:
    for _ in range(2):
        await outbox.send_due(database, configured(), NOW)
    assert (len(receiver.got), stored(database).delivery) == (1, "DELIVERED")


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
async def test_what_was_not_taken_is_tried_again_later(database, message, receiver, configured, status) -> None:
    receiver.answer = status
    await outbox.send_due(database, configured(), NOW)
    row = stored(database)
    assert (row.delivery, row.attempts, row.next_attempt_at) == ("PENDING", 1, NOW + outbox.PAUSES[0])


async def test_attempts_are_given_up_after_the_last_pause(database, message, receiver, configured) -> None:
    receiver.answer, moment = 500, NOW
    for _ in range(30):
        await outbox.send_due(database, configured(), moment)
        moment = stored(database).next_attempt_at or moment
    assert (len(receiver.got), stored(database).delivery) == (len(outbox.PAUSES) + 1, "FAILED")


async def test_every_attempt_has_the_same_id_and_its_own_time(database, message, receiver, configured) -> None:
    receiver.answer = 500
    for moment in (NOW, NOW + timedelta(hours=1)):
        await outbox.send_due(database, configured(), moment)
    told = [(h["webhook-id"], int(h["webhook-timestamp"])) for _, h in receiver.got]
    assert told == [("msg_1", int(NOW.timestamp())), ("msg_1", int(NOW.timestamp()) + 3600)]


async def test_a_receiver_that_wants_no_more_is_left_alone(database, message, receiver, configured) -> None:
    receiver.answer = 410
    await outbox.send_due(database, configured(), NOW)
    assert stored(database).delivery == "FAILED"


async def test_a_message_that_was_given_up_is_sent_again_when_somebody_says_so(
    database, message, receiver, configured
) -> None:
    receiver.answer = 410
    await outbox.send_due(database, configured(), NOW)
    receiver.answer = 200
    outbox.resend(database, ["msg_1"], NOW)
    await outbox.send_due(database, configured(), NOW)
    assert (len(receiver.got), stored(database).delivery) == (2, "DELIVERED")


async def test_a_region_without_a_webhook_has_its_inbox(database, message) -> None:
    report = await outbox.send_due(database, Settings(), NOW)
    assert (report.inbox_only, stored(database).delivery) == (1, "INBOX")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.1.2.3", "169.254.169.254", "0.0.0.0"])  # fmt: skip
async def test_nothing_is_sent_to_an_address_that_is_not_public(database, message, receiver, configured, host) -> None:
    url = receiver.url.replace("127.0.0.1", host)
    await outbox.send_due(database, configured(allow_private=False, url=url), NOW)
    assert (receiver.got, stored(database).delivery, "公网" in (stored(database).fault or "")) == ([], "PENDING", True)


@pytest.mark.parametrize("secret", ["", "whsec_short", "no Base64!"])
async def test_a_secret_that_cannot_sign_is_told_and_nothing_is_sent(
    database, message, receiver, configured, secret
) -> None:
    await outbox.send_due(database, configured(secret=secret), NOW)
    assert (receiver.got, "Webhook 密钥" in (stored(database).fault or "")) == ([], True)


async def test_a_server_that_says_nothing_keeps_no_other_region_waiting(database, message, receiver) -> None:
    earlier = {**message.model_dump(), "id": "msg_0", "region": "13", "next_attempt_at": NOW - timedelta(hours=1)}
    with database.write() as session:
        MessageStore(session, EVERYTHING).add(MessageRow(**earlier))
    urls = {"hebei": receiver.url.replace("/hook", "/silent"), "henan": receiver.url}
    hooks = {slug: WebhookSettings(url=url, secret=SecretStr(SECRET), allow_private=True) for slug, url in urls.items()}
    report = await outbox.send_due(database, Settings(webhooks=hooks), NOW)
    assert (sorted(headers["webhook-id"] for _, headers in receiver.got), report.delivered) == (["msg_0", "msg_1"], 2)


async def test_a_server_that_is_not_there_is_tried_again(database, message, configured) -> None:
    await outbox.send_due(database, configured(url="http://127.0.0.1:9/hook"), NOW)
    assert (stored(database).delivery, stored(database).attempts) == ("PENDING", 1)
