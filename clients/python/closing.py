"""What the generator is given besides its configuration: subscriptions that close their connection when they are closed."""

import ast
import re

from ariadne_codegen.plugins.base import Plugin
from graphql import OperationDefinitionNode


class ClosingSubscriptions(Plugin):
    """As generated, a subscription's generator leaves the one below it, which holds the connection, to be closed by whoever
    collects it: some time later, or never where the event loop ends before. PEP 533 says why.
    """

    def generate_client_method(
        self, method_def: ast.FunctionDef | ast.AsyncFunctionDef, operation_definition: OperationDefinitionNode
    ) -> ast.FunctionDef | ast.AsyncFunctionDef:
        """With what is iterated within `async with aclosing(…)`, and a type that says that it can be closed."""
        del operation_definition
        loop = method_def.body[-1]
        if isinstance(loop, ast.AsyncFor):
            told = ast.Name("told")
            closing = ast.Call(ast.Name("aclosing"), [loop.iter], [])
            loop.iter = told
            method_def.body[-1] = ast.AsyncWith([ast.withitem(closing, told)], [loop])
            method_def.returns = ast.parse(_closable(ast.unparse(method_def.returns)), mode="eval").body
        return method_def

    def generate_client_module(self, module: ast.Module) -> ast.Module:
        """With what the methods need."""
        wanted = "from collections.abc import AsyncGenerator\nfrom contextlib import aclosing"
        return ast.fix_missing_locations(ast.Module([*ast.parse(wanted).body, *module.body], module.type_ignores))

    def copy_code(self, copied_code: str) -> str:
        """The base of the client, which has a generator of its own."""
        return _closable(copied_code).replace("import AsyncIterator", "import AsyncGenerator")


def _closable(code: str) -> str:
    return re.sub(r"\bAsyncIterator\[((?:[^\[\]]|\[[^\[\]]*\])*)\]", r"AsyncGenerator[\1, None]", code)
