# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demonstration: a domain, a block and an allow policy, with the emulator or, with --real, with Cloudflare."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from emulator import Emulator  # the path comes first
from emulator.seeds import DEMO  # as above

PLAYBOOK = Path(__file__).resolve().parent / "playbook.yml"
REAL_NEEDS = ("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ACCOUNT_ID")


def main() -> int:
    """Show it, and return 0 where every step succeeded."""
    options = parser().parse_args()
    if options.real:
        return real(options)
    return emulated()


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="make demo")
    parser.add_argument("--real", action="store_true", help="talk to Cloudflare, with your own token")
    parser.add_argument("--domain", help="with --real: a domain of yours in Email Security")
    parser.add_argument("--block", default="bad.example", help="with --real: the domain of senders to block")
    parser.add_argument("--allow", default="news@partner.example", help="with --real: the address to accept mail from")
    parser.add_argument("--apply", action="store_true", help="with --real: change the settings, do not just check")
    return parser


def emulated() -> int:
    """Run the playbook, again, with another note, in check mode after a change by someone else, and to remove."""
    with Emulator(seed=DEMO) as emulator:
        environment = {
            **os.environ,
            "CLOUDFLARE_BASE_URL": emulator.url,
            "CLOUDFLARE_API_TOKEN": emulator.token,
            "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        say(
            "An emulated Cloudflare listens on this machine",
            "It has three domains, blocks nobody, and has no allow policy.",
        )
        say("The playbook: a domain, a block and an allow policy", PLAYBOOK.read_text("utf-8").split("---\n", 1)[1])

        def step(title: str, text: str, changed: int, *options: str, writes: list[str]) -> bool:
            say(title, text)
            output = play(environment, *options)
            sent = show_requests(emulator)
            return f"changed={changed} " in output and sent == writes

        note = ("-e", '{"demo_note": "Incident 4711, confirmed"}')
        results = [
            step(
                "1. The first run",
                "The domain differs in two settings. The block and the allow policy do not exist yet.",
                3,
                writes=["PATCH", "POST", "POST"],
            ),
            step("2. The second run", "Nothing differs: it only reads.", 0, writes=[]),
            step(
                "3. Another note for the block",
                "Only the comment differs, so only the comment is sent.",
                1,
                *note,
                writes=["PATCH"],
            ),
        ]
        drift_url = f"{emulator.control_url}/accounts/{emulator.account_id}/domains/example.com"
        requests.patch(drift_url, json={"require_tls_inbound": False}, timeout=10).raise_for_status()
        results += [
            step(
                "4. Someone disables TLS for example.com in the dashboard",
                "--check --diff shows the difference, and changes nothing.",
                1,
                *note,
                "--check",
                "--diff",
                writes=[],
            ),
            step(
                "5. The block and the allow policy are removed",
                "state: absent deletes them. The same run restores TLS for the domain.",
                3,
                *("-e", "demo_state=absent"),
                writes=["PATCH", "DELETE", "DELETE"],
            ),
        ]

    if all(results):
        say("Done: created, unchanged, updated, drift found, and removed. The emulator has stopped.")
        return 0
    say("This did not go as it should have.")
    return 1


def real(options: argparse.Namespace) -> int:
    """Run the playbook against Cloudflare, in check mode unless it shall be applied."""
    missing = [name for name in REAL_NEEDS if not os.environ.get(name)]
    if missing or not options.domain:
        say(
            "This runs the playbook of the demonstration against your own account",
            "First set CLOUDFLARE_API_TOKEN (permission Cloud Email Security: Write) and CLOUDFLARE_ACCOUNT_ID.\n"
            'Then: make demo-real ARGS="--domain your-domain"\n'
            "It only checks, and shows what it would change, until you add --apply.",
        )
        return 2
    mode = [] if options.apply else ["--check"]
    names = {"demo_domain": options.domain, "demo_block": options.block, "demo_allow": options.allow}
    say("The real Cloudflare" + ("" if options.apply else ", in check mode: nothing is changed"))
    return subprocess.run(command(*mode, "--diff", "-e", json.dumps(names)), check=False).returncode


def command(*options: str) -> list[str]:
    """Return the command that runs the playbook."""
    return ["ansible-playbook", str(PLAYBOOK), "-i", "localhost,", "-c", "local", *options]


def play(environment: dict[str, str], *options: str) -> str:
    """Run the playbook, let its output through, and return it. Ends the demonstration where it fails."""
    print(f"$ ansible-playbook {shlex.join(['playbook.yml', *options])}", flush=True)
    if sys.stdout.isatty():
        environment = {**environment, "ANSIBLE_FORCE_COLOR": "1"}
    output = ""
    with subprocess.Popen(command(*options), env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            output += line
    if process.returncode:
        sys.exit(process.returncode)
    return output


def show_requests(emulator: Emulator) -> list[str]:
    """Print what was sent since the last time, and return the methods of the writes."""
    print("Requests to Cloudflare:")
    for entry in emulator.log:
        path = entry.path.rpartition("/settings/")[2]
        print(f"  {entry.method:6} {path}")
        if entry.body:
            indent = " " * 9
            width = max(shutil.get_terminal_size().columns, 60)
            print(textwrap.fill(json.dumps(entry.body), width, initial_indent=indent, subsequent_indent=f"{indent} "))
    writes = [entry.method for entry in emulator.writes]
    emulator.world.log.clear()
    return writes


def say(title: str, text: str = "") -> None:
    """Print a step."""
    print(f"\n=== {title}")
    if text:
        print(text.rstrip())
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
