"""The simulated platforms are served as long as they are asked, and leave nothing behind."""

import asyncio
import gc
import socket
import warnings
from urllib.parse import urlsplit

import pytest

from adapters.sandbox.serve import corpus, even_sizes, platforms, serving


@pytest.fixture(scope="module")
def site():
    return platforms(corpus(even_sizes(5), seed=1))[:1]


@pytest.mark.parametrize("turns", range(8))
def test_a_connection_that_comes_as_a_platform_stops_is_closed(site, turns) -> None:
    async def connect() -> socket.socket:
        async with serving(site) as endpoints:
            (endpoint,) = endpoints.values()
            address = urlsplit(endpoint.url)
            made = socket.create_connection((address.hostname, address.port))
            for _ in range(turns):
                await asyncio.sleep(0)
        return made

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        asyncio.run(connect()).close()
        gc.collect()
    assert [str(each.message) for each in found] == []
