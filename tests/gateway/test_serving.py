"""What goes over a connection, and when."""

import asyncio
import socket
from urllib.parse import urlsplit

import uvloop

from gateway.serving import Together


def test_an_answer_comes_in_one_piece(service) -> None:
    where = urlsplit(service.url)
    with socket.create_connection((where.hostname, where.port), timeout=30) as line:
        line.sendall(b"GET /health/live HTTP/1.1\r\nHost: hub\r\n\r\n")
        head, _, body = line.recv(1 << 16).partition(b"\r\n\r\n")
    assert (head.partition(b"\r\n")[0], body) == (b"HTTP/1.1 200 OK", b'{"status":"ok"}')


def over_a_connection(use) -> tuple[bytes, list[str]]:
    """What arrives at the other end of a connection that was used so, and what went wrong behind its back."""
    failed: list[str] = []

    async def run() -> bytes:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, told: failed.append(told["message"]))
        ours, theirs = socket.socketpair()
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=ours)
        reader, writer = await asyncio.open_connection(sock=theirs)
        use(Together(transport, loop), transport)
        arrived = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        await writer.wait_closed()
        return arrived

    return uvloop.run(run()), failed


def test_what_is_written_is_sent_before_a_connection_is_closed() -> None:
    def use(together: Together, _: asyncio.Transport) -> None:
        together.write(b"head ")
        together.write(b"body")
        together.close()

    assert over_a_connection(use) == (b"head body", [])


def test_what_waits_for_a_connection_that_is_lost_is_dropped() -> None:
    def use(together: Together, transport: asyncio.Transport) -> None:
        together.write(b"late")
        transport.abort()

    assert over_a_connection(use) == (b"", [])
