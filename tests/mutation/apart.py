# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A process of its own for each mutant, which ends at the first test that notices it."""

from __future__ import annotations

import faulthandler
import os
import random
import resource
from collections.abc import Callable

import pytest

from .baseline import Baseline

#: Options of pytest: nobody reads what it says, so it need not prepare that.
OPTIONS = ("-q", "-s", "--assert=plain", "-p", "no:faulthandler", "-o", "cache_dir=.cache/mutation/pytest")
#: How such a process ends.
SURVIVED, NOTICED = 0, 3
#: Bytes. A mutant that collects things for ever gets no more.
MEMORY = 4 << 30
#: The end of the pipe on which a process names the test that noticed the mutant.
NAMES = -1


class Watch:
    """A plugin of pytest that ends the process with the first failure, and when a test hangs."""

    def __init__(self, baseline: Baseline) -> None:
        self._baseline = baseline
        self._nothing = open(os.devnull, "w")  # noqa: SIM115  # open as long as the process

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Begin to watch a test."""
        random.seed(0)
        patience = self._baseline.patience(item.nodeid)
        faulthandler.dump_traceback_later(patience, exit=True, file=self._nothing)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """End where a test failed, before anybody takes the time to put it into words."""
        if call.excinfo and not isinstance(call.excinfo.value, pytest.skip.Exception):
            os.write(NAMES, item.nodeid.encode())
            os._exit(NOTICED)


def apart(run: Callable[[], object]) -> tuple[bool, str]:
    """Run something in a copy of this process. Return whether it came to its end, and the test that ended it else."""
    process, pipe = start(run)
    with open(pipe, "rb") as names:
        name = names.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == SURVIVED, name


def start(run: Callable[[], object]) -> tuple[int, int]:
    """Start a copy of this process. Return its id, and where it names the test that ends it."""
    global NAMES
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    NAMES = writing
    status = NOTICED
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        run()
        status = SURVIVED
    finally:
        # Nothing of the copied process may go on here.
        os._exit(status)
