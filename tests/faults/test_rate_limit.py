# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rate limit over hours of virtual time: tasks stay below it, and get over it where they cannot know it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import requests

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.client import Client
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import Sessions
from support.clients import connection_for
from support.module_runner import Run

from .extent import LONG
from .rig import Rig
from .simulation import Simulation

MODULE = "sending_domain_restrictions"
COLLECTION = "sending_domain_restrictions"
PATH = "email-security/settings/sending_domain_restrictions"
QUOTA, WINDOW = 1200, 300.0
#: How much smaller than life: most runs, and the long ones.
SCALE, LARGE = (10, 1) if LONG else (20, 20)
#: Seconds by which a wait may be longer than the server says: jitter, and the server rounds up.
LATER = 2.0
every_concurrency = pytest.mark.parametrize("concurrency", [1, 8, 32] if LONG else [8])


class Ran(NamedTuple):
    """What came of a run."""

    run: Run
    requests: int
    limited: int
    #: Virtual seconds from its begin to its end.
    took: float


@pytest.fixture
def simulation(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulation]:
    """Return the clock of client and server."""
    rig.emulator.behaviour.update({"quota": QUOTA // SCALE, "window": WINDOW})
    simulation = Simulation(rig.emulator, monkeypatch)
    yield simulation
    simulation.end()


def entries(count: int, begin: int = 0) -> list[dict[str, Any]]:
    return [{"domain": f"r{number}.example"} for number in range(begin, begin + count)]


def used(rig: Rig, count: int) -> None:
    """Let others use up some of the quota."""
    for _number in range(count):
        rig.emulator.world.limit.count("user")


def go(rig: Rig, simulation: Simulation, count: int, **params: Any) -> Ran:
    """Run a task for so many restrictions that are not there yet."""
    before, begin = len(rig.emulator.log), simulation.now
    run = rig.run(MODULE, **{"restrictions": entries(count), "retries": 5, **params})
    log = rig.emulator.log[before:]
    return Ran(run, len(log), sum(entry.status == 429 for entry in log), simulation.now - begin)


def assert_made(rig: Rig, ran: Ran, count: int) -> None:
    """Check that a task did everything, once, and says so."""
    assert not ran.run.failed, ran.run.msg
    assert ran.run.changed
    assert ran.run.summary["counts"]["created"] == count
    names = [record["domain"] for record in rig.emulator.state()[COLLECTION]]
    assert sorted(names) == sorted(entry["domain"] for entry in entries(count))


def quickest(requests_sent: int, quota: int) -> float:
    """Return the seconds until the window begins in which the last of so many requests may be sent."""
    return (requests_sent - 1) // quota * WINDOW


@every_concurrency
def test_a_long_task_stays_below_the_limit_and_waits_no_longer_than_needed(
    rig: Rig, simulation: Simulation, concurrency: int
) -> None:
    quota, count = QUOTA // LARGE, 3000 // LARGE
    rig.emulator.behaviour.update({"quota": quota})

    ran = go(rig, simulation, count, concurrency=concurrency)

    assert_made(rig, ran, count)
    assert ran.requests == count + 1
    assert ran.limited == 0
    # Two windows have to end before the last request; each is waited for once, and to its end.
    assert len(simulation.slept) == 2
    assert all(0 < wait <= WINDOW + LATER for wait in simulation.slept)
    on_the_way = count / concurrency * 0.25
    assert quickest(ran.requests, quota) <= ran.took <= quickest(ran.requests, quota) + 2 * LATER + on_the_way
    # Existing records need a list request each thousand, and nothing else.
    again = go(rig, simulation, count, concurrency=concurrency)
    assert not again.run.changed
    assert again.requests == -(-count // 1000)
    assert any("Waited" in warning for warning in ran.run.warnings)


@pytest.mark.parametrize("left", [5, 1, 0])
@every_concurrency
def test_a_task_that_begins_with_little_left_waits(
    rig: Rig, simulation: Simulation, left: int, concurrency: int
) -> None:
    count = 40
    used(rig, QUOTA // SCALE - left)
    simulation.let_pass(100)

    ran = go(rig, simulation, count, concurrency=concurrency)

    assert_made(rig, ran, count)
    # That nothing is left only shows when the first request is blocked.
    assert ran.limited == (left == 0)
    expected = 200.0 if left else WINDOW
    (wait,) = simulation.slept
    assert expected - 1 <= wait <= expected + LATER
    assert ran.took <= expected + LATER + count / concurrency * 0.25
    assert ran.run.warnings == [f"Waited {wait:.0f} seconds for the Cloudflare API rate limit."]


@every_concurrency
def test_a_wait_above_the_maximum_ends_the_task(rig: Rig, simulation: Simulation, concurrency: int) -> None:
    used(rig, QUOTA // SCALE - 40)

    ran = go(rig, simulation, 100, concurrency=concurrency, retry_max_wait=250)

    assert ran.run.failed
    assert ran.limited == 0
    assert simulation.slept == []
    assert re.search(
        r"The rate limit resets in (29\d|300) s, which exceeds retry_max_wait \(250 s\)\. "
        r"Run the task again later, or raise retry_max_wait\.",
        ran.run.msg,
    )
    # What was done is reported, and the reason is not repeated a hundred times.
    made = len(rig.emulator.state()[COLLECTION])
    assert 40 - concurrency <= made < 40
    assert ran.run.summary["counts"]["created"] == made
    assert ran.run.changed
    messages = [record["msg"] for record in ran.run.failed_records]
    assert 1 <= sum("resets in" in msg for msg in messages) <= concurrency
    assert set(messages[concurrency:]) == {"Not attempted, because an earlier change failed."}
    assert len(messages) == 100 - made


def drop(*names: str) -> Callable[[requests.Response], None]:
    """Return what takes headers out of an answer."""

    def change(response: requests.Response) -> None:
        for name in names:
            response.headers.pop(name, None)

    return change


@pytest.mark.parametrize("names", [("Ratelimit",), ("Retry-After",), ("Ratelimit", "Retry-After")], ids="+".join)
@every_concurrency
def test_a_server_that_does_not_say_what_remains(
    rig: Rig, simulation: Simulation, names: tuple[str, ...], concurrency: int
) -> None:
    simulation.change = drop(*names)
    count = 3000 // SCALE

    ran = go(rig, simulation, count, concurrency=concurrency)

    assert_made(rig, ran, count)
    # Without the header, what is under way is blocked, and without Retry-After tried some more times.
    if "Ratelimit" in names:
        assert 0 < ran.limited <= 2 * concurrency * (5 if "Retry-After" in names else 1)
    else:
        assert ran.limited == 0
    # Each block lasts a window.
    assert ran.took <= 2 * (WINDOW * 1.1 + LATER) + count / concurrency * 0.25


@pytest.mark.parametrize("others", [1, 3])
def test_tasks_that_share_a_token_all_succeed(rig: Rig, simulation: Simulation, others: int) -> None:
    count = 3000 // LARGE // (others + 1)
    rig.emulator.behaviour.update({"quota": QUOTA // LARGE})

    def other(number: int) -> Callable[[], None]:
        emulator = rig.emulator
        credentials = {"Authorization": f"Bearer {emulator.token}"}
        settings = connection_for(credentials, emulator.token, emulator.url, emulator.account_id)

        def work() -> None:
            client = Client(settings, Sessions(settings))
            for entry in entries(count, begin=number * 10_000):
                client.post(PATH, {**entry, "exclude": []})

        return work

    threads = [simulation.start(other(number)) for number in range(1, others + 1)]
    ran = go(rig, simulation, count)
    for thread in threads:
        thread.join()

    assert not ran.run.failed, ran.run.msg
    assert ran.run.summary["counts"]["created"] == count
    names = {record["domain"] for record in rig.emulator.state()[COLLECTION]}
    assert len(names) == len(rig.emulator.state()[COLLECTION]) == count * (others + 1)
    limited = sum(entry.status == 429 for entry in rig.emulator.log)
    # Two that send the last request of a window at the same time are one too many; others are blocked with them.
    assert limited <= 3 * (8 + others)
    assert simulation.now - 1000.0 <= 5 * WINDOW
