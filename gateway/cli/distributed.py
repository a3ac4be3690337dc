"""`dexhub subgraph` and `dexhub supergraph`: the hub in several processes behind a router."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from adapters.registry import region_named, regions
from gateway import composition, subgraph
from gateway.cli.console import FOUND_PROBLEMS, err, out, print_problems
from gateway.cli.opening import open_hub
from gateway.schema import REGISTRY
from schema.errors import Problem, RequestError
from sync.settings import Settings

cli = typer.Typer(no_args_is_help=True, help="联邦总图 / The supergraph of the distributed form")


@cli.callback()
def group() -> None:
    """Keeps `compose` a command of its own: a group of one would otherwise be that one."""


def serve_one(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="registry，或赛区的代码、拼音、名称 / registry, or a region")
    ],
    host: Annotated[str, typer.Option(help="监听地址 / Address")] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(help="端口，默认 4100 加赛区代码 / Port; 4100 and the region's code")
    ] = None,
) -> None:
    """On loopback unless told otherwise, and then only with a secret for the router."""
    settings = Settings()
    subgraph.check_listening(host, settings)
    if name == REGISTRY:
        with open_hub(settings) as hub:
            app = subgraph.create_registry(hub)
            uvicorn.run(app, host=host, port=_port(port, name), log_level="info", server_header=False)
        return
    adapter = region_named(name)
    if adapter is None:
        raise _unknown(name)
    chosen = _port(port, adapter.manifest.slug)
    app = subgraph.create_region(adapter, settings)
    uvicorn.run(app, host=host, port=chosen, log_level="info", server_header=False)


@cli.command("compose", help="合成总图 / Compose the supergraph that a router serves")
def compose(
    output: Annotated[Path, typer.Option(help="写到 / Where to write it")] = Path("supergraph.graphql"),
    url: Annotated[
        list[str] | None, typer.Option(metavar="NAME=URL", help="子图地址，可重复 / A subgraph's address; repeatable")
    ] = None,
    composer: Annotated[str, typer.Option(help="npm 包 / The composer's npm package")] = composition.COMPOSER,
) -> None:
    """Exit code 1, and nothing written, where the composer finds an error; its hints go to standard error."""
    urls = dict(_address(each) for each in url or ())
    made = composition.compose(urls, composer)
    for hint in made.hints:
        err.print(hint, markup=False)
    if made.supergraph is None:
        print_problems(
            Problem(
                "SUPERGRAPH_UNSOUND", composer, f"不能合成：{error}", error, None,
                "改正所述子图后重新合成", "mend the subgraph it names, compose again",
            )
            for error in made.errors
        )  # fmt: skip
        raise SystemExit(FOUND_PROBLEMS)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(f"# Made by `dexhub supergraph compose`; do not edit.\n\n{made.supergraph}\n", "utf-8")
    out.print(f"已写出 / written: {output}")


def _port(port: int | None, name: str) -> int:
    return composition.port_of(name) if port is None else port


def _address(option: str) -> tuple[str, str]:
    name, _, url = option.partition("=")
    if not url.startswith(("http://", "https://")) or name not in _names():
        raise _unknown(option)
    return name, url


def _names() -> list[str]:
    return [REGISTRY, *(adapter.manifest.slug for adapter in regions().values())]


def _unknown(value: str) -> RequestError:
    known = ", ".join(_names())
    return RequestError(
        Problem(
            "SUBGRAPH_UNKNOWN",
            "NAME",
            value=value,
            zh="没有这个子图，或其地址不是 http(s)://…",
            en="there is no such subgraph, or its address is not http(s)://…",
            remedy_zh=f"可用：{known}",
            remedy_en=f"one of {known}",
        )
    )
