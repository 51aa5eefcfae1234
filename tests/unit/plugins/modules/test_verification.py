# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The verification of domains, which the info module reads with a further request for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from support.module_runner import Run
from support.resources import DOMAIN
from support.script import Exchange, Script, envelope, refusal

RECORD = {
    "status": "pending",
    "txt_record_name": "_cf-email-sec-challenge.d1.example",
    "txt_record_value": "secret-of-nobody",
    "last_checked_at": None,
}


def reading(number: int, **answer: Any) -> Exchange:
    return Exchange("GET", f"{DOMAIN.path_of(DOMAIN.numbered(number))}/verification", **answer)


def verification(run: Callable[..., Run], *exchanges: Exchange, **params: Any) -> Run:
    return run(DOMAIN.info_module, Script(*exchanges), verification=True, **params)


def test_the_txt_record_is_returned_and_null_where_none_is_needed(run: Callable[..., Run]) -> None:
    one, two = DOMAIN.records(2)
    pending, nothing = reading(1, answer=envelope(RECORD)), reading(2, text="", status=204)
    params = {"domain": one["domain"]}
    assert verification(run, DOMAIN.lookup(one, key=one), pending, **params).result == [{**one, "verification": RECORD}]
    params = {DOMAIN.id_option: two["id"]}
    assert verification(run, DOMAIN.reading(two), nothing, **params).result == [{**two, "verification": None}]


def test_a_verification_that_cannot_be_read_fails_the_task(run: Callable[..., Run]) -> None:
    one = DOMAIN.numbered(1)
    result = verification(
        run, DOMAIN.listing(one), reading(1, status=403, answer=refusal(10000, "Authentication error"))
    )
    assert result.failed
    assert result.failure["url"].endswith("/verification")


def test_a_record_without_a_usable_id_has_no_verification(run: Callable[..., Run]) -> None:
    record = DOMAIN.without_id(DOMAIN.numbered(1))
    assert verification(run, DOMAIN.listing(record)).result == [{**record, "verification": None}]
