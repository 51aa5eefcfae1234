# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What nobody may see, found in the options of a task and in its environment, also where it is misplaced."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.connection import (
    ENVIRONMENT,
    LONGEST_CREDENTIAL,
    SECRETS,
    spec,
)

#: What stands before the host of an address, C(user:password).
USER_INFO = re.compile(r"(?:(?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?(.+)@", re.DOTALL)
#: A shorter word beside another is no secret.
LEAST_SECRET = 8


def secrets_of(params: Mapping[str, Any], environment: Mapping[str, str]) -> list[str]:
    """Return the secrets of the task and of its environment, used or not, to keep out of every output.

    Not those of proxies: people choose them, so that they can be words of a setting too.

    Args:
        params: the options of the task, checked by Ansible or not: of any type, and by any of their names.
        environment: the environment of the task.
    """
    declared = spec()
    names = [name for option in SECRETS for name in (option, *declared[option].get("aliases", ()))]
    values = [str(value) for value in map(params.get, names) if isinstance(value, (str, int, float))]
    values += [environment.get(ENVIRONMENT[option], "") for option in SECRETS]
    for address in (params.get("api_url"), environment.get(ENVIRONMENT["api_url"])):
        user = USER_INFO.match(address) if isinstance(address, str) else None
        if user:
            # A password, or a token in the place of the name.
            values += [user.group(1).partition(":")[2], *filter(_is_long, re.split("[:/@]", user.group(1)))]
    # One that is too long is never sent, so nobody can spell it in another way.
    values = [value for value in values if len(value) <= LONGEST_CREDENTIAL]
    # A value that was copied or read with something around it: that holds a secret, and is none.
    inside = [word for value in values for word in value.split() if _is_long(word)]
    return [value for value in dict.fromkeys([*values, *inside]) if value]


def _is_long(word: str) -> bool:
    return len(word) >= LEAST_SECRET
