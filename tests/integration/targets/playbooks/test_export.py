# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is exported can be applied, and changes nothing: whatever the account holds."""

from __future__ import annotations

import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.resources.registry import BY_LIST_NAME
from support.controller import Controller

EXPORT, APPLY, DRIFT = (f"mailsec.cloudflare.{name}" for name in ("export", "apply", "drift"))


def export(controller: Controller, *options: str) -> str:
    path = controller.folder / "account.yml"
    controller.play(EXPORT, *options, variables={"email_security_export_path": str(path)})
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_what_is_exported_is_what_there_is(controller: Controller) -> None:
    evil = controller.folder / "evil"
    run = f"lookup('ansible.builtin.pipe', 'touch {evil}')"
    controller.emulator.seed(
        domains=[{"domain": "bücher.example", "transport": "mx.{{ 1 + 1 }}.example", "folder": "AllItems"}],
        sending_domain_restrictions=[
            {"domain": "braces.example", "comments": f"{{{{ {run} }}}}"},
            # Ansible lets a string say which marks a template has in it.
            {
                "domain": "marks.example",
                "comments": f"#jinja2: variable_start_string:'[[', variable_end_string:']]'\n[[ {run} ]]",
            },
            {"domain": "yes.example", "comments": "yes"},
            {"domain": "lines.example", "comments": "one: two\n# three\n'\"\t{% raw %} €"},
            {"domain": "twice.example", "exclude": ["a.twice.example"]},
            {"domain": "twice.example", "exclude": ["b.twice.example"]},
        ],
    )
    before = controller.emulator.state()
    assert export(controller, "--check") == ""
    text = export(controller)
    assert export(controller) == text, "an export of the same state is the same text"
    assert text == f"{text.strip()}\n"
    assert "modified_at" not in text
    assert controller.emulator.token not in text

    controller.sent()
    for playbook in (APPLY, DRIFT):
        ran = controller.play(playbook, "-e", "@account.yml", "-e", "email_security_purge_domains=true")
        assert ran.recap()["changed"] == 0
        assert ran.stats["email_security"]["localhost"]["domains"]["unchanged"] == len(before["domains"])
    assert controller.sent() == ["GET domains", "GET sending_domain_restrictions"] * 2
    assert controller.emulator.state() == before
    assert not evil.exists(), "a comment of the account was run"


def test_an_export_of_an_empty_account(controller: Controller) -> None:
    controller.emulator.seed(replace=True, **{name: [] for name in controller.emulator.state()})
    assert yaml.safe_load(export(controller)) == {f"email_security_{name}": [] for name in BY_LIST_NAME}
    assert controller.play(APPLY, "-e", "@account.yml").recap()["changed"] == 0


def test_drift_is_reported_and_not_corrected(controller: Controller) -> None:
    export(controller)
    controller.drift("example.com", lookback_hops=9)
    before = controller.emulator.state()
    ran = controller.play(DRIFT, "-e", "@account.yml", fails=True)
    assert "localhost differs from its variables" in ran.output
    assert '-    "lookback_hops": 9' in ran.output
    stats = ran.stats["email_security"]["localhost"]
    assert (stats["check_mode"], stats["changed"], stats["domains"]["updated"]) == (True, True, ["example.com"])
    assert controller.emulator.state() == before
    controller.play(APPLY, "-e", "@account.yml")
    controller.play(DRIFT, "-e", "@account.yml")


def test_an_absolute_path_is_needed(controller: Controller) -> None:
    ran = controller.play(EXPORT, fails=True)
    assert "Set either email_security_export_path or email_security_export_dir." in ran.output
    ran = controller.play(EXPORT, variables={"email_security_export_path": "account.yml"}, fails=True)
    assert "email_security_export_path must be an absolute path such as $PWD/account.yml, not account.yml" in ran.output
