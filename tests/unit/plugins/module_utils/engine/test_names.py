# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of domains: A-labels, U-labels, and what is no part of a name."""

from __future__ import annotations

import idna
import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import quote
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import DomainName
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.names import to_a_labels
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field
from support.fresh import hide_package


def test_a_name_with_u_labels_has_at_most_a_thousand_characters() -> None:
    for length, reason in ((1000, ""), (1001, " (it is too long)")):
        name = ("\u00f6." * 501)[:length]
        with pytest.raises(InputError) as error:
            Field("option", DomainName()).validate(name)

        assert str(error.value) == f"option: must be a domain name such as example.com, not {quote(name)}{reason}."


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a\u200bb.example", " (it contains the invisible character U+200B)"),
        ("\u00f6\u00adb.example", " (it contains the invisible character U+00AD)"),
        # It is visible, but no part of a name.
        ("\u2474.example", ""),
    ],
)
def test_a_name_with_an_invisible_character_is_refused(name: str, reason: str) -> None:
    with pytest.raises(InputError) as error:
        Field("option", DomainName()).validate(name)

    assert str(error.value) == f"option: must be a domain name such as example.com, not {quote(name)}{reason}."


def test_a_long_reason_is_cut() -> None:
    label = "a" * 150 + "\u0378"
    with pytest.raises(idna.IDNAError) as reason:
        idna.uts46_remap(f"{label}.example")
    assert len(str(reason.value)) > 201

    with pytest.raises(InputError) as error:
        Field("option", DomainName()).validate(f"{label}.example")

    assert str(error.value).endswith(f"...' ({str(reason.value)[:200]}).")


def test_without_idna_only_names_of_ascii_are_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    hide_package(monkeypatch, "idna")
    to_a_labels.cache_clear()

    assert Field("domain", DomainName()).validate("example.com") == "example.com"
    with pytest.raises(InputError) as error:
        Field("domain", DomainName()).validate("\u00f6.example")
    assert str(error.value) == (
        "domain: must be a domain name such as example.com, not '\u00f6.example' "
        "(such names require the Python package idna, which is not installed)."
    )
