# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials: which of them are used, and which secrets no output may have."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from .errors import InputError

#: The environment variables that Cloudflare's official clients read.
ENVIRONMENT = {
    "account_id": "CLOUDFLARE_ACCOUNT_ID",
    "api_token": "CLOUDFLARE_API_TOKEN",
    "api_email": "CLOUDFLARE_EMAIL",
    "api_key": "CLOUDFLARE_API_KEY",
    "api_url": "CLOUDFLARE_BASE_URL",
}
CREDENTIAL_OPTIONS = ("api_token", "api_email", "api_key")
#: Options with a secret, aliases included.
SECRET_OPTIONS = ("api_token", "api_key", "account_api_key")
#: Characters of an HTTP header. A blank or a line break comes from a copied or templated value.
HEADER_VALUE = re.compile(r"[!-~]+")
#: Longer than any credential of Cloudflare, and than what a server accepts.
MAX_LENGTH = 4096
#: User and password of a URL, ``user:password``.
USER_INFO = re.compile(r"(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?(.+)@", re.DOTALL)
#: A shorter word next to a secret is not a secret.
MIN_SECRET_LENGTH = 8


def credential_headers(credentials: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a token alone, or of an e-mail address and a key. Raises InputError."""
    problems = [f"{option}: {problem}" for option, value in credentials.items() for problem in _problems(value)]
    if problems:
        raise InputError(" ".join(problems))
    if "api_token" in credentials:
        return {"Authorization": f"Bearer {credentials['api_token']}"}
    return {"X-Auth-Email": credentials["api_email"], "X-Auth-Key": credentials["api_key"]}


def select_credentials(params: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Return the credentials to use, by option. Raises InputError.

    The credentials of the task are used as a whole and take precedence over the environment; a token takes precedence
    over a key. So a token is never sent together with an e-mail address from the environment, which the API refuses.
    """
    given = {option: params[option] for option in CREDENTIAL_OPTIONS if params.get(option) is not None}
    empty = [option for option, value in given.items() if not value]
    if empty:
        raise InputError(
            " ".join(
                f"{each}: is empty. Leave it out to use {ENVIRONMENT[each]} from the environment." for each in empty
            )
        )
    if not given:
        values = {option: environment.get(ENVIRONMENT[option]) for option in CREDENTIAL_OPTIONS}
        given = {option: value for option, value in values.items() if value}
    if "api_token" in given:
        return {"api_token": given["api_token"]}
    if not given:
        raise InputError(
            "api_token: no credentials found. Set api_token (or api_email with api_key) in the task or in "
            "module_defaults, or CLOUDFLARE_API_TOKEN (or CLOUDFLARE_EMAIL with CLOUDFLARE_API_KEY) in the environment."
        )
    for option in ("api_email", "api_key"):
        if option not in given:
            raise InputError(
                f"{option}: required. api_email and api_key must be set together in the same place, "
                "the task or the environment; an api_token needs neither."
            )
    return given


def _problems(value: str) -> Iterator[str]:
    """Yield why a credential cannot be sent. The sentences must not quote it."""
    if len(value) > MAX_LENGTH:
        yield f"must have at most {MAX_LENGTH} characters, has {len(value)}."
    elif not HEADER_VALUE.fullmatch(value):
        yield (
            "contains an invalid character, such as a space, a line break or an accented letter. "
            "Check how it was copied or read from a file."
        )


def find_secrets(params: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the secrets of the task and of its environment, used or not.

    Those of proxies are not among them: people choose them, so they can be words of a setting too.

    Args:
        params: the options of the task, validated or not, of any type.
        environment: the environment of the task.
    """
    values = [str(value) for value in map(params.get, SECRET_OPTIONS) if isinstance(value, (str, int, float))]
    values += [environment.get(ENVIRONMENT[option], "") for option in ("api_token", "api_key")]
    for url in (params.get("api_url"), environment.get(ENVIRONMENT["api_url"])):
        user_info = USER_INFO.match(url) if isinstance(url, str) else None
        if user_info:
            # A password, or a token in place of the user.
            values += [user_info.group(1).partition(":")[2], *filter(_is_long, re.split("[:/@]", user_info.group(1)))]
    values = [value for value in values if len(value) <= MAX_LENGTH]
    # A value that was copied with something around it contains a secret.
    words = [word for value in values for word in value.split() if _is_long(word)]
    return tuple(value for value in dict.fromkeys([*values, *words]) if value)


def _is_long(word: str) -> bool:
    return len(word) >= MIN_SECRET_LENGTH


def find_proxy_secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return user and password of each proxy in the environment, in each form in which they can come back."""
    secrets = (
        secret
        for name, value in environment.items()
        if name.lower().endswith("_proxy") and name.lower() != "no_proxy" and "@" in value
        for secret in _proxy_secrets(value)
    )
    return tuple(dict.fromkeys(secrets))


def _proxy_secrets(url: str) -> Iterator[str]:
    # Not urlsplit: the password of a malformed URL is a secret too.
    user_info = url.rpartition("@")[0].rpartition("://")[2]
    for spelling in (user_info, unquote(user_info)):
        user, _colon, password = spelling.partition(":")
        yield spelling
        yield base64.b64encode(spelling.encode("utf-8", "surrogateescape")).decode()
        yield password or user
