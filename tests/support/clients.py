# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client as a task has it, without the task."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.connection import spec
from ansible_collections.mailsec.cloudflare.plugins.module_utils.sessions import Sessions
from ansible_collections.mailsec.cloudflare.plugins.module_utils.settings import Settings
from support.samples import ACCOUNT

HTTPS = "https://api.example/client/v4"


def settings_for(
    credentials: dict[str, str], secret: str, api_url: str = HTTPS, account_id: str = ACCOUNT, **others: Any
) -> Settings:
    """Return settings with one secret, and the defaults of the options."""
    defaults = {
        name: option["default"] for name, option in spec().items() if name in ("timeout", "retries", "retry_max_wait")
    }
    return Settings(
        account_id, api_url, tuple(credentials.items()), (secret,), **{"verify": True, **defaults, **others}
    )


def client_for(*args: Any, **settings: Any) -> Client:
    """Return a client with connections of its own; the options are those of ``settings_for``."""
    made = settings_for(*args, **settings)
    return Client(made, Sessions(made))
