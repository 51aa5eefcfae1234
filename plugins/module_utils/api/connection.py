# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection to an account: where, with which credentials, and how long to wait."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .credentials import (
    CREDENTIAL_OPTIONS,
    ENVIRONMENT,
    SECRET_OPTIONS,
    credential_headers,
    find_proxy_secrets,
    select_credentials,
)
from .errors import ErrorCollector, InputError
from .retries import RetryPolicy
from .text import shorten
from .tls import verify_option

DEFAULT_URL = "https://api.cloudflare.com/client/v4"
ACCOUNT_ID = re.compile(r"[A-Za-z0-9]{1,32}")
#: Stricter than the standard, so that no two parsers see different hosts.
API_URL = re.compile(
    r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?(/[a-z0-9._~/-]*)?", re.ASCII | re.IGNORECASE
)
MAX_URL_LENGTH = 2000
#: The minimum and the maximum of an option.
BOUNDS = {"timeout": (0.1, 3600), "retries": (0, 100), "retry_max_wait": (0, 86400)}


class Connection(NamedTuple):
    """A connection to an account. Hashable: tasks with equal connections may share sessions."""

    account_id: str
    api_url: str
    #: The headers with the credentials, names and values.
    headers: tuple[tuple[str, str], ...]
    #: Masked in all output.
    secrets: tuple[str, ...]
    #: The ``verify`` of requests.
    verify: bool | str
    #: Seconds to wait for a connection, and for each part of a response.
    timeout: float
    retry: RetryPolicy


def parse_connection(params: Mapping[str, Any], environment: Mapping[str, str], errors: ErrorCollector) -> Connection:
    """Return the connection of a task. If errors are collected, it must not be used.

    Args:
        params: the options of the task, defaults and fallbacks filled in.
        environment: the environment of the task: credentials, proxies, certificates.
        errors: collects everything that is wrong.
    """
    check_bounds(params, BOUNDS, errors)
    account_id, api_url = "", ""
    headers: dict[str, str] = {}
    secrets: set[str] = set()
    verify: bool | str = True
    with errors.collect("account_id"):
        account_id = validate_account_id(option_or_environment("account_id", params, environment))
    with errors.collect("api_url"):
        given = option_or_environment("api_url", params, environment)
        api_url = validate_url(DEFAULT_URL if given is None else given)
    with errors.collect(*CREDENTIAL_OPTIONS):
        credentials = select_credentials(params, environment)
        headers = credential_headers(credentials)
        secrets = {value for option, value in credentials.items() if option in SECRET_OPTIONS}
    with errors.collect("ca_path"):
        tls = api_url.lower().startswith("https:")
        verify = verify_option(params["validate_certs"], params["ca_path"], environment if tls else {})
    return Connection(
        account_id=account_id,
        api_url=api_url,
        headers=tuple(headers.items()),
        secrets=(*secrets, *find_proxy_secrets(environment)),
        verify=verify,
        timeout=params["timeout"],
        retry=RetryPolicy(params["retries"], params["retry_max_wait"]),
    )


def option_or_environment(option: str, params: Mapping[str, Any], environment: Mapping[str, str]) -> str | None:
    """Return the value of an option, or else of its environment variable. An empty variable is not set, as in AWX."""
    value: str | None = params[option]
    return value if value is not None else environment.get(ENVIRONMENT[option]) or None


def check_bounds(params: Mapping[str, Any], bounds: Mapping[str, tuple[float, float]], errors: ErrorCollector) -> None:
    """Collect an error for each number outside its bounds.

    Args:
        params: the options of the task.
        bounds: the minimum and the maximum of each option.
        errors: collects the errors.
    """
    for option, (minimum, maximum) in bounds.items():
        with errors.collect(option):
            value = params[option]
            if not minimum <= value <= maximum:
                raise InputError(f"{option}: must be a number from {minimum} to {maximum}, not {shorten(value)}.")


def validate_account_id(value: str | None) -> str:
    """Return the id of an account. Raises InputError."""
    if value is None:
        raise InputError(
            "account_id: required. Set it in the task or in module_defaults, or set CLOUDFLARE_ACCOUNT_ID in the "
            "environment."
        )
    if not ACCOUNT_ID.fullmatch(value):
        raise InputError("account_id: must be 1 to 32 letters and digits, as the Cloudflare dashboard shows it.")
    return value


def validate_url(value: str) -> str:
    """Return the URL of the API without a trailing slash. Raises InputError."""
    url = value.rstrip("/")
    try:
        # An invalid port raises when it is read.
        scheme, host, _port = urlsplit(url).scheme, urlsplit(url).hostname, urlsplit(url).port
        if host and ":" in host:
            ipaddress.ip_address(host)
    except ValueError:
        host = None
    if len(url) > MAX_URL_LENGTH or not API_URL.fullmatch(url) or not host:
        raise InputError(
            "api_url: must be a URL such as https://api.cloudflare.com/client/v4, "
            "without a user, a query or a fragment."
        )
    if scheme == "http" and not _is_loopback(host):
        raise InputError(
            "api_url: must begin with https://. Plain http would expose the credentials on the network; "
            "it is accepted only for this machine (127.0.0.1, ::1, localhost)."
        )
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
