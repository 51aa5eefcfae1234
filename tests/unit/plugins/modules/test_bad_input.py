# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input: refused with a sentence that names the option, before any request is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import DOMAIN, RESTRICTION
from support.sample import ID, Sample

UUID = "must be a UUID such as f174e90a-fafe-4643-bbbc-4a0ed4fc8415, not "
NETWORK = "must be an IP address or network such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32, not "
NAME = "must be a domain name such as example.com, not "

NO_UUIDS = [
    "",
    " ",
    "x",
    ID[:-1],
    ID + "0",
    ID.replace("-", ""),
    f"{{{ID}}}",
    f" {ID}",
    f"{ID}\n",
    "../batch",
    "g" + ID[1:],
]
NO_HOPS: list[Any] = [0, 21, -1, "0", 10**20]
NO_NAMES = [
    "",
    " ",
    ".",
    "com",
    "a..b",
    ".a.b",
    "a.b..",
    "a b.example",
    "a.example ",
    "a.example\n",
    "a.example/../x",
    "a.example?x=1",
    "a@b.example",
    "*.example",
    "-a.example",
    "a-.example",
    "192.0.2.7",
    "2001:db8::1",
    "a\x00.example",
    "a" * 64 + ".example",
    ".".join(["a" * 63] * 3 + ["a" * 62]),
    "ö" * 64 + ".example",
    "ö..example",
    "a\u202e.example",
    "\u2603\u20e3.example",
    "a\u200b.example",
    "exam\u00adple.com",
    "\ufeffexample.com",
]
NO_NETWORKS = [
    "",
    " ",
    "x",
    "1",
    "256.0.0.1",
    "192.0.2",
    "192.0.2.0/33",
    "192.0.2.0/",
    "192.0.2.0/24/8",
    "192.0.2.0/-1",
    "192.0.2.0/255.255.255.0",
    "192.0.2.0/0.0.0.255",
    "192.0.2.0-192.0.2.9",
    "192.0.2.7 ",
    "192.0.2.7\n",
    "\u0661.2.3.4",
    "2001:db8::/129",
    "2001:db8:::1",
    "fe80::1%eth0",
    "[2001:db8::1]",
    "example.com",
]
BAD_SETTINGS: list[tuple[Sample, str, Any, str]] = [
    *((sample, sample.id_option, value, UUID) for sample in (DOMAIN, RESTRICTION) for value in NO_UUIDS),
    *((sample, "domain", value, NAME) for sample in (DOMAIN, RESTRICTION) for value in NO_NAMES),
    *((DOMAIN, "integration_id", value, UUID) for value in NO_UUIDS if value),
    *((DOMAIN, "ip_restrictions", ["192.0.2.7", value], f"entry 2 {NETWORK}") for value in NO_NETWORKS),
    *((RESTRICTION, "exclude", ["a.example", value], f"entry 2 {NAME}") for value in NO_NAMES),
    (DOMAIN, "ip_restrictions", "192.0.2.7,,192.0.2.8", f"entry 2 {NETWORK}"),
    (RESTRICTION, "exclude", "a.example,", f"entry 2 {NAME}"),
    *((DOMAIN, "lookback_hops", value, "must be a number from 1 to 20, not ") for value in NO_HOPS),
    (RESTRICTION, "comments", "x" * 1025, "must have at most 1024 characters, has 1025"),
    (RESTRICTION, "comments", "ö" * 1025, "must have at most 1024 characters, has 1025"),
    (RESTRICTION, "comments", "x" * 2**20, "must have at most 1024 characters, has 1048576"),
]
NO_FLAGS: list[Any] = ["x", "", 2, []]
NO_NUMBERS: list[Any] = [[9223372036854775808, None, None], "", "x", "1.5", 1.5, [], {}, "1e3", "\u0663x"]
#: Ansible itself refuses these.
WRONG_TYPES: list[tuple[Sample, str, Any]] = [
    *((DOMAIN, name, value) for name in ("require_tls_inbound", "require_tls_outbound") for value in NO_FLAGS),
    *((DOMAIN, "lookback_hops", value) for value in NO_NUMBERS),
    *(
        (DOMAIN, name, value)
        for name in ("allowed_delivery_modes", "drop_dispositions", "regions")
        for value in ("x", ["direct"], ["spam"], ["de"], [None], [["DE"]], [{"a": 1}], {"a": 1}, "DIRECT,x", "[]")
    ),
    *((DOMAIN, "folder", value) for value in ("inbox", " ", "Junk", ["Inbox"], 1)),
    *((sample, name, {"a": 1}) for sample, name in ((DOMAIN, "ip_restrictions"), (RESTRICTION, "exclude"))),
]
BAD_CONNECTION: list[tuple[str, Any, str]] = [
    *(
        ("account_id", value, "must be 1 to 32 letters and digits, as the Cloudflare dashboard shows it.")
        for value in ("", "a" * 33, "a b", "a/b", "..", "a?b", "ö", "a\n", "023e105f-4ecef8ad", "\u0663")
    ),
    *(("timeout", value, "must be a number from 0.1 to 3600, not ") for value in (0, -1, 0.09, 3601)),
    *(("retries", value, "must be a number from 0 to 100, not ") for value in (-1, 101)),
    *(("retry_max_wait", value, "must be a number from 0 to 86400, not ") for value in (-0.1, 86401)),
    *(("api_token", "x" * length, "must have at most 4096 characters, has ") for length in (4097, 2**20)),
    ("api_url", "https://api.example/" + "x" * 2000, "must be a URL such as https://api.cloudflare.com/client/v4"),
    ("ca_path", "/does/not/exist", "no such file or directory: '/does/not/exist'."),
    ("ca_path", "", "no such file or directory: ''."),
]


