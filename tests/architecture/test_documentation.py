"""What the documents name exists, and what exists is named."""

import re
from pathlib import Path

import pytest
import typer

from gateway.cli.commands import cli
from sync.settings import PlatformSettings, Settings

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def sources() -> str:
    folders = ("schema", "adapters", "sync", "gateway")
    return "\n".join(path.read_text("utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py"))


def commands() -> list[str]:
    """`pull`, `guard list`, …"""
    found = []
    group = typer.main.get_command(cli)
    for name, command in group.commands.items():
        below = getattr(command, "commands", None)
        found += [f"{name} {each}" for each in below] if below else [name]
    return found


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_documented(readme) -> None:
    named = {name.upper() for name in [*Settings.model_fields, *PlatformSettings.model_fields]}
    words = set(re.findall(r"[A-Z][A-Z_]+", text(readme).replace("__", " ")))
    assert named - words == set()


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_documented(readme) -> None:
    flat = re.sub(r"`(\w+) ([\w|-]+)", lambda m: " ".join(f"`{m[1]} {each}`" for each in m[2].split("|")), text(readme))
    missing = [name for name in commands() if f"`{name}" not in flat]
    assert missing == []


@pytest.mark.parametrize("page", ["docs/operations.md", "docs/lists.md", "docs/list-files.md", "docs/api.md"])
def test_every_code_in_a_page_exists(page) -> None:
    codes = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", text(page))) - {"DEXHUB_LEASE_SECONDS"}
    assert {code for code in codes if f'"{code}"' not in sources()} == set()


@pytest.mark.parametrize(
    "name",
    [
        *READMES,
        "CHANGELOG.md",
        "docs/operations.md",
        "docs/lists.md",
        "docs/list-files.md",
        "docs/roster.md",
        "docs/api.md",
        "clients/python/README.md",
    ],
)
def test_every_file_that_a_document_links_to_exists(name) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", text(name))
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


def test_the_two_readmes_give_the_same_figures() -> None:
    figures = [
        sorted(re.findall(r"\d[\d,]*\.?\d*", text(name).split("make bench")[1].split("##")[0])) for name in READMES
    ]
    assert figures[0] == figures[1]
