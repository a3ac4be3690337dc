"""Examples in docstrings are true. `known(…)` in them are facts in plain terms (see conftest)."""

import doctest
import pkgutil
from collections.abc import Callable
from importlib import import_module

import pytest

import adapters
import schema
from schema.facts import Facts
from schema.predicates import PREDICATES

MODULES = sorted(
    module.name
    for package in (schema, adapters)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_every_module_are_true(name: str, known: Callable[..., Facts]) -> None:
    assert doctest.testmod(import_module(name), extraglobs={"known": known}).failed == 0


def test_every_predicate_has_an_example() -> None:
    finder = doctest.DocTestFinder(recurse=False)
    bare = [name for name, kind in PREDICATES.items() if not any(test.examples for test in finder.find(kind))]
    assert bare == []


def test_there_are_examples_to_check() -> None:
    found = [test for name in MODULES for test in doctest.DocTestFinder().find(import_module(name)) if test.examples]
    assert len(found) >= 4
