# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of a client: how to reach an account. Every value has been checked."""

from __future__ import annotations

from typing import NamedTuple


class Settings(NamedTuple):
    """How to reach an account. Hashable: equal settings may share a connection, others may not."""

    account_id: str
    api_url: str
    #: The headers that carry the credentials, names and values.
    credentials: tuple[tuple[str, str], ...]
    #: What nobody may see: parts of them, and what proxies want to know.
    secrets: tuple[str, ...]
    #: True, False, or the path of a file or folder with the certificates to trust.
    verify: bool | str
    #: Seconds to wait for a connection and for each part of an answer.
    timeout: float
    #: How often a request is repeated at most.
    retries: int
    #: Seconds, the longest single wait before a request is repeated.
    retry_max_wait: float
