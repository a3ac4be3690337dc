"""GraphQL over HTTP to the letter: npm `graphql-http`'s own audit against the running hub, and what it does not ask."""

import json
import subprocess
from pathlib import Path

import pytest

from gateway import composition
from gateway.auth import create_key
from schema.vocabulary import Role

RESPONSE = "application/graphql-response+json"
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def audited() -> dict:
    return {}


@pytest.fixture
def audits(service, audited):
    """Asked for once."""
    if not audited:
        packages = composition.packages()
        key = create_key(service.hub.database, "audit", Role.NATIONAL)
        command = [packages / "node", HERE / "audit.mjs", packages, f"{service.url}/graphql", key]
        told = subprocess.run(command, check=True, capture_output=True, timeout=60)
        audited["found"] = json.loads(told.stdout)
    return audited["found"]


def test_the_audit_of_graphql_over_http_finds_nothing(audits) -> None:
    assert [each for each in audits if each["status"] != "ok"] == []


def test_the_audit_is_the_whole_one(audits) -> None:
    assert len(audits) == 61
