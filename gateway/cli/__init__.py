"""The command line: `dexhub --help`."""

import gc
import logging
import os
import sys

import typer

from schema.errors import DexhubError


def main() -> None:
    """Run, and tell expected errors as a table instead of a traceback."""
    cli = _chosen()
    # A pull makes millions of objects and no cycles; with the default thresholds a fifth of its time went into looking
    # for some. What was imported stays for good and is not looked at again.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    logging.basicConfig(level=os.environ.get("DEXHUB_LOG", "WARNING"), format="%(asctime)s %(name)s %(message)s")
    try:
        cli()
    except DexhubError as error:
        from gateway.cli.console import REFUSED, print_problems  # noqa: PLC0415  a worker holds what it loads

        print_problems(error.problems)
        raise SystemExit(REFUSED) from None


def _chosen() -> typer.Typer:
    """All commands; `detect` alone where it is what was asked, since loading the hub would take two seconds, a quarter of
    the time in which it compares 25,000 entries between files; `serve` alone, since a worker keeps what it loads.
    """
    asked = sys.argv[1:2]
    if asked not in (["detect"], ["serve"]):
        from gateway.cli.commands import cli  # noqa: PLC0415  see above

        return cli
    alone = typer.Typer(add_completion=False)
    alone.callback()(lambda: None)  # or the only command would have no name
    if asked == ["serve"]:
        from gateway.cli.serving import SERVE, serve  # noqa: PLC0415  see above

        alone.command(help=SERVE)(serve)
    else:
        from gateway.cli import duplicates  # noqa: PLC0415  see above

        alone.add_typer(duplicates.cli, name="detect")
    return alone
