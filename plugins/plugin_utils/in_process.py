# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The second door: a module's own code, run in the process of the controller that would have started the module.

To start a module costs half a second, most of it before the module's first line. On a local connection it runs on the
controller anyway.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from io import StringIO
from typing import Any, Callable, ClassVar

from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as RunsModule
from ansible.utils.display import Display

from ansible_collections.mailsec.cloudflare.plugins.module_utils import connection
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import quoted, shortened
from ansible_collections.mailsec.cloudflare.plugins.module_utils.module import Door, run
from ansible_collections.mailsec.cloudflare.plugins.module_utils.redaction import redactor
from ansible_collections.mailsec.cloudflare.plugins.module_utils.secrets import secrets_of
from ansible_collections.mailsec.cloudflare.plugins.module_utils.sessions import HAS_REQUESTS, KeptSessions
from ansible_collections.mailsec.cloudflare.plugins.module_utils.way import proxy_secrets

try:
    from ansible_collections.mailsec.cloudflare.plugins.plugin_utils.wire import Said, parsed, sent, unsendable
except (ImportError, AttributeError):
    KNOWS_CORE = False
else:
    KNOWS_CORE = True

#: The variable with which a user switches it off.
SWITCH = "mailsec_cloudflare_in_process"
#: The variable with which the role passes its connection options. An option of the task that is omitted would hide the
#: value that ``module_defaults`` of the play has for it: Ansible merges both before it removes what is omitted.
ROLE_CONNECTION = "__email_security_connection"
#: Variables of the task that ask for a way to run a module.
ABOUT_MODULES = ("ansible_python_interpreter", "ansible_remote_tmp")

#: Ansible runs the items of a loop in one process, and with that on one connection.
KEPT = KeptSessions()

display = Display()


class InProcess(RunsModule):
    """An action that runs the module of its own name in this process where that is the same, else as any module."""

    #: The module's own function.
    main: ClassVar[Callable[[Door], None]]

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what the module returns."""
        variables = task_vars or {}
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        self._task.args = self._with_role_connection(variables)
        mistakes = [*not_of_an_environment(environment), *(unsendable("", self._task.args) if KNOWS_CORE else ())]
        if mistakes:
            # Whichever way it would go: Ansible's own words, or those of a shell, do not name what is wrong.
            return {"changed": False, "failed": True, "msg": shortened(" ".join(mistakes))}
        reason = self._needs_module(variables)
        host = variables.get("inventory_hostname")
        if reason:
            display.vvv(f"{self._task.action}: runs as a module, because {reason}.", host=host)
            result: dict[str, Any] = super().run(tmp, task_vars)
            return result
        display.vvv(f"{self._task.action}: runs in this process, with {sys.executable}.", host=host)
        # Past the class that runs modules, to what every action does first.
        result = ActionBase.run(self, tmp, task_vars)
        result.update(parsed(self, self._said(variables, environment)))
        return result

    def _with_role_connection(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of the task with those that the role has for its connection. These win."""
        options = self._templar.template(variables.get(ROLE_CONNECTION, {}))
        # Up to ansible-core 2.18, omit is a text; since 2.19 the template has removed it.
        set_by_role = {name: value for name, value in options.items() if value not in (None, "", variables.get("omit"))}
        aliases = {alias for name in set_by_role for alias in connection.spec()[name].get("aliases", ())}
        defaults = {name: value for name, value in self._task.args.items() if name not in aliases}
        return {**defaults, **set_by_role}

    def _needs_module(self, variables: Mapping[str, Any]) -> str | None:
        """Return why the task has to run as a module, None where it need not."""
        if self._connection.transport != "local":
            return "its connection is not local"
        if self._task.async_val:
            return "of async"
        if self._becomes_another():
            return "of become"
        if sys.platform == "darwin":
            return "a forked process of macOS may crash when it looks for proxies"
        if not HAS_REQUESTS:
            return "the controller's Python has no package requests"
        if not KNOWS_CORE:
            return "this version of ansible-core is not known to the collection"
        named = [name for name in ABOUT_MODULES if name in self._task.get_vars()]
        if named:
            return f"the task sets {named[0]}"
        return None if self._switched_on(variables) else f"{SWITCH} is false"

    def _becomes_another(self) -> bool:
        # As Ansible decides it for the command of a module.
        theirs, ours = self.get_become_option("become_user"), self._get_remote_user()
        if theirs == ours and ours and not constants.config.get_config_value("BECOME_ALLOW_SAME_USER"):
            return False
        return bool(self._connection.become)

    def _switched_on(self, variables: Mapping[str, Any]) -> bool:
        value = self._templar.template(variables.get(SWITCH, True))
        try:
            return bool(boolean(value))
        except TypeError:
            raise AnsibleActionFail(f"{SWITCH}: must be true or false, not {value!r}.") from None

    def _said(self, variables: Mapping[str, Any], environment: Mapping[str, Any]) -> Said:
        """Run the module's function and return what the module says."""
        arguments = dict(self._task.args)
        self._update_module_args(self._task.action, arguments, variables)
        output = StringIO()
        try:
            with surroundings(environment, self._loader.get_basedir()), sent(arguments), redirect_stdout(output):
                self._run_module()
        except Exception:
            # A module that crashes fails its task, or this item of a loop. An exception of an action can end the loop.
            surrounding = {**os.environ, **environment}
            redact = redactor([*secrets_of(arguments, surrounding), *proxy_secrets(surrounding)])
            return Said(1, redact(output.getvalue()), redact(traceback.format_exc()))
        return Said(0, output.getvalue(), "")

    def _run_module(self) -> None:
        # Every module ends with an exit.
        with suppress(SystemExit):
            type(self).main(partial(run, sessions=KEPT.sessions))


def not_of_an_environment(environment: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each variable that no process can have. Their values may be secret."""
    for name, value in ((str(name), str(value)) for name, value in environment.items()):
        if not name or "=" in name or not _is_of_a_system(name):
            yield f"environment: {quoted(name)} cannot be the name of a variable."
        elif not _is_of_a_system(value):
            yield f"environment: the value of {quoted(name)} has a character that no variable can hold, such as NUL."


def _is_of_a_system(text: str) -> bool:
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


@contextmanager
def surroundings(environment: Mapping[str, Any], folder: str) -> Iterator[None]:
    """Give this process what a module's process has: the environment of the task, the folder of the playbook."""
    before = dict(os.environ)
    # The folder that this process is in may be gone, or closed to this user. A module would not mind.
    here = None
    library = logging.getLogger("urllib3")
    propagated = library.propagate
    with suppress(OSError):
        here = os.getcwd()
    try:
        os.environ.update({str(name): str(value) for name, value in environment.items()})
        os.chdir(folder)
        # What it warns of holds addresses and headers as they are, and this process may write a log.
        library.propagate = False
        yield
    finally:
        library.propagate = propagated
        # Whatever else goes wrong: nothing of it may be left for the next item of a loop.
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)
        if here is not None:
            with suppress(OSError):
                os.chdir(here)