def short(value: object) -> str:
    """Return the name of a parameter for the name of a test."""
    return value.module if isinstance(value, Sample) else ascii(value)[:30]


def assert_refused(result: Run, option: str) -> None:
    """A sentence that names the option. That nothing is sent, the empty script proves."""
    assert result.failed
    assert option in result.msg
    assert "\n" not in result.msg
    assert "Traceback" not in result.text
    assert "exception" not in result.output or not result.output["exception"].startswith("Traceback")
    assert "failure" not in result.output


@pytest.mark.parametrize(("sample", "option", "value", "sentence"), BAD_SETTINGS, ids=short)
def test_an_invalid_value_is_refused(
    run: Callable[..., Run], sample: Sample, option: str, value: Any, sentence: str
) -> None:
    result = run(sample.module, **{**sample.key, option: value})

    assert_refused(result, option)
    assert result.msg.startswith(f"{option}: {sentence}")
    assert result.msg.endswith(".")
    assert len(result.msg) < 400


@pytest.mark.parametrize(("sample", "option", "value"), WRONG_TYPES, ids=short)
def test_a_value_of_a_wrong_type_or_choice_is_refused(
    run: Callable[..., Run], sample: Sample, option: str, value: Any
) -> None:
    assert_refused(run(sample.module, **{**sample.key, option: value}), option)


@pytest.mark.parametrize(("option", "value", "sentence"), BAD_CONNECTION, ids=short)
def test_an_invalid_connection_option_is_refused(
    run: Callable[..., Run], option: str, value: Any, sentence: str
) -> None:
    result = run(DOMAIN.module, **{**DOMAIN.key, option: value})

    assert_refused(result, option)
    assert result.msg.startswith(f"{option}: {sentence}")


@pytest.mark.parametrize("option", ["timeout", "retries", "retry_max_wait", "validate_certs"])
@pytest.mark.parametrize("value", ["x", "", [1], {"a": 1}])
def test_a_connection_option_of_a_wrong_type_is_refused(run: Callable[..., Run], option: str, value: Any) -> None:
    assert_refused(run(DOMAIN.module, domain="example.com", **{option: value}), option)


def test_neither_id_nor_name_is_refused_with_both_named(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.module, **sample.change)

    assert_refused(result, sample.id_option)
    assert result.msg == sample.key_required


def test_the_place_of_the_bad_entry_is_named_among_ten_thousand(run: Callable[..., Run]) -> None:
    names = [f"host{number}.example" for number in range(10_000)]

    result = run(RESTRICTION.module, domain=RESTRICTION.label, exclude=[*names, "no name"])

    assert result.msg == f"exclude: entry 10001 {NAME}'no name'."


@pytest.mark.parametrize(
    "name", ["ö" * 2**20, "a." * 2**19, ("ö" * 60 + ".") * 2**14], ids=["letters", "labels", "both"]
)
def test_a_name_of_a_megabyte_is_refused(run: Callable[..., Run], name: str) -> None:
    result = run(RESTRICTION.module, domain=name)

    assert_refused(result, "domain")
    assert len(result.msg) < 400


def test_a_name_of_a_megabyte_is_kept_from_idna_which_may_take_minutes(
    run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("idna.encode", None)

    assert run(RESTRICTION.module, domain="\u00f6" * 2**20).msg.endswith("(it is too long).")


def test_bad_input_is_refused_in_check_mode_too(run: Callable[..., Run], sample: Sample) -> None:
    result = run(sample.module, check_mode=True, **{sample.id_option: "x"})

    assert_refused(result, sample.id_option)
