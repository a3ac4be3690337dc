"""A worker that answers holds in memory what answering takes."""

import subprocess
import sys


def test_a_worker_loads_nothing_that_only_detection_workbooks_pages_commands_or_migrations_need() -> None:
    asked = "print(*sorted({'numpy', 'openpyxl', 'alembic', 'scipy', 'pygments', 'xlsxwriter', 'rich', 'jinja2'} & set(sys.modules)))"
    loaded = "import sys, gateway.cli.serving; from gateway.schema import graphql_schema; graphql_schema(); "
    said = subprocess.run([sys.executable, "-c", loaded + asked], capture_output=True, text=True, check=True)
    assert said.stdout == "\n"
