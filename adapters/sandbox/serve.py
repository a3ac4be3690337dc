"""Serves the simulated platforms of all regions, each on a port of its own, as real HTTP servers on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from aiohttp import web

from adapters import registry
from adapters.sandbox.corpus import generate
from adapters.sandbox.platform import Platform
from adapters.sandbox.registrations import Corpus
from adapters.transport import Endpoint

_ACCEPTING: Final = 5  # turns of the loop: more than asyncio takes from accepting to its server's knowing of it


def corpus(sizes: Mapping[str, int], seed: int) -> Corpus:
    """The corpus of these sizes (by slug) and this seed."""
    profiles = [
        registry.sandbox(adapter.manifest.slug).SandboxPlatform.profile(adapter)
        for adapter in registry.regions().values()
        if adapter.manifest.slug in sizes
    ]
    return generate(profiles, sizes, seed)


def even_sizes(total: int) -> dict[str, int]:
    """`total` entries spread evenly over all regions, the first ones taking what is left over."""
    slugs = [adapter.manifest.slug for adapter in registry.regions().values()]
    share, rest = divmod(total, len(slugs))
    return {slug: share + (index < rest) for index, slug in enumerate(slugs)}


def platforms(content: Corpus, seed: int = 0) -> list[Platform]:
    """One platform a region, holding its part of the corpus."""
    return [
        registry.sandbox(adapter.manifest.slug).SandboxPlatform(
            adapter, content.registrations[adapter.manifest.slug], seed
        )
        for adapter in registry.regions().values()
        if adapter.manifest.slug in content.registrations
    ]


@asynccontextmanager
async def serving(sites: Sequence[Platform], first_port: int = 0) -> AsyncIterator[dict[str, Endpoint]]:
    """Serve `sites` while the context lasts; their endpoints by slug. Port 0 takes any that is free."""
    async with AsyncExitStack() as stack:
        endpoints: dict[str, Endpoint] = {}
        for index, site in enumerate(sites):
            await asyncio.to_thread(site.warm)
            runner = web.AppRunner(site.application(), access_log=None, handler_cancellation=True)
            await runner.setup()
            listening = socket.create_server(("127.0.0.1", first_port + index if first_port else 0))
            stack.push_async_callback(_end, runner, listening)
            await web.SockSite(runner, listening).start()
            host, port = listening.getsockname()
            endpoints[site.adapter.manifest.slug] = site.endpoint(f"http://{host}:{port}")
        yield endpoints


async def _end(runner: web.AppRunner, listening: socket.socket) -> None:
    """Accept nothing more, and clean up once what was accepted just before is known to the server, or it would never be closed."""
    asyncio.get_running_loop().remove_reader(listening)
    for _ in range(_ACCEPTING):
        await asyncio.sleep(0)
    await runner.cleanup()
    listening.close()
