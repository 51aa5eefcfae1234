# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of authorities that no machine trusts by default."""

from __future__ import annotations

import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509

HOST = "127.0.0.1"
OTHER_HOST = "api.other.example"


class Authority:
    """An authority.

    Args:
        folder: where its files are written.
        name: the name of its files.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._ca = trustme.CA(organization_name=name)
        self.file = folder / f"{name}.pem"
        self._ca.cert_pem.write_to_path(str(self.file))
        #: As C(openssl rehash) prepares a folder.
        self.folder = folder / f"{name}.d"
        self.folder.mkdir()
        (self.folder / f"{self._hash():08x}.0").write_bytes(self._ca.cert_pem.bytes())

    def context(self, host: str = HOST, days: tuple[int, int] = (-1, 1)) -> ssl.SSLContext:
        """Return the context of a server with a certificate.

        Args:
            host: a name or an address.
            days: when its validity begins and ends, counted from today.
        """
        now = datetime.now(UTC)
        begin, end = (now + timedelta(days=day) for day in days)
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(host, not_before=begin, not_after=end).configure_cert(made)
        return made

    def _hash(self) -> int:
        """Return the number with which OpenSSL looks for the authority: that of its name, in OpenSSL's own form."""
        subject = x509.load_pem_x509_certificate(self._ca.cert_pem.bytes()).subject
        form = b""
        for attribute in subject:
            oid = x509.Name([attribute]).public_bytes()
            # SEQUENCE, SET, SEQUENCE, and then the identifier with its length.
            identifier = oid[6 : 8 + oid[7]]
            value = " ".join(str(attribute.value).lower().split()).encode()
            pair = identifier + bytes([0x0C, len(value)]) + value
            form += bytes([0x31, len(pair) + 2, 0x30, len(pair)]) + pair
        return int.from_bytes(hashlib.sha1(form, usedforsecurity=False).digest()[:4], "little")
