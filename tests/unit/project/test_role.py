# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role's variables stand in four places: their check, their defaults, the table, and the modules they come from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.arguments import CONNECTION_SPEC
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import findings
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.in_process import ROLE_CONNECTION
from support.documented import spec

ROLE = Path(__file__).resolve().parents[3] / "roles/email_security"
PREFIX = "email_security_"
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]
DEFAULTS: dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
CONNECTION = {name: each for name, each in spec("email_security_domain_info").items() if name in CONNECTION_SPEC}
#: Options of one record, which are not settings of it.
IDENTITY = ("state", "domain_id", "domain")
COMPARED = ("type", "elements", "choices")


def facts(option: dict[str, Any]) -> dict[str, Any]:
    return {key: option[key] for key in COMPARED if key in option}


def entries_of(option: str) -> dict[str, Any]:
    return {name: facts(each) for name, each in SPECS["main"]["options"][option]["options"].items()}


def without_null(options: dict[str, Any]) -> dict[str, Any]:
    """Return options without the null that Ansible wants among the choices of what may be null."""
    return {
        name: {
            key: [each for each in fact if each is not None] if key == "choices" else fact for key, fact in of.items()
        }
        for name, of in options.items()
    }


@pytest.mark.parametrize("entry_point", SPECS)
def test_every_entry_point_has_a_task_file_and_the_whole_connection(entry_point):
    assert (ROLE / f"tasks/{entry_point}.yml").exists()
    options = SPECS[entry_point]["options"]
    assert CONNECTION.keys() >= {"account_id", "api_token", "validate_certs"}
    for name, module_option in CONNECTION.items():
        assert facts(options[PREFIX + name]) == facts(module_option), f"{entry_point}: mend {PREFIX}{name}"


@pytest.mark.parametrize(
    ("variable", "module", "option"),
    [
        ("domains", "email_security_domains", "domains"),
        ("sending_domain_restrictions", "sending_domain_restrictions", "restrictions"),
    ],
)
def test_entries_have_the_options_of_the_module(variable, module, option):
    expected = {name: facts(each) for name, each in spec(module)[option]["options"].items()}
    assert without_null(entries_of(PREFIX + variable)) == expected


def test_the_defaults_of_domains_are_their_settings_and_null_in_an_entry_undoes_each():
    entry = entries_of(PREFIX + "domains")
    settings = {name: each for name, each in entry.items() if name not in IDENTITY}
    assert entries_of(PREFIX + "domain_defaults") == without_null(settings)
    assert all(None in each["choices"] for each in settings.values() if "choices" in each)


@pytest.mark.parametrize(
    ("variable", "option"),
    [
        ("list_mode", "list_mode"),
        ("purge_domains", "purge"),
        ("purge_restrictions", "purge"),
        ("purge_limit", "purge_limit"),
        ("concurrency", "concurrency"),
    ],
)
def test_what_bulk_modules_take_is_what_the_role_takes(variable, option):
    module_option = spec("email_security_domains")[option]
    assert facts(SPECS["main"]["options"][PREFIX + variable]) == facts(module_option)
    assert DEFAULTS[PREFIX + variable] == module_option["default"]


def test_the_defaults_are_those_that_are_documented_and_null_for_what_has_none():
    """A name that has no default at all could not be told from one that is misspelled in a variable."""
    options = {name: each for entry_point in SPECS.values() for name, each in entry_point["options"].items()}
    optional = {name: each for name, each in options.items() if not each.get("required")}
    assert {name: each.get("default") for name, each in optional.items()} == DEFAULTS


def test_the_table_of_the_readme_has_every_variable_and_its_default():
    rows = re.findall(r"^\| (`[^|]+) \| ([^|]+) \|", (ROLE / "README.md").read_text(), re.MULTILINE)
    rows_by_name = {name: default.strip() for names, default in rows for name in re.findall(r"`(\w+)`", names)}
    assert set(rows_by_name) == {name for each in SPECS.values() for name in each["options"]}
    for name, default in DEFAULTS.items():
        shown = rows_by_name[name]
        if default is None:
            assert not shown.startswith("`") or name == "email_security_report_name", name
            continue
        assert shown == f"`{default if not isinstance(default, bool) else str(default).lower()}`", name


@pytest.mark.parametrize("entry_point", ["main", "read"])
def test_every_setting_of_the_connection_is_passed_on(entry_point):
    tasks = yaml.safe_load((ROLE / f"tasks/{entry_point}.yml").read_text())
    (passed,) = (task["vars"][ROLE_CONNECTION] for task in tasks if ROLE_CONNECTION in task.get("vars", {}))
    assert passed == {name: f"{{{{ {PREFIX}{name} }}}}" for name in CONNECTION}


@pytest.mark.parametrize("path", sorted((ROLE / "tasks").glob("*.yml")), ids=lambda path: path.name)
def test_module_defaults_of_the_play_are_not_hidden(path):
    text = path.read_text()
    assert "module_defaults:" not in text
    assert "omit" not in text, "an option that is omitted hides the one of module_defaults"


def test_the_tables_of_the_report_have_every_column():
    columns = yaml.safe_load((ROLE / "vars/main.yml").read_text())
    assert set(columns["__email_security_domain_columns"]) == {*findings.DOMAIN_FIELDS, "findings"}
    assert set(columns["__email_security_restriction_columns"]) == set(findings.RESTRICTION_FIELDS)
