# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as templates hand them over."""

from __future__ import annotations

from collections.abc import Mapping

from ansible.parsing.yaml.objects import AnsibleUnicode

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain


class Lazy(Mapping):
    """A mapping whose values are made when they are read."""

    def __getitem__(self, key):
        return [AnsibleUnicode("a"), (1, None, True)]

    def __iter__(self):
        return iter([AnsibleUnicode("key")])

    def __len__(self):
        return 1


def test_marks_are_taken_off_and_containers_are_read():
    found = plain(Lazy())
    assert found == {"key": ["a", [1, None, True]]}
    assert {type(found), type(next(iter(found))), type(found["key"]), type(found["key"][0])} == {dict, str, list}
