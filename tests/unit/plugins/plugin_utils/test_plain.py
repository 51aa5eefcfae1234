# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as templates hand them over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timezone

import pytest
from ansible.parsing.yaml.objects import AnsibleUnicode

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import plain as module
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import is_omitted, plain
from support.fresh import fresh_copy
from support.vaulted import vaulted


class Lazy(Mapping):
    """A mapping whose values are made when they are read."""

    def __getitem__(self, key):
        return [AnsibleUnicode("a"), (1, None, True)]

    def __iter__(self):
        return iter([AnsibleUnicode("key")])

    def __len__(self):
        return 1


class TaggedBytes(bytes):
    """Bytes as ansible-core 2.19 and newer mark them."""


class TaggedInt(int):
    """An integer as ansible-core 2.19 and newer mark it."""


class TaggedFloat(float):
    """A number as ansible-core 2.19 and newer mark it."""


def test_marks_are_removed_and_containers_are_read():
    found = plain(Lazy())
    assert found == {"key": ["a", [1, None, True]]}
    assert {type(found), type(next(iter(found))), type(found["key"]), type(found["key"][0])} == {dict, str, list}


class _OmitType:
    """As in ansible-core 2.19 and newer."""


@pytest.mark.parametrize("omitted", [_OmitType(), "__omit_place_holder__0123456789abcdef"])
def test_what_a_template_omits_is_left_out(omitted):
    assert plain({"a": omitted, "b": [omitted, 1, {"c": omitted}]}) == {"b": [1, {}]}
    assert is_omitted(plain(omitted))
    assert not is_omitted(None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (date(2026, 11, 29), "2026-11-29"),
        (datetime(2026, 11, 29, 1, 2, tzinfo=timezone.utc), "2026-11-29T01:02:00+00:00"),
        (TaggedBytes(b"a"), b"a"),
        ({"a"}, ["a"]),
        (TaggedInt(1), 1),
        (TaggedFloat(1.5), 1.5),
        (True, True),
    ],
)
def test_other_types(value, expected):
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)


def test_a_vaulted_value_is_decrypted(monkeypatch):
    found = plain([vaulted("secret", monkeypatch)])
    assert found == ["secret"]
    assert found[0].__class__ is str


def test_a_vaulted_value_until_ansible_core_2_18(monkeypatch):
    from ansible.parsing import vault
    from ansible.parsing.yaml import objects

    class Old:
        """What a vaulted value was."""

        def __str__(self):
            return "secret"

    monkeypatch.delattr(vault, "EncryptedString", raising=False)
    monkeypatch.setattr(objects, "AnsibleVaultEncryptedUnicode", Old, raising=False)

    assert fresh_copy(module).plain([Old()]) == ["secret"]


@pytest.mark.parametrize("old", [True, False])
def test_on_old_cores_texts_are_marked_as_no_templates(monkeypatch, old):
    monkeypatch.setattr(module, "UNMARKED_IS_TEMPLATE", old)
    monkeypatch.setattr(module, "wrap_var", lambda value: ("wrapped", value))
    assert module.untrusted(["{{ a }}"]) == (("wrapped", ["{{ a }}"]) if old else ["{{ a }}"])


@pytest.mark.parametrize("exists", [True, False])
def test_which_cores_are_old(monkeypatch, exists):
    import ansible.template

    if exists:
        monkeypatch.setattr(ansible.template, "trust_as_template", None, raising=False)
    else:
        monkeypatch.delattr(ansible.template, "trust_as_template", raising=False)
    assert fresh_copy(module).UNMARKED_IS_TEMPLATE is not exists
