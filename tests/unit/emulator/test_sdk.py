# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cloudflare's own Python SDK works against the emulator."""

from __future__ import annotations

from collections.abc import Iterator

import cloudflare
import pytest

from emulator import Emulator
from emulator.kinds import KINDS
from emulator.testing import BODIES, DOMAIN, UNKNOWN_ID


@pytest.fixture
def sdk(emulator: Emulator) -> Iterator[cloudflare.Cloudflare]:
    """The official client; it repeats nothing by itself."""
    with cloudflare.Cloudflare(api_token=emulator.token, base_url=emulator.url, max_retries=0) as client:
        yield client


def test_domains(sdk: cloudflare.Cloudflare, emulator: Emulator) -> None:
    emulator.seed(domains=45)
    account = emulator.account_id
    domains = sdk.email_security.settings.domains
    assert [domain.domain for domain in domains.list(account_id=account, per_page=20)] == [
        record["domain"] for record in emulator.state()["domains"]
    ]
    (found,) = domains.list(account_id=account, domain=["domain-00007.example"]).result
    assert found.id is not None
    edited = domains.edit(found.id, account_id=account, lookback_hops=9, drop_dispositions=["SPAM"])
    assert edited is not None
    assert (edited.lookback_hops, edited.drop_dispositions) == (9, ["SPAM"])
    read = domains.get(found.id, account_id=account)
    assert read is not None
    assert (read.domain, read.lookback_hops, read.created_at) == ("domain-00007.example", 9, found.created_at)
    assert [(entry.method, entry.body) for entry in emulator.writes] == [
        ("PATCH", {"lookback_hops": 9, "drop_dispositions": ["SPAM"]})
    ]
    assert emulator.rejected == []


def test_the_rest_of_a_domain(sdk: cloudflare.Cloudflare, emulator: Emulator) -> None:
    account = emulator.account_id
    domains = sdk.email_security.settings.domains
    created = domains.create(account_id=account, **DOMAIN)
    assert created is not None
    assert created.id is not None
    settings = {name: value for name, value in DOMAIN.items() if name != "domain"}
    replaced = domains.update(created.id, account_id=account, **{**settings, "regions": ["DE"]})
    assert replaced is not None
    assert replaced.regions == ["DE"]
    batch = domains.batch(
        account_id=account,
        deletes=[{"id": created.id}],
        patches=[],
        puts=[],
        posts=[{**DOMAIN, "domain": "other.example"}],  # type: ignore[typeddict-item]  # made from a plain dict
    )
    assert batch is not None
    (last,) = emulator.state()["domains"]
    assert last["domain"] == "other.example"
    deleted = domains.delete(last["id"], account_id=account)
    assert deleted is not None
    assert deleted.id == last["id"]
    assert emulator.rejected == []


def test_restrictions(sdk: cloudflare.Cloudflare, emulator: Emulator) -> None:
    account = emulator.account_id
    restrictions = sdk.email_security.settings.sending_domain_restrictions
    created = restrictions.create(account_id=account, domain="partner.example", exclude=["a.partner.example"])
    assert created is not None
    assert created.id is not None
    edited = restrictions.edit(created.id, account_id=account, comments="Agreed", exclude=[])
    assert edited is not None
    assert (edited.comments, edited.exclude) == ("Agreed", [])
    read = restrictions.get(created.id, account_id=account)
    assert read is not None
    assert read.model_dump() == edited.model_dump()
    assert [record.id for record in restrictions.list(account_id=account)] == [created.id]
    assert restrictions.delete(created.id, account_id=account) is not None
    assert emulator.state()["sending_domain_restrictions"] == []
    assert emulator.rejected == []


@pytest.mark.parametrize(
    "collection", [name for name in KINDS if name not in ("domains", "sending_domain_restrictions")]
)
def test_the_other_kinds(sdk: cloudflare.Cloudflare, emulator: Emulator, collection: str) -> None:
    account, kind, body = emulator.account_id, KINDS[collection], BODIES[collection]
    resource = getattr(sdk.email_security.settings, collection)
    created = resource.create(account_id=account, **body)
    assert {name: getattr(created, name) for name in body} == body
    text = "notes" if "notes" in body else "comments"
    for value in ("Agreed", None):
        edited = resource.edit(created.id, account_id=account, **{text: value})
        assert (edited.id, getattr(edited, text)) == (created.id, value)
    assert resource.get(created.id, account_id=account).model_dump() == edited.model_dump()
    emulator.seed(**{collection: 25})
    order = {"order": "created_at"} if kind.searched else {}
    assert len({record.id for record in resource.list(account_id=account, **order)}) == 26
    if hasattr(resource, "batch"):
        lists = {"deletes": [{"id": created.id}], "patches": [], "puts": [], "posts": [body]}
        done = resource.batch(account_id=account, **lists)
        assert ([each.id for each in done.deletes], len(done.posts)) == ([created.id], 1)
    else:
        assert resource.delete(created.id, account_id=account).id == created.id
    assert emulator.rejected == []


def test_errors(sdk: cloudflare.Cloudflare, emulator: Emulator) -> None:
    with pytest.raises(cloudflare.NotFoundError):
        sdk.email_security.settings.domains.get(UNKNOWN_ID, account_id=emulator.account_id)
    with pytest.raises(cloudflare.PermissionDeniedError):
        sdk.email_security.settings.domains.get(UNKNOWN_ID, account_id="unheard")
