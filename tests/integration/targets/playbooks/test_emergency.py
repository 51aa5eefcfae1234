# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbooks for emergency blocks: block a sender for some time, unblock it, remove what has expired."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.controller import Controller

BLOCK, UNBLOCK, CLEANUP = (f"mailsec.cloudflare.emergency_{name}" for name in ("block", "unblock", "cleanup"))
FORM = "%Y-%m-%dT%H:%M:%SZ"
EVIL = "{{ lookup('ansible.builtin.env', 'CLOUDFLARE_API_TOKEN') }}"


def answers(**changes: Any) -> dict[str, Any]:
    given = {"pattern": "bad.example", "pattern_type": "DOMAIN", "reason": "Incident 4711", "expires": "2999-12-31"}
    return {f"email_security_emergency_{name}": value for name, value in {**given, **changes}.items()}


def emergency(pattern: str, until: timedelta, reason: str = "Incident 4711", **more: Any) -> dict[str, Any]:
    """A block until a time from now."""
    comment = f"Emergency block until {datetime.now(UTC) + until:{FORM}}: {reason}"
    return {"pattern": pattern, "pattern_type": "DOMAIN", "comments": comment, **more}


def blocks(controller: Controller) -> dict[str, str | None]:
    return {each["pattern"]: each["comments"] for each in controller.emulator.state()["block_senders"]}


def writes(controller: Controller) -> list[str]:
    return [entry.method for entry in controller.emulator.writes]


@pytest.mark.parametrize(
    ("expires", "until"),
    [
        ("2999-12-31", "2999-12-31T00:00:00Z"),
        ("2999-12-31T18:30Z", "2999-12-31T18:30:00Z"),
        (" 2999-12-31 18:30:15 +01:00 ", "2999-12-31T17:30:15Z"),
        ("2999-12-31t23:59:59-0830", "3000-01-01T08:29:59Z"),
    ],
)
def test_a_sender_is_blocked_until_a_time(controller: Controller, expires: str, until: str) -> None:
    checked = controller.play(BLOCK, "--check", variables=answers(expires=expires))
    assert blocks(controller) == {}
    ran = controller.play(BLOCK, variables=answers(expires=expires))
    assert blocks(controller) == {"bad.example": f"Emergency block until {until}: Incident 4711"}
    assert f"bad.example would be blocked until {until}." in checked.output
    assert f"bad.example is blocked until {until}." in ran.output
    assert (checked.recap()["changed"], ran.recap()["changed"]) == (1, 1)
    assert controller.play(BLOCK, variables=answers(expires=expires)).recap()["changed"] == 0
    assert writes(controller) == ["POST"]


def test_a_block_is_extended_and_removed(controller: Controller) -> None:
    controller.emulator.seed(block_senders=[emergency("bad.example", timedelta(hours=1))])
    controller.play(BLOCK, variables=answers(pattern="Bad.Example.", reason="x" * 2000))
    comment = blocks(controller)["bad.example"]
    assert comment is not None
    assert (comment[:46], len(comment)) == ("Emergency block until 2999-12-31T00:00:00Z: xx", 1024)
    pattern = answers(pattern="BAD.example")
    assert controller.play(UNBLOCK, "--check", variables=pattern).recap()["changed"] == 1
    assert writes(controller) == ["PATCH"]
    assert controller.play(UNBLOCK, variables=pattern).recap()["changed"] == 1
    assert blocks(controller) == {}
    assert controller.play(UNBLOCK, variables=pattern).recap()["changed"] == 0


def test_a_block_that_is_to_stay_is_left_alone(controller: Controller) -> None:
    lasting = {"pattern": "bad.example", "pattern_type": "DOMAIN", "comments": None}
    controller.emulator.seed(block_senders=[lasting])
    ran = controller.play(BLOCK, variables=answers())
    assert "bad.example is blocked already, without an expiry. Its entry was not changed." in ran.output
    failed = controller.play(UNBLOCK, variables=answers(), fails=True)
    assert "bad.example is blocked, but not by an emergency block." in failed.output
    assert writes(controller) == []


