"""`dexhub adapters`: check, preview and start a province's folder. The commands stand in the modules that register here."""

import typer

cli = typer.Typer(no_args_is_help=True, help="省适配器 / Region adapters")
