# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS: the certificates that are trusted."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from functools import lru_cache

from .errors import InputError
from .text import quote

#: The variables with which requests finds certificates, in its order.
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
#: How OpenSSL finds a certificate in a folder.
HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")
#: A word without a slash, longer than most file names: perhaps a token in the wrong option.
LIKE_A_SECRET = re.compile(r"[!-.0-~]{20,}")


def verify_option(validate_certs: bool, ca_path: str | None, environment: Mapping[str, str]) -> bool | str:
    """Return the ``verify`` of requests. Raises InputError.

    Requests reads the variables of the environment itself, but does not report errors in them.
    """
    if ca_path is not None and not os.path.exists(ca_path):
        shown = "" if LIKE_A_SECRET.fullmatch(ca_path) else f": {quote(ca_path)}"
        raise InputError(f"ca_path: no such file or directory{shown}.")
    if not validate_certs:
        return False
    bundles = [(name, environment[name]) for name in BUNDLES if environment.get(name)]
    for source, path in [("ca_path", ca_path)] if ca_path is not None else bundles[:1]:
        try:
            usable = _has_certificates(path, os.stat(path).st_mtime_ns)
        except (OSError, ValueError) as error:
            raise InputError(f"{source}: {quote(path)} cannot be read: {getattr(error, 'strerror', error)}.") from None
        if not usable:
            raise InputError(
                f"{source}: {quote(path)} contains no usable certificate. It must be a PEM file, or a "
                "directory prepared with openssl rehash."
            )
    return ca_path or True


@lru_cache(maxsize=16)
def _has_certificates(path: str, _modified: int) -> bool:
    """Return whether there are certificates. Raises OSError.

    A file of all public authorities takes some 40 ms: the first item of a loop pays for all.
    """
    if os.path.isdir(path):
        return any(HASHED.fullmatch(name) for name in os.listdir(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        return False
    return context.cert_store_stats()["x509"] > 0
