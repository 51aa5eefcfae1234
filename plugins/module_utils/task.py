# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tasks: what they have in common, whatever they are about and whoever runs them.

Each sort of task is a module with ``spec``, which declares its options to Ansible, and ``perform``, which does what
they ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, NamedTuple

from ansible_collections.mailsec.cloudflare.plugins.module_utils.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.sessions import SessionsFor
from ansible_collections.mailsec.cloudflare.plugins.module_utils.settings import Settings

#: What the lists of a task can mean.
LIST_MODE = {"list_mode": {"type": "str", "choices": ["replace", "append", "remove"], "default": "replace"}}
#: Seconds. A shorter wait for the rate limit is not worth a word.
LONG_WAIT = 10


class Returned(NamedTuple):
    """What a task gives back to Ansible."""

    values: dict[str, Any]
    warnings: list[str]


class Context(NamedTuple):
    """What a task runs in."""

    #: Send nothing that changes anything.
    check_mode: bool
    #: The environment variables of the task.
    environment: Mapping[str, str]
    #: Gives the connections to an account.
    sessions: SessionsFor
    #: The options that cannot be used, with what is to be said of each. They are not in the options of the task.
    refused: Mapping[str, str] = MappingProxyType({})


@contextmanager
def connected(settings: Settings, context: Context) -> Iterator[Client]:
    """Give a client for the settings of a task.

    An error of the task takes along what a user should know of the requests that were sent.
    """
    with context.sessions(settings, context.environment) as sessions:
        client = Client(settings, sessions)
        try:
            yield client
        except CollectionError as error:
            error.warnings += remarks(client)
            raise


def remarks(client: Client) -> list[str]:
    """Return what a user should know of the requests that were sent."""
    said = [f"Cloudflare remarks: {message}." for message in dict.fromkeys(client.messages)]
    if client.waited >= LONG_WAIT:
        said.append(f"Waited {client.waited:.0f} seconds, because nothing remained of Cloudflare's rate limit.")
    return said
