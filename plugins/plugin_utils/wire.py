# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes between an action and a module: options one way, the result the other, both in Ansible's own form of JSON.

The form, and who reads it, differ between versions of ansible-core: this file is the only one that knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

from ansible.module_utils import basic
from ansible.module_utils.common.warnings import _global_deprecations, _global_warnings

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import unquoted

try:
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    #: Which form of JSON, since ansible-core 2.19.
    PROFILE = None
    encoder: Any = AnsibleJSONEncoder
    as_text = partial(json.dumps, cls=encoder, vault_to_text=True)
    profiles: Any = SimpleNamespace(_string_encoding_check_enabled=None)
else:
    from ansible.module_utils._internal._json import _profiles as profiles

    PROFILE = "legacy"
    as_text = partial(json.dumps, cls=get_module_encoder(PROFILE, Direction.CONTROLLER_TO_MODULE))

#: Touched when this file is read: where they are gone, AnsibleModule would look for its options elsewhere, or not read
#: all that a module's process reads.
TOUCHED = basic._ANSIBLE_ARGS, profiles._string_encoding_check_enabled


class Said(NamedTuple):
    """How a module ended, and what it said."""

    rc: int
    stdout: str
    stderr: str


@contextmanager
def sent(arguments: Mapping[str, Any]) -> Iterator[None]:
    """Let the next AnsibleModule of this process find the options of a task, Ansible's own among them."""
    text = as_text({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    # Until ansible-core 2.18 they are gathered per process.
    _global_warnings.clear()
    _global_deprecations.clear()
    before = basic._ANSIBLE_ARGS, getattr(basic, "_ANSIBLE_PROFILE", None)
    basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = text, PROFILE
    # A text with half of a character is the module's to refuse: its own process would read it, a controller's does not.
    strict = profiles._string_encoding_check_enabled
    profiles._string_encoding_check_enabled = lambda: False
    try:
        yield
    finally:
        basic._ANSIBLE_ARGS, basic._ANSIBLE_PROFILE = before
        profiles._string_encoding_check_enabled = strict


def unsendable(where: str, value: Any) -> Iterator[str]:
    """Yield a sentence for all within a value that no module can be sent, such as the bytes of C(!!binary) in YAML."""
    try:
        as_text(value)
    except TypeError:
        parts: dict[str, Any] = {}
        if isinstance(value, Mapping):
            parts = {f"{where}.{unquoted(key)}" if where else unquoted(key): item for key, item in value.items()}
        elif isinstance(value, (list, tuple)):
            parts = {f"{where}[{index}]": item for index, item in enumerate(value)}
        found = [sentence for name, item in parts.items() for sentence in unsendable(name, item)]
        # Newer versions of ansible-core have a type of their own for them.
        kind = "bytes" if isinstance(value, bytes) else type(value).__name__
        trouble = "every key must be a text" if isinstance(value, Mapping) else f"must be a text, not {kind}"
        yield from found or [f"{where or 'the options'}: {trouble}."]


def parsed(action: Any, by_module: Said) -> dict[str, Any]:
    """Return the result that is in what a module said, as Ansible returns it to an action."""
    lines = {"stdout_lines": by_module.stdout.splitlines(), "stderr_lines": by_module.stderr.splitlines()}
    said = {**by_module._asdict(), **lines}
    if PROFILE is None:
        # Nothing that came from outside is a template.
        from ansible.utils.unsafe_proxy import wrap_var

        untrusted: dict[str, Any] = wrap_var(action._parse_returned_data(said))
        return untrusted
    result = action._parse_returned_data(said, PROFILE)
    # Since ansible-core 2.21 it is an object.
    data: dict[str, Any] = result.as_result_dict(for_round_trip=True) if hasattr(result, "as_result_dict") else result
    return data
