# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The boundary to Ansible: the only file that knows AnsibleModule."""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping
from typing import Any, Callable, NoReturn, Protocol

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.mailsec.cloudflare.plugins.module_utils.connection import account
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import (
    CollectionError,
    InputError,
    OptionsError,
    one_line,
    shortened,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.redaction import redactor
from ansible_collections.mailsec.cloudflare.plugins.module_utils.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.secrets import secrets_of
from ansible_collections.mailsec.cloudflare.plugins.module_utils.sessions import VERSION, SessionsFor, new_sessions
from ansible_collections.mailsec.cloudflare.plugins.module_utils.task import Context, Returned
from ansible_collections.mailsec.cloudflare.plugins.module_utils.way import proxy_secrets
from ansible_collections.mailsec.cloudflare.plugins.module_utils.written import read

#: What Ansible writes in the place of a secret option.
NOT_SHOWN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
#: What is returned in words of the collection and of libraries, beside C(failure). All else holds settings, and has to
#: stay as it is.
WORDS = ("msg", "exception")


class Module(AnsibleModule):
    """AnsibleModule, for which C(exclude=) in an ad-hoc command is an empty list and not a list with an empty text.

    The entries of a bulk task are left as the user wrote them, and checked elsewhere: Ansible would tell the first
    mistake alone, and not in which entry it is.

    What it returns, and what Ansible adds to that, is without secrets, also where Ansible itself refuses the options.
    """

    def _load_params(self) -> None:
        super()._load_params()
        secrets = secrets_of(self.params, os.environ)
        # Ansible takes out a secret that is spelled as it was given, also of what it logs.
        self.no_log_values.update(secrets)
        self.redact = redactor(secrets)
        self.redact_words = redactor([*secrets, *proxy_secrets(os.environ)])
        declared = {
            name: spec for option, spec in self.argument_spec.items() for name in (option, *spec.get("aliases", ()))
        }
        taken, self.refused = read(declared, self.params)
        # The tasks check these, and what Ansible would find wrong is in their message.
        self.required_one_of = self.mutually_exclusive = None
        # Of an option that there is not, Ansible needs the name. Its value may be a secret under a wrong name.
        self.params = {
            one_line(option): value if known else None
            for option, value in taken.items()
            for known in (option in declared or option.startswith("_ansible_"),)
        }
        #: Whether Ansible has checked the options.
        self._ready = False
        entries = (option for option, spec in self.argument_spec.items() if spec.get("elements") == "dict")
        self._entries = {option: self.params[option] for option in entries if option in self.params}
        self.forget_entries()

    def forget_entries(self) -> None:
        """Keep the entries out of what Ansible checks, or gives back: it may be no text that it could take."""
        self.params.update(
            {option: [] for option, spec in self.argument_spec.items() if spec.get("elements") == "dict"}
        )

    def fail_json(self, msg: str, **details: Any) -> NoReturn:
        """Fail. Where Ansible refuses an option, what else is known to be wrong comes first."""
        if not self._ready:
            msg = self.short(" ".join([*self.refused.values(), msg]))
        super().fail_json(msg=msg, **details)

    def short(self, msg: str) -> str:
        """Return a message as much of it as somebody would read. Of a secret that is cut, a part would be left."""
        return shortened(self.redact_words(msg))

    def finish(self) -> None:
        """Put the entries back, after Ansible has checked the other options."""
        self._ready = True
        self.params.update(self._entries)

    def _return_formatted(self, kwargs: dict[str, Any]) -> None:
        kwargs = {**account(self.params.get("account_id")), **kwargs}
        # The options go back too, and here nobody needs them any more.
        self.params = {
            option: NOT_SHOWN if value is not None and self._is_secret(option) else self.redact(value)
            for option, value in self.params.items()
        }
        super()._return_formatted({name: self._without_secrets(name, value) for name, value in kwargs.items()})

    def _without_secrets(self, name: str, value: Any) -> Any:
        if name == "failure":
            # Its names are ours, whatever words a token has in it.
            return {name: self.redact_words(item) for name, item in value.items()}
        return self.redact_words(value) if name in WORDS else self.redact(value)

    def _is_secret(self, option: str) -> bool:
        return bool(self.argument_spec.get(self.aliases.get(option, option), {}).get("no_log"))


class Task(Protocol):
    """A sort of task, see task.py."""

    # Docstrings for bodies: what ruff makes of "..." is refused by the sanity tests of ansible-core 2.16.

    def spec(self, resource: Resource) -> dict[str, Any]:
        """Return the options of the module."""

    def perform(self, resource: Resource, params: Mapping[str, Any], context: Context) -> Returned:
        """Do what the options say, and return what comes back."""


class Door(Protocol):
    """A way to run a task: as a module, or in the process that calls it."""

    def __call__(self, task: Task, resource: Resource) -> None:
        """Run it, and end."""


def run(task: Task, resource: Resource, sessions: SessionsFor = new_sessions) -> None:
    """Run the module for a sort of task and a sort of record: exit or fail with what comes of it.

    Args:
        task: the sort of task.
        resource: the sort of record.
        sessions: gives the connections to an account.
    """
    module = Module(**task.spec(resource))
    module.finish()
    try:
        context = Context(module.check_mode, os.environ, sessions, module.refused)
        returned, warnings = task.perform(resource, module.params, context)
    except CollectionError as error:
        for warning in error.warnings:
            module.warn(module.redact_words(warning))
        if isinstance(error, InputError):
            module.forget_entries()
        msg = module.short(str(error)) if isinstance(error, OptionsError) else str(error)
        module.fail_json(msg=msg, **error.details)
    except Exception as error:
        # What nobody has foreseen can have anything in its words, and Python would print them.
        # Ansible itself adds the traceback where it is asked to.
        module.fail_json(msg=defect(error))
    for warning in warnings:
        module.warn(module.redact_words(warning))
    module.exit_json(**returned)


def entry_point(task: Task, resource: Resource) -> Callable[..., None]:
    """Return the C(main) of a module: what runs its task, in one way or another."""

    def main(door: Door = run) -> None:
        door(task, resource)

    return main


def defect(error: Exception) -> str:
    """Return a sentence for an exception that nobody has foreseen."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}, line {last.lineno}"
    return (
        f"This is a defect of the collection mailsec.cloudflare {VERSION}: {type(error).__name__}: {error} ({where}). "
        "Please report it. Whether something was changed is not known: run the task again, it finds out."
    )
