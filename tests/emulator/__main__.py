# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a command: `python -m emulator --port 0 --ready-file ready.json --seed demo`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from . import seeds
from .server import Emulator


def parser() -> argparse.ArgumentParser:
    """The options."""
    options = argparse.ArgumentParser(
        prog="emulator", description="Cloudflare's Email Security settings API, on this machine."
    )
    options.add_argument("--port", type=int, default=0, help="0 selects a free port (default)")
    options.add_argument("--ready-file", type=Path, help="written as JSON once requests are served")
    seed = "initial records, of the demo or a JSON file (default: none)"
    options.add_argument("--seed", metavar="demo|FILE", help=seed)
    options.add_argument("--quota", type=int, default=1200, help="the rate limit: requests per window (default: 1200)")
    options.add_argument("--no-answer-checks", action="store_true", help="do not validate responses (for benchmarks)")
    options.add_argument("--cert", help="serve TLS with this certificate")
    options.add_argument("--key", help="the private key of the certificate")
    options.add_argument("--stop-with-pid", type=int, metavar="PID", help="end when that process is gone")
    return options


def is_alive(pid: int) -> bool:
    """Whether a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def write_ready_file(path: Path, emulator: Emulator) -> None:
    """Write the file atomically."""
    ready = {
        "url": emulator.url,
        "control_url": emulator.control_url,
        "token": emulator.token,
        "account_id": emulator.account_id,
        "pid": os.getpid(),
    }
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(ready), encoding="utf-8")
    part.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal."""
    options = parser().parse_args(arguments)
    try:
        emulator = Emulator(
            port=options.port,
            seed=seeds.load(options.seed),
            behaviour={"quota": options.quota},
            check_answers=not options.no_answer_checks,
            cert=options.cert,
            key=options.key,
        )
    except (OSError, ValueError) as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 2
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with emulator:
        if options.ready_file:
            write_ready_file(options.ready_file, emulator)
        print(f"The emulator listens on {emulator.url}", flush=True)
        while not stopping.wait(0.2):
            if options.stop_with_pid and not is_alive(options.stop_with_pid):
                break
    return 0


if __name__ == "__main__":
    sys.exit(main())
