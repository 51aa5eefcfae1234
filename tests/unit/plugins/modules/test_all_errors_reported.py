# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All errors of a task are reported in one message, before the first request: the scripts here have no exchange."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION
from support.sample import ACCOUNT, ID, Sample

#: Options of the connection, and the sentences about them.
CONNECTION: dict[str, tuple[Any, str]] = {
    "timeout": (-1, "timeout: must be a number from 0.1 to 3600, not -1.0."),
    "retries": (500, "retries: must be a number from 0 to 100, not 500."),
    "retry_max_wait": ("long", "retry_max_wait: must be a number, not 'long'."),
    "api_url": ("ftp://x", "api_url: must be a URL such as "),
    "ca_path": ("/does/not/exist", "ca_path: no such file or directory: '/does/not/exist'."),
    "validate_certs": ("perhaps", "argument 'validate_certs' is of type "),
}
ONE: dict[str, tuple[Any, str]] = {
    "domain": ("no name", "domain: must be a domain name such as example.com, not 'no name'."),
    "domain_id": ("x", "domain_id: must be a UUID such as "),
    "drop_dispositions": (["SPAM", "HAM", "EGGS"], "value of drop_dispositions must be one or more of: "),
    "folder": ("Junk", "value of folder must be one of: AllItems, Inbox, , got: Junk."),
    "ip_restrictions": ("10.0.0.0/33", "ip_restrictions: entry 1 must be an IP address or network such as "),
    "list_mode": ("merge", "value of list_mode must be one of: replace, append, remove, got: merge."),
    "lookback_hops": (99, "lookback_hops: must be a number from 1 to 20, not 99."),
    "regions": ("EU", "value of regions must be one or more of: GLOBAL, AU, DE, IN, US. Got no match for: EU."),
    "require_tls_inbound": (
        "maybe",
        "argument 'require_tls_inbound' is of type ",
    ),
    "state": ("gone", "value of state must be one of: present, absent, got: gone."),
    "transport": (["mx"], "transport: must be a string, not a list."),
}
MANY: dict[str, tuple[Any, str]] = {
    "list_mode": ("merge", "value of list_mode must be one of: replace, append, remove, got: merge."),
    "purge": ("perhaps", "argument 'purge' is of type "),
    "purge_limit": (-1, "purge_limit: must be a number from 0 to 100000, not -1."),
    "concurrency": (33, "concurrency: must be a number from 1 to 32, not 33."),
}
INFO: dict[str, tuple[Any, str]] = {
    "domain": (["a.example", "no name", 5], "domain: entry 2 must be a domain name such as example.com, not 'no name'"),
    "integration_id": ("x", "integration_id: must be a UUID such as "),
    "status": ("lost", "status: must be one of pending, active, failed, timeout, not 'lost'."),
    "active_delivery_mode": ("MAIL", "value of active_delivery_mode must be one of: DIRECT, "),
    "search": ("", "search: is empty. Leave it out to read all records."),
    "order": ("name", "value of order must be one of: domain, created_at, got: name."),
    "direction": ("up", "value of direction must be one of: asc, desc, got: up."),
}
NO_ACCOUNT = (
    "account_id: required. Set it in the task or in module_defaults, or set CLOUDFLARE_ACCOUNT_ID in the environment."
)
NO_CREDENTIALS = "api_token: no credentials found. "


def values(table: dict[str, tuple[Any, str]]) -> dict[str, Any]:
    return {option: value for option, (value, _sentence) in table.items()}


def sentences(table: dict[str, tuple[Any, str]]) -> list[str]:
    return [sentence for _value, sentence in table.values()]


def assert_named(result: Run, *expected: str) -> None:
    """Check that a message has each sentence once, and no false one about what was refused."""
    assert result.failed
    assert "failure" not in result.output
    assert [sentence for sentence in expected if result.msg.count(sentence) != 1] == []


def test_three_wrong_options_of_an_ad_hoc_command(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, domain="a.example", regions="EU", lookback_hops="99", ip_restrictions="10.0.0.0/33")

    assert result.msg == (
        "value of regions must be one or more of: GLOBAL, AU, DE, IN, US. Got no match for: EU. "
        "ip_restrictions: entry 1 must be an IP address or network such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32, "
        "not '10.0.0.0/33'. lookback_hops: must be a number from 1 to 20, not 99."
    )


def test_one_record(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, credentials=False, **values(ONE))

    assert_named(result, *sentences(ONE), NO_ACCOUNT, NO_CREDENTIALS)


def test_the_connection_of_one_record(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, lookback_hops=99, **values(CONNECTION))

    assert_named(
        result, *sentences(CONNECTION), ONE["lookback_hops"][1], "one of the following is required: domain_id, domain."
    )


