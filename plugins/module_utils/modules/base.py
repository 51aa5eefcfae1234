# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all modules have in common: options, connection, result. The only file that knows AnsibleModule."""

from __future__ import annotations

import gc
import os
import traceback
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Any, Callable, NamedTuple

from ansible.module_utils import basic

from ..api.client import Client
from ..api.connection import (
    BOUNDS,
    Connection,
    check_bounds,
    option_or_environment,
    parse_connection,
    validate_account_id,
)
from ..api.credentials import find_proxy_secrets, find_secrets
from ..api.errors import CollectionError, ErrorCollector, InputError
from ..api.redaction import redactor
from ..api.sessions import VERSION, SessionFactory, new_sessions
from ..engine.resource import Resource
from .arguments import Validator

#: Seconds. A shorter wait for the rate limit is not worth a warning.
LONG_WAIT = 10
#: Returned values that are messages: they may quote the password of a proxy. The other values are settings, where the
#: same text may be a coincidence.
MESSAGE_KEYS = ("msg", "failure", "warnings")


class Returned(NamedTuple):
    """What a task returns."""

    values: dict[str, Any]
    warnings: list[str]


class Mode(NamedTuple):
    """How a task runs."""

    #: Send nothing that changes something.
    check: bool
    #: Diff mode.
    diff: bool


class Kind(NamedTuple):
    """A kind of module: one record, many records, or reading."""

    #: Returns the keyword arguments of AnsibleModule.
    spec: Callable[[Resource], dict[str, Any]]
    #: Returns what a task shall do, and collects its errors.
    parse: Callable[[Resource, Mapping[str, Any], ErrorCollector], Any]
    #: Does it. Raises CollectionError.
    perform: Callable[[Resource, Any, Client, Mode], Returned]
    #: Returns the options with a list of which a text is one entry, and not several that are separated by commas.
    options_with_commas: Callable[[Resource], Collection[str]] = lambda resource: ()
    #: Whether a diff is returned in diff mode only. Ansible takes longer to process that of many records than the task.
    diff_mode_only: bool = False


def run_module(kind: Kind, resource: Resource) -> None:
    """Run as a module: read the options, and exit or fail with the result."""
    # Not imported by name: ansible-lint puts a class of its own in its place.
    module = basic.AnsibleModule(**kind.spec(resource))
    # AnsibleModule has diff mode as a private attribute only. Without diff mode, the action plugin removes the diff.
    result = run(kind, resource, module.params, os.environ, Mode(module.check_mode, diff=True))
    for warning in result.pop("warnings"):
        module.warn(warning)
    if result.get("failed"):
        module.fail_json(**result)
    module.exit_json(**result)


def run(
    kind: Kind,
    resource: Resource,
    arguments: Mapping[Any, Any],
    environment: Mapping[str, str],
    mode: Mode,
    sessions: SessionFactory = new_sessions,
) -> dict[str, Any]:
    """Run a task and return its result, without secrets.

    Args:
        kind: the kind of module.
        resource: the resource.
        arguments: the options as the user wrote them.
        environment: the environment of the task.
        mode: how the task runs.
        sessions: gives the sessions of a connection.
    """
    with paused_garbage_collection():
        return run_task(kind, resource, arguments, environment, mode, sessions)


def run_task(
    kind: Kind,
    resource: Resource,
    arguments: Mapping[Any, Any],
    environment: Mapping[str, str],
    mode: Mode,
    sessions: SessionFactory,
) -> dict[str, Any]:
    """Run a task, see ``run``."""
    account: dict[str, str] = {}
    try:
        options = validator(kind, resource).validate(arguments)
        connection = parse_connection(options.values, environment, options.errors)
        if connection.account_id:
            account["account_id"] = connection.account_id
        task = kind.parse(resource, options.values, options.errors)
        options.errors.raise_any()
        with connect(connection, environment, sessions) as client:
            returned = kind.perform(resource, task, client, mode)
            warnings = returned.warnings + request_warnings(client)
        result = {**returned.values, "warnings": warnings}
    except CollectionError as error:
        result = {**failure(error), "warnings": error.warnings}
    except Exception as error:
        # Its words are unknown, so they are redacted like all others. Ansible adds the traceback where it is enabled.
        result = {"changed": False, "failed": True, "msg": describe_defect(error), "warnings": []}
    return redact_result({**account, **result}, arguments, environment)


@contextmanager
def paused_garbage_collection() -> Iterator[None]:
    """Pause the search for reference cycles: with many records, it costs as much as the task and finds nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def validation_failure(
    kind: Kind, resource: Resource, arguments: Mapping[Any, Any], environment: Mapping[str, str]
) -> dict[str, Any] | None:
    """Return the failure of a task whose options are invalid, None where they are valid.

    Credentials and certificates are not validated: they may be those of another host.

    Args:
        kind: the kind of module.
        resource: the resource.
        arguments: the options as the user wrote them.
        environment: the environment of the task, as far as it is known.
    """
    account: dict[str, str] = {}
    options = validator(kind, resource).validate(arguments)
    with suppress(InputError):
        account["account_id"] = validate_account_id(option_or_environment("account_id", options.values, environment))
    try:
        check_bounds(options.values, BOUNDS, options.errors)
        kind.parse(resource, options.values, options.errors)
        options.errors.raise_any()
    except CollectionError as error:
        return redact_result({**account, **failure(error)}, arguments, environment)
    return None


def failure(error: CollectionError) -> dict[str, Any]:
    """Return what a task returns that ends with an error."""
    return {"changed": False, **error.details, "failed": True, "msg": str(error)}


@lru_cache(maxsize=None)
def validator(kind: Kind, resource: Resource) -> Validator:
    """Return the validator of a module's options."""
    return Validator(kind.spec(resource), kind.options_with_commas(resource))


@contextmanager
def connect(connection: Connection, environment: Mapping[str, str], sessions: SessionFactory) -> Iterator[Client]:
    """Give a client. An error gets the warnings of the requests that were sent."""
    with sessions(connection, environment) as opened:
        client = Client(connection, opened)
        try:
            yield client
        except CollectionError as error:
            error.warnings += request_warnings(client)
            raise


def request_warnings(client: Client) -> list[str]:
    """Return what a user should know of the requests that were sent."""
    warnings = [f"Cloudflare API message: {message}." for message in client.messages]
    if client.waited >= LONG_WAIT:
        warnings.append(f"Waited {client.waited:.0f} seconds for the Cloudflare API rate limit.")
    return warnings


def redact_result(
    result: Mapping[str, Any], arguments: Mapping[Any, Any], environment: Mapping[str, str]
) -> dict[str, Any]:
    """Return a result without the secrets of the task and its environment."""
    secrets = find_secrets(arguments, environment)
    redact = redactor(secrets)
    redact_message = redactor((*secrets, *find_proxy_secrets(environment)))

    def redact_value(name: str, value: Any) -> Any:
        if name == "failure":
            # Its names are ours, whatever words a token contains.
            return {key: redact_message(item) for key, item in value.items()}
        return redact_message(value) if name in MESSAGE_KEYS else redact(value)

    return {name: redact_value(name, value) for name, value in result.items()}


def describe_defect(error: Exception) -> str:
    """Return a message for an exception that is a defect of the collection."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}, line {last.lineno}"
    return (
        f"This is a bug in the collection mailsec.cloudflare {VERSION}: {type(error).__name__}: {error} ({where}). "
        "Please report it. The change may or may not have been applied. Run the task again."
    )
