# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options: their argument spec, the environment beside them, and the settings they make."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Container, Mapping
from typing import Any
from urllib.parse import urlsplit

from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import InputError, Mistakes, unquoted
from ansible_collections.mailsec.cloudflare.plugins.module_utils.settings import Settings
from ansible_collections.mailsec.cloudflare.plugins.module_utils.way import proxy_secrets, verification

#: The environment variables that the official clients of Cloudflare read.
ENVIRONMENT = {
    "account_id": "CLOUDFLARE_ACCOUNT_ID",
    "api_token": "CLOUDFLARE_API_TOKEN",
    "api_email": "CLOUDFLARE_EMAIL",
    "api_key": "CLOUDFLARE_API_KEY",
    "api_url": "CLOUDFLARE_BASE_URL",
}
CREDENTIALS = ("api_token", "api_email", "api_key")
SECRETS = ("api_token", "api_key")

ACCOUNT_ID = re.compile(r"[A-Za-z0-9]{1,32}")
#: Stricter than the standard, so that no two readers of an address see different hosts in it.
API_URL = re.compile(
    r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?(/[a-z0-9._~/-]*)?", re.ASCII | re.IGNORECASE
)
#: What a header can carry; a blank or a line break comes from a copied or a templated value.
HEADER_VALUE = re.compile(r"[!-~]+")
#: More characters are surely none of Cloudflare's, and more than a server takes.
LONGEST_CREDENTIAL = 4096
LONGEST_URL = 2000
#: Option: the least and the most, both included.
BOUNDS = {"timeout": (0.1, 3600), "retries": (0, 100), "retry_max_wait": (0, 86400)}


def environment_variable(name: str) -> str:
    """Return the value of an environment variable; an empty one counts as not set, as AWX leaves them."""
    value = os.environ.get(name)
    if not value:
        raise AnsibleFallbackNotFound
    # Bytes that are no text would be more than Ansible's log can take. No option allows for the question mark.
    return value.encode("utf-8", "replace").decode("utf-8")


def spec() -> dict[str, dict[str, Any]]:
    """Return the argument spec of the connection options.

    The credentials have no fallback here: whether the task or the environment names them decides
    which of them are used together, see ``credentials``.
    """
    return {
        "account_id": {"type": "str", "fallback": (environment_variable, [ENVIRONMENT["account_id"]])},
        "api_token": {"type": "str", "no_log": True},
        "api_email": {"type": "str", "aliases": ["account_email"]},
        "api_key": {"type": "str", "no_log": True, "aliases": ["account_api_key"]},
        "api_url": {
            "type": "str",
            "default": "https://api.cloudflare.com/client/v4",
            "fallback": (environment_variable, [ENVIRONMENT["api_url"]]),
        },
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "timeout": {"type": "float", "default": 30},
        "retries": {"type": "int", "default": 5},
        "retry_max_wait": {"type": "float", "default": 300},
    }


def settings(params: Mapping[str, Any], environment: Mapping[str, str], refused: Container[str] = ()) -> Settings:
    """Return the settings of a client. Raises InputError, which names every mistake.

    Args:
        params: the options of the task, defaults and fallbacks filled in.
        environment: the task's environment: credentials, proxies, certificates.
        refused: the options that cannot be used. Of these, nothing more is to be said.
    """
    mistakes = Mistakes([])
    account_id, api_url = "", ""
    verify: bool | str = True
    given: dict[str, str] = {}
    headers: dict[str, str] = {}
    with mistakes.gather():
        check_bounds(params, BOUNDS)
    if "account_id" not in refused:
        with mistakes.gather():
            account_id = _account_id(params["account_id"])
    if not any(option in refused for option in CREDENTIALS):
        with mistakes.gather():
            given = credentials(params, environment)
            headers = _headers(given)
    with mistakes.gather():
        api_url = _api_url(params["api_url"])
    with mistakes.gather():
        tls = api_url.lower().startswith("https:")
        verify = verification(params["validate_certs"], params["ca_path"], environment if tls else {})
    mistakes.raise_any()
    return Settings(
        account_id=account_id,
        api_url=api_url,
        credentials=tuple(headers.items()),
        secrets=(*(given[option] for option in SECRETS if option in given), *proxy_secrets(environment)),
        verify=verify,
        timeout=params["timeout"],
        retries=params["retries"],
        retry_max_wait=params["retry_max_wait"],
    )