def test_many_records(run: Callable[..., Run]) -> None:
    of_entry = {option: value for option, value in values(ONE).items() if option != "list_mode"}
    entries = [of_entry, {"domain": "a.example"}, {"lookback_hops": 3}, "text", {"domain": "A.example"}]

    result = run(DOMAIN.bulk_module, credentials=False, domains=entries, **values({**CONNECTION, **MANY}))

    first, *lines = result.msg.split("\n")
    for sentence in (*sentences(CONNECTION), *sentences(MANY), NO_ACCOUNT, NO_CREDENTIALS):
        assert first.count(sentence) == 1, sentence
    assert [line.split(":")[0] for line in lines][:1] == ["domains[0] (no name)"]
    assert [entry["index"] for entry in result.entry_errors] == [0, 2, 3, 4]
    assert len(result.msg) <= 2000


def test_many_records_without_a_list(run: Callable[..., Run], sample: Sample) -> None:
    for given in ({}, {sample.entries_option: 5}, {sample.entries_option: None}):
        result = run(sample.bulk_module, purge=True, concurrency=0, **given)

        assert sample.entries_option in result.msg
        assert_named(result, "concurrency: must be a number from 1 to 32, not 0.")
        assert "purge: " not in result.msg


def test_a_purge_of_all_and_another_error(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.bulk_module, purge=True, retries=-1, **{sample.entries_option: []})

    assert_named(
        result, f"purge: {sample.entries_option} is empty.", "retries: must be a number from 0 to 100, not -1."
    )


def test_info(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.info_module, credentials=False, **values(INFO))

    assert_named(result, *sentences(INFO), NO_ACCOUNT, NO_CREDENTIALS)


def test_info_by_id_and_filters(run: Callable[..., Run]) -> None:
    result = run(RESTRICTION.info_module, sending_domain_restriction_id=ID, domain=5, search="x", timeout=0, order="x")

    assert_named(
        result,
        "value of order must be one of: domain, created_at, got: x.",
        "domain: must be a list, not 5.",
        "parameters are mutually exclusive: sending_domain_restriction_id|search",
        "timeout: must be a number from 0.1 to 3600, not 0.0.",
    )


@pytest.mark.parametrize(
    ("credentials", "sentence", "other"),
    [
        ({"api_token": True}, "api_token: must be a string, not true.", "no credentials"),
        ({"api_key": [1]}, "api_key: must be a string, not a list.", "no credentials"),
        ({"api_email": "", "api_key": ""}, "api_email: is empty. ", "no credentials"),
        ({"api_email": "a b", "api_key": "c d"}, "api_email: contains an invalid character", ": required."),
    ],
)
def test_credentials_and_another_error(
    run: Callable[..., Run], credentials: dict[str, Any], sentence: str, other: str
) -> None:
    result = run(RESTRICTION.module, credentials=False, account_id=[ACCOUNT], domain="x", **credentials)

    assert_named(result, sentence, "account_id: must be a string, not a list.", "domain: must be a domain name such as")
    assert other not in result.msg
    if len(credentials) == 2:
        assert "api_key: " in result.msg


def test_an_unknown_option_and_a_wrong_one(run: Callable[..., Run]) -> None:
    result = run(DOMAIN.module, domain="a.example", colour="red", folder="Junk")

    assert_named(result, ONE["folder"][1], "Unsupported parameters: colour.")


@pytest.mark.parametrize(("wrong", "more"), [(2, ""), (10, ""), (11, "; and 1 more entries are invalid")])
@pytest.mark.parametrize(("option", "value"), [("exclude", "no name"), ("exclude", True)])
def test_several_entries_of_a_list(run: Callable[..., Run], wrong: int, more: str, option: str, value: Any) -> None:
    result = run(RESTRICTION.module, domain="a.example", **{option: ["b.example", *[value] * wrong]})

    assert result.msg.count("entry ") == min(wrong, 10)
    assert "exclude: entry 2 must be " in result.msg
    assert result.msg.endswith(f"{more}.")


WRONG = [{"lookback_hops": 0}, {"colour": "red"}, {"regions": "EU"}, {"state": "gone"}]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
@pytest.mark.parametrize("key", [{"domain": "a.example"}, {"domain_id": ID}], ids=str)
@pytest.mark.parametrize("place", [0, 2])
def test_a_repeat_of_an_entry_that_has_another_error(
    run: Callable[..., Run], wrong: dict[str, Any], key: dict[str, str], place: int
) -> None:
    entries: list[dict[str, Any]] = [dict(key), {"domain": "b.example"}, dict(key)]
    entries[place].update(wrong)

    result = run(DOMAIN.bulk_module, domains=entries)

    ((option, value),) = key.items()
    assert [entry["index"] for entry in result.entry_errors] == ([0, 2] if place == 0 else [2])
    assert f"{option} {value} is already in domains[0]." in result.msg
    assert next(iter(wrong)) in result.msg


def test_an_invalid_name_is_not_reported_as_a_repeat(run: Callable[..., Run]) -> None:
    for value in ("no name", True, None):
        result = run(RESTRICTION.bulk_module, restrictions=[{"domain": value}] * 2)

        assert "already" not in result.msg
