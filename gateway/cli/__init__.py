"""The command line: `dexhub --help`."""

from gateway.cli.commands import main

__all__ = ["main"]