def check_bounds(params: Mapping[str, Any], bounds: Mapping[str, tuple[float, float]]) -> None:
    """Raise InputError, which names every number that is below its least or above its most."""
    wrong = [
        f"{option}: must be a number from {least} to {most}, not {unquoted(params[option])}."
        for option, (least, most) in bounds.items()
        if not least <= params[option] <= most
    ]
    if wrong:
        raise InputError(" ".join(wrong))


def credentials(params: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the credentials to use: a token alone, or an e-mail address and a key. Raises InputError.

    What the task names is used as a whole and beats the environment; a token beats a key. So a token is never sent
    together with somebody's e-mail address from the environment, which the API refuses.
    """
    given = {option: params[option] for option in CREDENTIALS if params[option] is not None}
    empty = [
        f"{option}: is empty. Leave it out to use {ENVIRONMENT[option]} from the environment."
        for option, value in given.items()
        if not value
    ]
    if empty:
        raise InputError(" ".join(empty))
    if not given:
        values = {option: environment.get(ENVIRONMENT[option]) for option in CREDENTIALS}
        given = {option: value for option, value in values.items() if value}
    if "api_token" in given:
        return {"api_token": given["api_token"]}
    if not given:
        raise InputError(
            "api_token: no credentials. Name api_token (or api_email with api_key) in the task or in module_defaults, "
            "or set CLOUDFLARE_API_TOKEN (or CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY) in the environment."
        )
    for option in ("api_email", "api_key"):
        if option not in given:
            raise InputError(
                f"{option}: is missing. api_email and api_key go together and come from the same place, "
                "the task or the environment; an api_token needs neither."
            )
    return given


def _headers(given: dict[str, str]) -> dict[str, str]:
    wrong: list[str] = []
    for option, value in given.items():
        if len(value) > LONGEST_CREDENTIAL:
            wrong.append(f"{option}: may have at most {LONGEST_CREDENTIAL} characters, this has {len(value)}.")
        elif not HEADER_VALUE.fullmatch(value):
            wrong.append(
                f"{option}: has a character that cannot be sent, such as a blank, a line break or a letter with "
                "an accent. Was it copied or read from a file with something around it?"
            )
    if wrong:
        raise InputError(" ".join(wrong))
    if "api_token" in given:
        return {"Authorization": f"Bearer {given['api_token']}"}
    return {"X-Auth-Email": given["api_email"], "X-Auth-Key": given["api_key"]}


def account(value: Any) -> dict[str, str]:
    """Return what a task returns of its account: C(account_id), or nothing where the option holds no account id."""
    return {"account_id": value} if isinstance(value, str) and ACCOUNT_ID.fullmatch(value) else {}


def _account_id(value: str | None) -> str:
    if value is None:
        raise InputError("account_id: is missing. Name it in the task or set CLOUDFLARE_ACCOUNT_ID.")
    if not ACCOUNT_ID.fullmatch(value):
        raise InputError("account_id: must be 1 to 32 letters and digits, as the Cloudflare dashboard shows it.")
    return value


def _api_url(value: str) -> str:
    url = value.rstrip("/")
    try:
        # A port that is no port raises when it is read.
        scheme, host, _port = urlsplit(url).scheme, urlsplit(url).hostname, urlsplit(url).port
        if host and ":" in host:
            ipaddress.ip_address(host)
    except ValueError:
        host = None
    if len(url) > LONGEST_URL or not API_URL.fullmatch(url) or not host:
        raise InputError(
            "api_url: must be an address such as https://api.cloudflare.com/client/v4, "
            "without a user, a query or a fragment."
        )
    if scheme == "http" and not _is_loopback(host):
        raise InputError(
            "api_url: must begin with https://. Plain http would show the credentials to the network; "
            "it is accepted for this machine alone (127.0.0.1, ::1, localhost)."
        )
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
