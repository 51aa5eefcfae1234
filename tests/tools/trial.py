# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The installed collection in the hands of a newcomer: documentation, the README's command, the playbooks."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

from checkout import ROOT
from commands import ELSEWHERE, Failure, run

sys.path.insert(0, str(ROOT / "tests"))

from emulator import Emulator  # the path comes first

DOMAIN = "example.com"


def check(collections: Path) -> None:
    installed = collections / "ansible_collections/mailsec/cloudflare"
    documentation(installed)
    ad_hoc(installed)
    playbooks(installed)


def documentation(installed: Path) -> None:
    """ansible-doc finds every module, in the installed copy."""
    names = [f"mailsec.cloudflare.{file.stem}" for file in sorted((installed / "plugins/modules").glob("*.py"))]
    listed = run("ansible-doc", "--list", "mailsec.cloudflare")
    unlisted = [name for name in names if name not in listed.split()]
    if unlisted:
        raise Failure(f"ansible-doc --list mailsec.cloudflare does not list {unlisted}, but:\n{listed}")
    shown = json.loads(run("ansible-doc", "--json", *names))
    for name in names:
        if not Path(shown[name]["doc"]["filename"]).is_relative_to(installed):
            raise Failure(f"ansible-doc {name} shows another copy of it: {shown[name]['doc']['filename']}")
    print(f"ansible-doc shows {len(names)} modules")


def ad_hoc(installed: Path) -> None:
    """The README's command does what it says: first it looks, then it changes, then there is nothing to do."""
    command = the_readmes_command(installed)
    needed = re.search(r"ip_restrictions=([^ \"]+)", " ".join(command))
    if not needed:
        raise Failure(f"{shlex.join(command)}, from README.md, sets no ip_restrictions: mend tests/tools/trial.py")
    for_real = [word for word in command if word not in ("--check", "--diff")]
    networks = needed[1].split(",")
    with Emulator(seed={"domains": [{"domain": DOMAIN}]}) as emulator:
        for words, verdict, held in (
            (command, "CHANGED", []),
            (for_real, "CHANGED", networks),
            (for_real, "SUCCESS", networks),
        ):
            said = typed(words, emulator, f"localhost | {verdict}")
            if emulator.state()["domains"][0]["ip_restrictions"] != held:
                raise Failure(f"{shlex.join(words)} should leave {held}. It said:\n{said}")
    print(f"{shlex.join(command)}: as promised")


def typed(words: list[str], emulator: Emulator, expected: str) -> str:
    """What a command says, with the credentials in its environment and never in its output."""
    account = {
        "CLOUDFLARE_BASE_URL": emulator.url,
        "CLOUDFLARE_API_TOKEN": emulator.token,
        "CLOUDFLARE_ACCOUNT_ID": emulator.account_id,
    }
    said = run(*words, more=account)
    if expected not in said:
        raise Failure(f"{shlex.join(words)} should say {expected}, but said:\n{said}")
    if emulator.token in said:
        raise Failure(f"{shlex.join(words)} shows the token")
    return said


def the_readmes_command(installed: Path) -> list[str]:
    readme = (installed / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", readme, re.DOTALL)
    commands = [block.removeprefix("$ ") for block in blocks if block.startswith("$ ansible localhost ")]
    if len(commands) != 1 or "--check --diff" not in commands[0]:
        raise Failure(f"README.md should show one ad-hoc command with --check --diff, and shows {commands}")
    return shlex.split(commands[0].replace("\\\n", " "))


def playbooks(installed: Path) -> None:
    """The playbooks are found by their names, with all that they need, and one brings an account to its variables."""
    names = [f"mailsec.cloudflare.{file.stem}" for file in sorted((installed / "playbooks").glob("*.yml"))]
    for name in names:
        run("ansible-playbook", name, "--syntax-check", "-i", "localhost,")
    variables = {"email_security_domains": [{"domain": DOMAIN, "require_tls_inbound": True}]}
    (ELSEWHERE / "account.yml").write_text(json.dumps(variables), encoding="utf-8")
    with Emulator(seed={"domains": [{"domain": DOMAIN, "require_tls_inbound": False}]}) as emulator:
        typed(["ansible-playbook", "mailsec.cloudflare.apply", "-e", "@account.yml"], emulator, "failed=0")
        if not emulator.state()["domains"][0]["require_tls_inbound"]:
            raise Failure("mailsec.cloudflare.apply did not do what account.yml says")
        typed(["ansible-playbook", "mailsec.cloudflare.drift", "-e", "@account.yml"], emulator, "failed=0")
    print(f"ansible-playbook finds {len(names)} playbooks; mailsec.cloudflare.apply applies, .drift finds none then")
