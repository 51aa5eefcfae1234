# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client as a task has it, without the task."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.connection import Connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.retries import RetryPolicy
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import Sessions
from support.sample import ACCOUNT

HTTPS = "https://api.example/client/v4"


def connection_for(
    credentials: dict[str, str],
    secret: str,
    api_url: str = HTTPS,
    account_id: str = ACCOUNT,
    retries: int = 5,
    retry_max_wait: float = 300,
    **others: Any,
) -> Connection:
    """Return a connection with one secret, and the defaults of the options."""
    return Connection(
        account_id,
        api_url,
        tuple(credentials.items()),
        (secret,),
        retry=RetryPolicy(retries, retry_max_wait),
        **{"verify": True, "timeout": 30, **others},
    )


def client_for(*args: Any, **options: Any) -> Client:
    """Return a client with sessions of its own; the options are those of ``connection_for``."""
    connection = connection_for(*args, **options)
    return Client(connection, Sessions(connection))
