# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The demonstration: one playbook with both modules, against the emulator or, with --real, against Cloudflare."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
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
    parser.add_argument("--partner", help="with --real: a domain that has a sending domain restriction")
    parser.add_argument("--apply", action="store_true", help="with --real: change the settings, do not just check")
    return parser


def emulated() -> int:
    """Run the playbook twice, make drift, and check for it."""
    with Emulator(seed=DEMO) as emulator:
        environment = {
            **os.environ,
            "CLOUDFLARE_BASE_URL": emulator.url,
            "CLOUDFLARE_API_TOKEN": emulator.token,
            "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
        }
        say(
            "An emulated Cloudflare listens on this machine",
            f"{emulator.url}, with three domains and two restrictions.",
        )
        say("The playbook", PLAYBOOK.read_text(encoding="utf-8").split("---\n", 1)[1])

        say("1. The first run changes what differs")
        first = play(environment)
        show_requests(emulator)

        say("2. The second run finds nothing to change, and sends no write")
        second = play(environment)
        writes = show_requests(emulator)

        say("3. Someone disables TLS in the dashboard", "require_tls_inbound of example.com is now false.")
        drift_url = f"{emulator.control_url}/accounts/{emulator.account_id}/domains/example.com"
        requests.patch(drift_url, json={"require_tls_inbound": False}, timeout=10).raise_for_status()
        say("--check --diff shows the difference and changes nothing")
        third = play(environment, "--check", "--diff")
        writes += show_requests(emulator)

    expected = ("changed=2" in first, "changed=0" in second, "changed=1" in third, not writes)
    if all(expected):
        say("Done: changed, ok, and drift found. The emulator has stopped.")
        return 0
    say("This did not go as it should have.")
    return 1


def real(options: argparse.Namespace) -> int:
    """Run the playbook against Cloudflare, in check mode unless it shall be applied."""
    missing = [name for name in REAL_NEEDS if not os.environ.get(name)]
    if missing or not (options.domain and options.partner):
        say(
            "This runs the playbook of the demonstration against your own account",
            "First set CLOUDFLARE_API_TOKEN (permission Cloud Email Security: Write) and CLOUDFLARE_ACCOUNT_ID.\n"
            'Then: make demo-real ARGS="--domain your-domain --partner your-partner"\n'
            "It only checks, and shows what it would change, until you add --apply.",
        )
        return 2
    mode = [] if options.apply else ["--check"]
    names = ["-e", f"demo_domain={options.domain}", "-e", f"demo_partner={options.partner}"]
    say("The real Cloudflare" + ("" if options.apply else ", in check mode: nothing is changed"))
    return subprocess.run(command(*mode, "--diff", *names), check=False).returncode


def command(*options: str) -> list[str]:
    """Return the command that runs the playbook."""
    return ["ansible-playbook", str(PLAYBOOK), "-i", "localhost,", "-c", "local", *options]


def play(environment: dict[str, str], *options: str) -> str:
    """Run the playbook, let its output through, and return it. Ends the demonstration where it fails."""
    print(f"$ ansible-playbook playbook.yml {' '.join(options)}".rstrip(), flush=True)
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


def show_requests(emulator: Emulator) -> list[object]:
    """Print what was sent since the last time, and return the writes."""
    print("Requests:")
    for entry in emulator.log:
        path = entry.path.rpartition("/settings")[2]
        body = json.dumps(entry.body) if entry.body else ""
        print(f"  {entry.method:5} {path}  {body}".rstrip())
    writes: list[object] = list(emulator.writes)
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
