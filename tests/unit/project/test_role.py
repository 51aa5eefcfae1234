# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is written by hand in the role, compared with its argument specs and with what the modules return."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.rules import SEVERITIES

ROLE = Path(__file__).resolve().parents[3] / "roles/email_security"
PREFIX = "email_security_"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]


@pytest.mark.parametrize("entry_point", SPECS)
def test_every_entry_point_has_a_task_file(entry_point):
    assert (ROLE / f"tasks/{entry_point}.yml").exists()


@pytest.mark.parametrize("path", sorted((ROLE / "tasks").glob("*.yml")), ids=lambda path: path.name)
def test_module_defaults_of_the_play_are_not_hidden(path):
    text = path.read_text()
    assert "module_defaults:" not in text
    assert "omit)" not in text, "an option that is omitted hides the one of module_defaults"


def test_a_severity_to_fail_on_includes_the_more_severe_ones():
    failing = yaml.safe_load((ROLE / "vars/main/main.yml").read_text())["__email_security_failing_severities"]
    assert failing == {name: list(SEVERITIES[: place + 1]) for place, name in enumerate(SEVERITIES)}
    choices = SPECS["report"]["options"]["email_security_report_fail_on"]["choices"]
    assert choices == [*SEVERITIES, None]
