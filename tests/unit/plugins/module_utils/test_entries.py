# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries that need no check by Ansible are those that Ansible would leave as they are."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailsec.cloudflare.plugins.module_utils.email_security import DOMAIN
from ansible_collections.mailsec.cloudflare.plugins.module_utils.entries import is_plain, validated

SPEC = DOMAIN.spec()
VALIDATOR = ArgumentSpecValidator(SPEC, required_one_of=DOMAIN.required_one_of)
WORDS = ["present", "absent", "DIRECT", "GLOBAL", "SPAM", "Inbox", "AllItems", "", "yes", "5", "MARS", "example.com"]
SCALARS = st.sampled_from(WORDS) | st.booleans() | st.integers(-1, 21) | st.none() | st.floats(0, 2)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(WORDS), SCALARS, max_size=1)


@given(st.dictionaries(st.sampled_from([*SPEC, "no_such_option"]), VALUES, max_size=4))
def test_what_is_plain_is_what_ansible_leaves_as_it_is(entry: dict[str, Any]) -> None:
    if not is_plain(DOMAIN, SPEC, entry):
        return
    checked = VALIDATOR.validate(entry)

    assert not checked.error_messages
    assert validated(DOMAIN, SPEC, VALIDATOR, entry) == checked.validated_parameters


@pytest.mark.parametrize(
    ("entry", "plain"),
    [
        ({"domain": "example.com"}, True),
        ({"domain": "example.com", "regions": ["DE"], "lookback_hops": 3, "require_tls_inbound": True}, True),
        ({"domain": "example.com", "lookback_hops": "3"}, False),
        ({"domain": "example.com", "lookback_hops": True}, False),
        ({"domain": "example.com", "require_tls_inbound": "yes"}, False),
        ({"domain": "example.com", "regions": ["MARS"]}, False),
        ({"domain": "example.com", "regions": [None]}, False),
        ({"domain": "example.com", "state": "gone"}, False),
        ({"domain": "example.com", "folder": None}, False),
        ({"domain": "example.com", "no_such_option": 1}, False),
        ({"regions": ["DE"]}, False),
    ],
)
def test_what_is_plain(entry: dict[str, Any], plain: bool) -> None:
    assert is_plain(DOMAIN, SPEC, entry) is plain
