# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to the server: the certificates to trust, and the secrets of the proxies in between."""

from __future__ import annotations

import base64
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import InputError, quoted
from ansible_collections.mailsec.cloudflare.plugins.module_utils.redaction import LIKE_A_SECRET

#: Where requests looks for certificates that the task does not name, in this order.
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
#: How OpenSSL finds a certificate in a folder.
HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")


def verification(validate_certs: bool, ca_path: str | None, environment: Mapping[str, str]) -> bool | str:
    """Return what the certificate of the server is verified with, as requests wants it. Raises InputError.

    What the environment names is left to requests, but looked at here: requests would not say what is wrong with it.
    """
    if ca_path is not None and not os.path.exists(ca_path):
        # A token in the wrong option is not repeated.
        shown = "of that name" if LIKE_A_SECRET.fullmatch(ca_path) else quoted(ca_path)
        raise InputError(f"ca_path: there is no file or folder {shown}.")
    if not validate_certs:
        return False
    named = [(name, environment[name]) for name in BUNDLES if environment.get(name)]
    for source, path in [("ca_path", ca_path)] if ca_path is not None else named[:1]:
        try:
            usable = _usable(path, os.stat(path).st_mtime_ns)
        except (OSError, ValueError) as error:
            raise InputError(f"{source}: {quoted(path)} cannot be read: {getattr(error, 'strerror', error)}.") from None
        if not usable:
            raise InputError(
                f"{source}: {quoted(path)} holds no certificate that can be used. It has to be a file of certificates "
                "as PEM, or a folder of them after openssl rehash."
            )
    return ca_path or True


@lru_cache(maxsize=16)
def _usable(path: str, _changed: int) -> bool:
    """Tell whether there are certificates. Raises OSError.

    To read a file of all public authorities takes some 40 ms: in a loop, the first item does it for all.
    """
    if os.path.isdir(path):
        return any(HASHED.fullmatch(name) for name in os.listdir(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        return False
    return context.cert_store_stats()["x509"] > 0


def proxy_secrets(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what nobody may see of the proxies: user and password in each form in which they can come back."""
    found = (
        secret
        for name, value in environment.items()
        if name.lower().endswith("_proxy") and name.lower() != "no_proxy" and "@" in value
        for secret in _of_proxy(value)
    )
    return tuple(dict.fromkeys(found))


def _of_proxy(address: str) -> Iterator[str]:
    # Not urlsplit: of an address with a mistake in it, the password is no less secret.
    pair = address.rpartition("@")[0].rpartition("://")[2]
    for spelling in (pair, unquote(pair)):
        user, _colon, password = spelling.partition(":")
        yield spelling
        yield base64.b64encode(spelling.encode("utf-8", "surrogateescape")).decode()
        yield password or user
