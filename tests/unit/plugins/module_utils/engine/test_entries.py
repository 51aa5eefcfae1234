# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes of entries: what is told of them, and how much. With the modules: modules/test_bulk_entries.py."""

from __future__ import annotations

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import InputError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.sending_domain_restriction import (
    SENDING_DOMAIN_RESTRICTION,
)


def test_all_options_that_there_are_not_are_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        parse_entries(
            SENDING_DOMAIN_RESTRICTION, [{"domain": "a.example", "size": 1, "colour\n": None, "c\n": 2, 5: 6}]
        )

    assert str(told.value) == (
        r"restrictions[0] (a.example): size, colour\n, c\n, 5: there is no such option. "
        "There are comments, domain, exclude, sending_domain_restriction_id, state."
    )


def test_an_option_may_have_no_name_at_all() -> None:
    with pytest.raises(InputError) as told:
        parse_entries(SENDING_DOMAIN_RESTRICTION, [{"domain": "a.example", "": "x"}])

    assert str(told.value).startswith("restrictions[0] (a.example): '': there is no such option. There are ")


@pytest.mark.parametrize(("length", "told"), [(1900, 2), (1901, 1)])
def test_as_many_mistakes_are_told_as_somebody_would_read(length: int, told: int) -> None:
    mistakes = Mistakes("domains")
    mistakes.add(0, "a", "x" * (length - 2 * len("domains[0] (a): ") - 1))
    mistakes.add(1, "b", "y")

    with pytest.raises(InputError) as failed:
        mistakes.raise_any()

    lines = str(failed.value).split("\n")
    assert len(failed.value.details["mistakes"]) == 2
    assert lines[0].startswith("domains[0] (a): x")
    assert lines[1] == ("domains[1] (b): y" if told == 2 else "1 more errors: all are in mistakes.")


def test_a_single_mistake_is_told_however_long_it_is() -> None:
    mistakes = Mistakes("domains")
    mistakes.add(3, None, "x" * 3000)

    with pytest.raises(InputError, match=r"^domains\[3\]: x{1985}\.\.\.$"):
        mistakes.raise_any()


def test_records_are_called_by_name_or_else_by_id() -> None:
    assert names_of([{"domain": "b", "id": 1}, {"domain": "a"}, {"domain": None, "id": 3}, {}]) == "3, None, a, b"
