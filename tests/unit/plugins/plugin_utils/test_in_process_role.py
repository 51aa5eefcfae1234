# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection of the role, which is that of every task in it."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleUndefinedVariable

from ansible_collections.mailsec.cloudflare.plugins.plugin_utils import in_process
from support.actions import Actions, found
from support.resources import DOMAIN
from support.sample import ACCOUNT, TOKEN

try:
    # Since ansible-core 2.19 a string is a template only where it is marked as one.
    from ansible.template import trust_as_template as template
except ImportError:
    template = str


def test_the_connection_of_the_role_takes_precedence(act: Actions) -> None:
    variables = {
        "__email_security_connection": {"api_token": TOKEN, "account_id": ACCOUNT, "api_url": "", "ca_path": None},
        "omit": "omitted",
    }
    script = found()
    act(script, options={"domain": DOMAIN.label, "api_token": "other"}, variables=variables)

    assert script.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_an_alias_of_an_option_of_the_role_is_replaced(act: Actions) -> None:
    variables = {"__email_security_connection": {"api_key": "k2", "api_email": "b@example.com"}}
    script = found()
    options = {"account_id": ACCOUNT, "account_api_key": "k1", "account_email": "a@example.com", "domain": DOMAIN.label}
    act(script, options=options, variables=variables)

    assert (script.requests[0].headers["X-Auth-Key"], script.requests[0].headers["X-Auth-Email"]) == (
        "k2",
        "b@example.com",
    )


def test_the_connection_of_the_role_is_that_of_the_task_where_it_is_set(act: Actions) -> None:
    """Null and empty text are not set: there the options that module_defaults gave the task stay as they are."""
    role = {
        "account_id": template("{{ account }}"),
        "api_token": "",
        "api_email": None,
        "timeout": template("{{ seconds }}"),
    }
    given = {"account_id": "f" * 32, "api_token": TOKEN, "timeout": 9, "domain": DOMAIN.label}
    variables = {in_process.ROLE_CONNECTION: role, "account": ACCOUNT, "seconds": None}

    result = act(found(), options=given, variables=variables)

    assert (result["changed"], result["account_id"]) == (False, ACCOUNT)
    assert result["invocation"]["module_args"]["timeout"] == 9


def test_the_connection_of_the_role_beats_another_name_of_an_option(act: Actions) -> None:
    """Ansible would take the value of the alias, here the address of another user."""
    given = {"account_email": "other@example.com", "account_api_key": "0" * 37, "domain": DOMAIN.label}
    role = {"api_email": "admin@example.com", "api_key": "1" * 37, "account_id": ACCOUNT}

    result = act(found(), options=given, variables={in_process.ROLE_CONNECTION: role})

    options = result["invocation"]["module_args"]
    assert options["api_email"] == "admin@example.com"
    assert "account_email" not in options


def test_an_undefined_variable_in_the_connection_of_the_role_fails(act: Actions) -> None:
    variables = {in_process.ROLE_CONNECTION: {"account_id": template("{{ acount }}")}}

    with pytest.raises(AnsibleUndefinedVariable, match="'acount' is undefined"):
        act(variables=variables)
