# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""email_security_domain: what is sent for what was asked, and what comes back."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from support.module_runner import Run
from support.script import Exchange, Script, envelope, page

MODULE = "email_security_domain"
ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
DOMAINS = f"/client/v4/accounts/{ACCOUNT}/email-security/settings/domains"
ID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
BY_NAME = {"domain": ["example.com"], "page": ["1"], "per_page": ["1000"]}
RECORD: dict[str, Any] = {
    "id": ID,
    "domain": "example.com",
    "allowed_delivery_modes": ["DIRECT", "BCC"],
    "drop_dispositions": ["SPAM", "MALICIOUS"],
    "folder": None,
    "integration_id": None,
    "ip_restrictions": ["192.0.2.0/24", "2001:db8::/32"],
    "lookback_hops": 2,
    "regions": ["GLOBAL"],
    "require_tls_inbound": False,
    "require_tls_outbound": True,
    "transport": "mx.example.com",
    "status": "active",
    "modified_at": "2026-10-27T18:11:19.117000Z",
}


def found(record: dict[str, Any] = RECORD) -> Exchange:
    return Exchange("GET", DOMAINS, BY_NAME, answer=page([record]))


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"require_tls_outbound": True}, id="flag"),
        pytest.param({"drop_dispositions": ["MALICIOUS", "SPAM", "SPAM"]}, id="order and repeats of a list"),
        pytest.param({"ip_restrictions": "2001:DB8:0::/32,192.0.2.7/24"}, id="spelling of networks, as text"),
        pytest.param({"folder": ""}, id="nothing to clear"),
        pytest.param({"domain": "EXAMPLE.com."}, id="spelling of the name"),
        pytest.param({"lookback_hops": "2"}, id="number as text"),
    ],
)
def test_a_converged_domain_costs_one_get(run: Callable[..., Run], settings: dict[str, Any]) -> None:
    result = run(MODULE, Script(found()), **{"domain": "example.com", **settings})

    assert not result.changed
    assert result.result == RECORD
    assert result.diff["before"] == result.diff["after"]


def test_a_change_sends_one_patch_with_the_difference_alone(run: Callable[..., Run]) -> None:
    stored = {**RECORD, "require_tls_inbound": True, "drop_dispositions": ["SPAM"], "modified_at": "later"}
    body = {"require_tls_inbound": True, "drop_dispositions": ["SPAM"]}
    script = Script(found(), Exchange("PATCH", f"{DOMAINS}/{ID}", body=body, answer=envelope(stored)))

    result = run(
        MODULE, script, domain="example.com", require_tls_inbound=True, drop_dispositions=["SPAM"], regions=["GLOBAL"]
    )

    assert result.changed
    assert result.result == stored
    assert result.diff["before"]["drop_dispositions"] == ["MALICIOUS", "SPAM"]
    assert result.diff["after"]["drop_dispositions"] == ["SPAM"]
