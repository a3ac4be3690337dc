"""`dexhub serve`, by itself: a worker that answers needs nothing of what other commands do."""

import os
from typing import Annotated, Final

import typer
import uvicorn

from gateway import observing
from gateway.app import create_app
from gateway.cli.opening import open_hub
from gateway.serving import configured

SERVE: Final = "启动服务 / Serve GraphQL over HTTP"


def serve(
    host: Annotated[str, typer.Option(help="监听地址 / Address")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 / Port")] = 8000,
) -> None:
    """Behind a proxy that ends TLS; on loopback unless told otherwise."""
    observing.configure(os.environ.get("DEXHUB_LOG", "INFO"))
    with open_hub() as hub:
        uvicorn.Server(configured(create_app(hub), hub.settings.limits, host=host, port=port)).run()