def test_what_is_typed_in_is_not_evaluated(controller: Controller) -> None:
    """Without ansible-runner, which marks it, a file of variables must mark it."""
    values = {"reason": EVIL, "pattern": "{{7*7}}@bad.example", "pattern_type": "EMAIL", "expires": "2999-12-31"}
    lines = [f'email_security_emergency_{name}: !unsafe "{value}"\n' for name, value in values.items()]
    (controller.folder / "answers.yml").write_text("".join(lines), encoding="utf-8")
    controller.play(BLOCK, "-e", "@answers.yml")
    assert blocks(controller) == {values["pattern"]: f"Emergency block until 2999-12-31T00:00:00Z: {EVIL}"}
    controller.play(CLEANUP)
    controller.play(UNBLOCK, "-e", "@answers.yml")
    assert blocks(controller) == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        *(
            ({"expires": expires}, f"or 2026-12-31T18:00:00Z, not '{expires}'.")
            for expires in ("2020-01-01", "2020-01-01T00:00Z", "2999-12-31T18:00", "TOMORROW", "2999-02-30", "")
        ),
        ({"reason": " "}, "Set email_security_emergency_reason"),
        ({"pattern": ""}, "Set email_security_emergency_pattern to"),
        ({"pattern_type": "UNKNOWN"}, "email_security_emergency_pattern_type to EMAIL, DOMAIN or IP"),
    ],
)
def test_wrong_answers_send_nothing(controller: Controller, changes: dict[str, str], sentence: str) -> None:
    failed = controller.play(BLOCK, variables=answers(**changes), fails=True)
    assert sentence in failed.output
    assert controller.sent() == []


def test_a_pattern_of_another_kind_is_refused_before_the_first_write(controller: Controller) -> None:
    controller.play(BLOCK, variables=answers(pattern="not a domain"), fails=True)
    assert writes(controller) == []


def test_expired_blocks_are_removed(controller: Controller) -> None:
    hour = timedelta(hours=1)
    expired = [emergency(f"expired-{number}.example", -number * hour) for number in (1, 2, 3)]
    kept = [
        emergency("later.example", hour),
        emergency(r"expired\.example", -hour, is_regex=True),
        {"pattern": "lasting.example", "pattern_type": "DOMAIN", "comments": None},
        *(
            {"pattern": f"other-{number}.example", "pattern_type": "DOMAIN", "comments": comment}
            for number, comment in enumerate(
                (
                    "Emergency block until 2020-01-01: Incident",
                    "Emergency block until 2020-01-01T00:00:00Z",
                    "Emergency block until 2020-01-01T00:00:00+00:00: Incident",
                    "emergency block until 2020-01-01T00:00:00Z: Incident",
                    "See: Emergency block until 2020-01-01T00:00:00Z: Incident",
                    EVIL,
                )
            )
        ),
    ]
    controller.emulator.seed(block_senders=[*kept, *expired])
    controller.emulator.behaviour.update({"page_size_cap": 4})
    failed = controller.play(CLEANUP, variables={"email_security_emergency_limit": "2"}, fails=True)
    assert "3 emergency blocks have expired, more than email_security_emergency_limit allows (2)" in failed.output
    assert "expired-1.example, expired-2.example, expired-3.example" in failed.output

    checked = controller.play(CLEANUP, "--check")
    assert writes(controller) == []
    ran = controller.play(CLEANUP)
    names = [each["pattern"] for each in expired]
    assert blocks(controller) == {each["pattern"]: each["comments"] for each in kept}
    assert "Emergency blocks that a normal run would remove: 3. Not expired: 1." in checked.output
    assert "Emergency blocks removed: 3. Not expired: 1." in ran.output
    for each, mode in ((checked, True), (ran, False)):
        assert each.stats == {
            "email_security_emergency_blocks": {"localhost": {"check_mode": mode, "removed": names, "remaining": 1}}
        }
    assert controller.play(CLEANUP).recap()["changed"] == 0
    assert writes(controller) == ["DELETE"] * 3
