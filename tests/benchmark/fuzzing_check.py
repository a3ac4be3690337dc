"""What schemathesis shall hold against us: a status of 5xx, or an error that nobody expected. Its own check takes every error
of a field for a server's, also those that tell a client what was wrong.
"""

import schemathesis


@schemathesis.check
def nothing_unexpected(ctx, response, case) -> None:
    """Loaded by name, through SCHEMATHESIS_HOOKS."""
    del ctx, case
    if response.status_code >= 500 or '"code":"INTERNAL"' in response.text.replace(" ", ""):
        raise AssertionError(f"{response.status_code} {response.text[:300]}")
