# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In-process execution: an action plugin that does the work of a module in the process of Ansible's worker.

Starting a module takes half a second, most of it before its first line. On a local connection the module runs on the
controller anyway, so the action calls the same function there.
"""

from __future__ import annotations

import logging
import os
import pwd
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as ModuleExecution
from ansible.utils.display import Display

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.credentials import find_secrets
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.redaction import redactor
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.sessions import HAS_REQUESTS, SessionCache
from ansible_collections.mailsec.cloudflare.plugins.module_utils.api.text import quote, truncate
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.arguments import CONNECTION_SPEC
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.base import (
    Kind,
    Mode,
    run,
    validation_failure,
    validator,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.coercion import Spec
from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.plain import plain, untrusted

#: The variable with which a user disables in-process execution.
SWITCH = "mailsec_cloudflare_in_process"
#: The variable with which the role passes its connection options. It cannot omit an option of a task: that would hide
#: the value of ``module_defaults``, because Ansible merges both before it removes what is omitted.
ROLE_CONNECTION = "__email_security_connection"
#: Variables of the task that configure how a module runs.
MODULE_VARIABLES = ("ansible_python_interpreter", "ansible_remote_tmp")
#: Shown in place of the value of an option with ``no_log``.
NOT_SHOWN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"

#: Ansible runs the items of a loop in one process, and so on one connection.
SESSIONS = SessionCache()

display = Display()


class InProcessAction(ModuleExecution):
    """Runs a module in this process where the result is the same, else as any module."""

    kind: Kind
    resource: Resource

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the module."""
        variables = task_vars or {}
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        problems = list(environment_problems(environment))
        if problems:
            return {"changed": False, "failed": True, "msg": truncate(" ".join(problems))}
        kind, resource = self.kind, self.resource
        arguments = self._with_role_connection(plain(self._task.args), variables)
        reason = self._needs_module(variables)
        host = variables.get("inventory_hostname")
        with_diff = bool(self._task.diff)
        if reason:
            display.vvv(f"{self._task.action}: runs as a module, because {reason}.", host=host)
            # Here, because AnsibleModule reports the first error only, and converts what is not a string.
            known = {**os.environ, **environment} if self._connection.transport == "local" else environment
            invalid = validation_failure(kind, resource, arguments, known)
            if invalid:
                return invalid
            original = self._task.args
            self._task.args = validator(kind, resource).coerce(arguments)
            try:
                result: dict[str, Any] = super().run(tmp, task_vars)
            finally:
                # Ansible adds options of its own to them, and `until` runs the action again.
                self._task.args = original
            if kind.diff_mode_only and not with_diff:
                result.pop("diff", None)
            return result
        display.vvv(f"{self._task.action}: runs in this process, with {sys.executable}.", host=host)
        # Not that of the base class, which runs the module.
        result = ActionBase.run(self, tmp, task_vars)
        with task_environment(environment, self._loader.get_basedir()):
            # A copy: os.environ decodes each variable whenever it is read.
            known = dict(os.environ)
            mode = Mode(self._task.check_mode, with_diff)
            returned = run(kind, resource, arguments, known, mode, SESSIONS.get)
            returned["invocation"] = {"module_args": module_args(validator(kind, resource).options, arguments, known)}
        if not returned["warnings"]:
            del returned["warnings"]
        result.update(untrusted(returned))
        return result

    def _with_role_connection(self, arguments: dict[Any, Any], variables: Mapping[str, Any]) -> dict[Any, Any]:
        """Return the options of the task with the connection options of the role, which take precedence."""
        options = plain(self._templar.template(variables.get(ROLE_CONNECTION, {})))
        # Until ansible-core 2.18, omit is a string; since 2.19 the template has removed it.
        of_role = {name: value for name, value in options.items() if value not in (None, "", variables.get("omit"))}
        aliases = {alias for name in of_role for alias in CONNECTION_SPEC[name].get("aliases", ())}
        return {**{name: value for name, value in arguments.items() if name not in aliases}, **of_role}

    def _needs_module(self, variables: Mapping[str, Any]) -> str | None:
        """Return why the task has to run as a module, None where it need not."""
        if self._connection.transport != "local":
            return "its connection is not local"
        if self._task.async_val:
            return "it uses async"
        if self._becomes_another_user():
            return "it uses become"
        if sys.platform == "darwin":
            return "a forked process of macOS may crash when it looks for proxies"
        if not HAS_REQUESTS:
            return "the controller's Python has no requests package"
        of_task = self._task.get_vars()
        # It is the Python of this process.
        configured = [
            name
            for name in MODULE_VARIABLES
            if name in of_task and self._templar.template(of_task[name]) != sys.executable
        ]
        if configured:
            return f"the task sets {configured[0]}"
        return None if self._is_enabled(variables) else f"{SWITCH} is false"

    def _becomes_another_user(self) -> bool:
        if not self._connection.become:
            return False
        try:
            user = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            return True
        return bool(self.get_become_option("become_user") != user)

    def _is_enabled(self, variables: Mapping[str, Any]) -> bool:
        value = self._templar.template(variables.get(SWITCH, True))
        try:
            return bool(boolean(value))
        except TypeError:
            raise AnsibleActionFail(f"{SWITCH}: must be true or false, not {value!r}.") from None


def module_args(options: Spec, arguments: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the options of a task for ``invocation``, without secrets.

    The entries of a bulk task are left out, because they may be many, and unknown options, because one may be a
    misspelled ``api_token``.

    Args:
        options: the options of the module, by name and by alias.
        arguments: the options as the user wrote them.
        environment: the environment of the task.
    """
    redact = redactor(find_secrets(arguments, environment))
    return {
        name: NOT_SHOWN if options[name].get("no_log") else redact(value)
        for name, value in arguments.items()
        if name in options and options[name].get("elements") != "raw"
    }


def environment_problems(environment: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each variable that no process can have. The values may be secret."""
    for name, value in ((str(name), str(value)) for name, value in environment.items()):
        if not name or "=" in name or not _is_possible(name):
            yield f"environment: {quote(name)} cannot be the name of a variable."
        elif not _is_possible(value):
            yield f"environment: the value of {quote(name)} has a character that no variable can have, such as NUL."


def _is_possible(text: str) -> bool:
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


@contextmanager
def task_environment(environment: Mapping[str, Any], folder: str) -> Iterator[None]:
    """Give this process what the process of a module has: the environment of the task, the folder of the playbook."""
    given = {str(name): str(value) for name, value in environment.items()}
    before = {name: os.environ.get(name) for name in given}
    # The present folder may be gone, or closed to this user; a module would not mind.
    present_folder = None
    library = logging.getLogger("urllib3")
    propagates = library.propagate
    with suppress(OSError):
        present_folder = os.getcwd()
    try:
        os.environ.update(given)
        os.chdir(folder)
        # Its warnings have URLs and headers as they are, and this process may write a log.
        library.propagate = False
        yield
    finally:
        library.propagate = propagates
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        if present_folder is not None:
            with suppress(OSError):
                os.chdir(present_folder)
