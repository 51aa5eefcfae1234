# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections: who uses them, and that nothing is shared that must not be."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import requests

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.connection import Connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import (
    Adapter,
    SessionCache,
    Sessions,
    new_sessions,
)
from support.clients import connection_for

PAIR = {"Authorization": "Bearer t"}
SAME = connection_for(PAIR, "t")


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Sessions]:
    """Return the sessions that were closed."""
    closed: list[Sessions] = []

    # A function, which gets the sessions; a bound method would not.
    def close(sessions: Sessions) -> None:
        closed.append(sessions)

    monkeypatch.setattr(Sessions, "close", close)
    return closed


def given(kept: SessionCache, settings: Connection = SAME, **environment: str) -> Sessions:
    with kept.sessions(settings, environment) as sessions:
        return sessions


def test_a_session_is_used_again_but_never_by_two() -> None:
    sessions = Sessions(SAME)
    with sessions.session() as first, sessions.session() as second:
        assert first is not second
    with sessions.session() as third:
        assert third is first


def test_a_session_in_which_something_failed_is_not_used_again() -> None:
    sessions = Sessions(SAME)
    with pytest.raises(KeyboardInterrupt), sessions.session() as first:
        raise KeyboardInterrupt
    with sessions.session() as second:
        assert second is not first


def test_those_of_a_module_end_with_it(closed: list[Sessions]) -> None:
    with pytest.raises(CollectionError), new_sessions(SAME, {}) as sessions:
        raise CollectionError("x")
    assert closed == [sessions]


def test_equal_settings_in_an_equal_environment_share_connections() -> None:
    kept = SessionCache()

    assert given(kept, connection_for(PAIR, "t"), A="1") is given(kept, connection_for(dict(PAIR), "t"), A="1")


@pytest.mark.parametrize(
    "other",
    [
        {"settings": connection_for({"Authorization": "Bearer u"}, "u")},
        {"settings": SAME._replace(account_id="b")},
        {"settings": SAME._replace(api_url="https://other.example")},
        {"settings": SAME._replace(verify=False)},
        {"settings": SAME._replace(verify="/ca.pem")},
        {"https_proxy": "http://proxy.example"},
        {"REQUESTS_CA_BUNDLE": "/ca.pem"},
    ],
    ids=str,
)
def test_nothing_else_is_shared(other: dict[str, Any]) -> None:
    kept = SessionCache()

    assert given(kept) is not given(kept, **other)
    assert given(kept) is given(kept)


def test_only_so_many_are_kept(closed: list[Sessions]) -> None:
    kept = SessionCache(most=2)
    first, second = given(kept, N="1"), given(kept, N="2")

    assert given(kept, N="1") is first
    given(kept, N="3")

    assert closed == [second]
    assert given(kept, N="1") is first
    assert given(kept, N="2") is not second


def test_sixteen_are_kept(closed: list[Sessions]) -> None:
    kept = SessionCache()
    first = given(kept, N="0")
    for number in range(1, 16):
        given(kept, N=str(number))

    assert closed == []
    given(kept, N="16")
    assert closed == [first]


def test_a_failure_of_the_task_keeps_them_and_an_interruption_does_not(closed: list[Sessions]) -> None:
    kept = SessionCache()
    with pytest.raises(CollectionError), kept.sessions(SAME, {}) as first:
        raise CollectionError("x")
    assert given(kept) is first

    with pytest.raises(KeyboardInterrupt), kept.sessions(SAME, {}):
        raise KeyboardInterrupt
    assert closed == [first]
    assert given(kept) is not first


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_no_session_takes_cookies(scheme: str) -> None:
    with new_sessions(SAME, {}) as sessions, sessions.session() as session:
        assert isinstance(session.get_adapter(f"{scheme}://api.example"), Adapter)


@pytest.mark.parametrize("original", [{}, {"_original_response": None}])
def test_an_answer_that_was_not_read_from_a_connection_has_no_cookies(original: dict[str, Any]) -> None:
    request = requests.Request("GET", "https://api.example").prepare()
    received: Any = SimpleNamespace(status=200, reason="OK", headers={}, **original)

    assert Adapter().build_response(request, received).status_code == 200
