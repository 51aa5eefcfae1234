# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two doors of a module and what they are compared with, as a task and as an ad-hoc command."""

from __future__ import annotations

from typing import NamedTuple

from .api import Api
from .cases import DOMAINS, Record
from .runs import AS_MODULE

PING = "ping"
GET = "uri GET"
MODULE = f"{DOMAINS.module}, as a module"
DEBUG = "debug"
IN_PROCESS = f"{DOMAINS.module}, in-process"


class Way(NamedTuple):
    """One of what is compared."""

    title: str
    action: str
    options: Record
    #: Variables of the task.
    variables: Record

    @property
    def starts_process(self) -> bool:
        """Tell whether every call starts a process, which takes most of its time."""
        return self.title not in (DEBUG, IN_PROCESS)

    def task(self) -> Record:
        """Return it as a task."""
        return {"name": self.title, self.action: self.options, "vars": self.variables}


def ways(api: Api, name: str) -> list[Way]:
    """Return all of them, for a record that is as it is wanted.

    Args:
        api: where the record is.
        name: its name, or what gives it in a playbook.
    """
    trusted = {"ca_path": api.ca_path} if api.ca_path else {}
    record = f"{api.settings_url}/{DOMAINS.collection}/{DOMAINS.id(0)}"
    get = {"url": record, "headers": {"Authorization": f"Bearer {api.token}"}, **trusted}
    module = f"mailsec.cloudflare.{DOMAINS.module}"
    wanted = {"domain": name, **DOMAINS.wanted, **trusted}
    return [
        Way(PING, "ansible.builtin.ping", {"data": name}, {}),
        Way(GET, "ansible.builtin.uri", get, {}),
        Way(MODULE, module, wanted, AS_MODULE),
        Way(DEBUG, "ansible.builtin.debug", {"msg": name}, {}),
        Way(IN_PROCESS, module, wanted, {}),
    ]
