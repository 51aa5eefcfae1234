# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is calling, and what they may do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from werkzeug.datastructures import Headers

from . import errors

Permission = Literal["write", "read", "none", "revoked"]
_BEARER = re.compile(r"Bearer [A-Za-z0-9._~+/=-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_KEY = re.compile(r"\S+")


@dataclass(frozen=True)
class Credential:
    """A token, or an email address with its key, and what it opens."""

    token: str | None = None
    email: str | None = None
    key: str | None = None
    permission: Permission = "write"
    accounts: tuple[str, ...] | None = None
    """The accounts it may use; None means every account there is."""
    user: str = "user"
    """The rate limit is counted per user, over all credentials of that user."""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Credential:
        """Made from what the control plane was sent; anything odd is a ValueError or TypeError."""
        if fields.get("permission", "write") not in get_args(Permission):
            raise ValueError(f"permission is one of {', '.join(get_args(Permission))}")
        accounts = fields.get("accounts")
        return cls(**{**fields, "accounts": None if accounts is None else tuple(accounts)})

    def may_use(self, account_id: str, write: bool) -> bool:
        """Whether this credential may read (or write) that account."""
        permitted = self.permission == "write" or (self.permission == "read" and not write)
        return permitted and (self.accounts is None or account_id in self.accounts)


class Keyring:
    """All credentials that the emulator knows."""

    def __init__(self, credentials: list[Credential]) -> None:
        self._start = list(credentials)
        self._credentials = list(credentials)

    def add(self, credential: Credential) -> None:
        """Takes one more; a token or key that is known already is replaced."""
        same = (credential.token, credential.email)
        self._credentials = [known for known in self._credentials if (known.token, known.email) != same] + [credential]

    def reset(self) -> None:
        """Back to the credentials of the start."""
        self._credentials = list(self._start)

    def identify(self, headers: Headers) -> Credential | None:
        """Whose request this is; None when the credentials are well-formed but unknown."""
        authorization = headers.get("Authorization")
        email, key = headers.get("X-Auth-Email"), headers.get("X-Auth-Key")
        if authorization is None and email is None and key is None:
            raise errors.no_credentials()
        if authorization is not None:
            known = self._find(token=authorization.removeprefix("Bearer "), email=None, key=None)
            # A token that was added is taken as it is, although no real one has such characters.
            well_formed = authorization.startswith("Bearer ") if known else _BEARER.fullmatch(authorization)
            if email is not None or key is not None or not well_formed:
                raise errors.malformed_credentials()
            return known
        if email is None or key is None or not _EMAIL.fullmatch(email) or not _KEY.fullmatch(key):
            raise errors.malformed_credentials()
        return self._find(token=None, email=email, key=key)

    def _find(self, **wanted: str | None) -> Credential | None:
        for known in self._credentials:
            if {"token": known.token, "email": known.email, "key": known.key} == wanted:
                return known
        return None
