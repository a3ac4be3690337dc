"""What a check leaves behind, on the terminal, for a build server and for the file."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
from typer.testing import CliRunner, Result

from adapters.conformance.report import digest
from adapters.conformance.rule import Needs
from adapters.conformance.runner import RULES
from adapters.registry import folder_named, regions
from adapters.sandbox.serve import corpus, platforms, serving
from adapters.transport import Endpoint
from gateway.cli.commands import cli

ANY = next(iter(regions().values())).manifest.slug


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(cli, ["adapters", "check", *arguments])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """One check of a region that conforms, with all it writes."""
    folder = tmp_path_factory.mktemp("written")
    return run(ANY, "--junit", str(folder / "junit.xml"), "--certificate", str(folder / "certificate.json")), folder


def test_a_region_that_conforms_is_told_so(written) -> None:
    assert (written[0].exit_code, f"conforms: {len(RULES) + 1}/{len(RULES) + 1}" in written[0].output) == (0, True)


def test_the_table_names_every_rule(written) -> None:
    assert [rule.id for rule in RULES if rule.id not in written[0].output] == []


def test_the_certificate_says_what_was_checked_when_and_with_what_result(written) -> None:
    certificate = orjson.loads((written[1] / "certificate.json").read_bytes())
    first = certificate["rules"][0]
    assert {key: certificate[key] for key in ("region", "conforms", "against", "manifest_digest")} == {
        "region": ANY,
        "conforms": True,
        "against": "sandbox",
        "manifest_digest": digest(folder_named(ANY)),
    }
    assert (first["rule"], first["result"], isinstance(first["seconds"], float)) == ("facts.names", "passed", True)


def test_junit_has_a_case_for_every_rule(written) -> None:
    suite = ET.parse(written[1] / "junit.xml").getroot()
    assert (len(suite), suite.get("tests"), suite.get("failures")) == (len(RULES) + 1, str(len(RULES) + 1), "0")


def test_a_region_that_does_not_conform_exits_with_1_and_says_why(copied, tmp_path: Path) -> None:
    (copied(ANY) / "lookups.toml").unlink()
    report = tmp_path / "junit.xml"
    done = run(ANY, "--junit", str(report))
    failures = [case.get("name") for case in ET.parse(report).getroot() if case.find("failure") is not None]
    assert (done.exit_code, failures) == (1, ["files", "lookups"])


def test_a_region_that_nobody_linked_is_refused() -> None:
    assert type(run("atlantis").exception).__name__ == "RequestError"


def test_the_digest_is_of_facts_and_code_alone(tmp_path: Path) -> None:
    def made() -> str:
        return digest(tmp_path)

    (tmp_path / "manifest.toml").write_text("a = 1")
    first = made()
    (tmp_path / "notes.txt").write_text("nothing")
    second = made()
    (tmp_path / "source.py").write_text("")
    assert (first == second, second == made(), len(first)) == (True, False, 64)


@pytest.fixture
async def real() -> AsyncIterator[Endpoint]:
    """A platform that is not ours to command; all its rows are as agreed."""
    content = corpus({ANY: 30}, 5)
    content.registrations[ANY][:] = [made for made in content.registrations[ANY] if made.flaw is None]
    async with serving(platforms(content)) as endpoints:
        yield endpoints[ANY]


async def checked_against(url: str, key_id: str, secret: str, folder: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code, and the rules of the certificate."""
    (folder / "secret").write_text(secret)
    paths = {"--secret-file": folder / "secret", "--certificate": folder / "certificate.json"}
    options = [str(part) for pair in paths.items() for part in pair]
    done = await asyncio.to_thread(run, ANY, "--against", url, "--key-id", key_id, *options)
    certificate = orjson.loads((folder / "certificate.json").read_bytes())
    return done.exit_code, {each["rule"]: each for each in certificate["rules"]}


async def test_a_real_platform_is_only_read_from(real: Endpoint, tmp_path: Path) -> None:
    code, rules = await checked_against(real.url, real.key_id, real.secret, tmp_path)
    skipped = {name for name, each in rules.items() if each["result"] == "skipped"}
    assert (code, skipped) == (0, {rule.id for rule in RULES if rule.needs is Needs.CONTROL})


async def test_a_rule_that_was_skipped_says_why(real: Endpoint, tmp_path: Path) -> None:
    _, rules = await checked_against(real.url, real.key_id, real.secret, tmp_path)
    assert [name for name, each in rules.items() if (each["result"] == "skipped") != bool(each["reason"])] == []


async def test_a_real_platform_with_another_secret_fails_what_reads_from_it(real: Endpoint, tmp_path: Path) -> None:
    code, rules = await checked_against(real.url, real.key_id, "another", tmp_path)
    failed = [name for name, each in rules.items() if each["result"] == "failed"]
    assert (code, failed) == (1, ["rows.understood", "incremental.idempotent"])


async def test_no_secret_is_in_a_certificate(real: Endpoint, tmp_path: Path) -> None:
    await checked_against(real.url, real.key_id, "another-secret-of-ours", tmp_path)
    assert "another-secret-of-ours" not in (tmp_path / "certificate.json").read_text("utf-8")
