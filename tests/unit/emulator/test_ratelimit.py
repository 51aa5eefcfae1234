# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quota, its headers, and the block that follows."""

from __future__ import annotations

import pytest

from emulator import Emulator
from emulator.auth import Credential
from emulator.behaviour import Behaviour
from emulator.errors import ApiError
from emulator.ratelimit import RateLimit
from emulator.testing import Client


@pytest.mark.parametrize("retry_after", [True, False])
def test_going_over_blocks_every_call(
    api: Client, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, retry_after: bool
) -> None:
    now = [1000.0]
    monkeypatch.setattr(emulator.world.limit, "_clock", lambda: now[0])
    emulator.seed(domains=1)
    emulator.behaviour.update({"quota": 3, "window": 0.4, "retry_after": retry_after})
    remaining = [api.get("domains").headers["Ratelimit"] for dummy in range(3)]
    assert remaining == ['"default";r=2;t=1', '"default";r=1;t=1', '"default";r=0;t=1']
    path = f"domains/{api.id_of('domains', 'domain-00001.example')}"
    for method in ("GET", "DELETE"):
        refused = api.request(method, path)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (429, 971)
        assert refused.headers["Ratelimit"].startswith('"default";r=0;')
        assert refused.headers["Ratelimit-Policy"] == '"default";q=3;w=1'
        assert refused.headers.get("Retry-After") == ("1" if retry_after else None)
    assert len(emulator.state()["domains"]) == 1
    now[0] += 0.45
    assert api.get("domains").headers["Ratelimit"].startswith('"default";r=2;')


def test_token_and_key_of_one_user_are_counted_together(api: Client, emulator: Emulator) -> None:
    emulator.world.keyring.add(Credential(email="user@example.com", key="key"))
    emulator.world.keyring.add(Credential(token="stranger", user="stranger"))
    emulator.behaviour.update({"quota": 2})
    assert api.get("domains").status_code == 200
    del api.headers["Authorization"]
    api.headers.update({"X-Auth-Email": "user@example.com", "X-Auth-Key": "key"})
    assert [api.get("domains").status_code for dummy in range(2)] == [200, 429]
    del api.headers["X-Auth-Email"], api.headers["X-Auth-Key"]
    api.headers["Authorization"] = "Bearer stranger"
    assert api.get("domains").status_code == 200


def test_the_block_lasts_one_whole_window_from_the_call_that_went_over() -> None:
    now = [1000.0]
    limit = RateLimit(Behaviour(quota=2, window=300), clock=lambda: now[0])
    limit.count("user")
    now[0] += 299
    limit.count("user")
    assert limit.headers("user")["Ratelimit"] == '"default";r=0;t=1'
    with pytest.raises(ApiError) as refused:
        limit.count("user")
    assert refused.value.headers == {"Retry-After": "300"}
    now[0] += 299
    with pytest.raises(ApiError) as refused:
        limit.count("user")
    assert refused.value.headers == {"Retry-After": "1"}
    now[0] += 1
    limit.count("user")
    assert limit.headers("user")["Ratelimit"] == '"default";r=1;t=300'
