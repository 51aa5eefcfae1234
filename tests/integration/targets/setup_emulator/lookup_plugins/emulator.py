# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Talks to the emulator's control plane from a template, in milliseconds where a uri task takes half a second."""

from __future__ import annotations

import http.client
import json
import os
from typing import Any
from urllib.parse import urlsplit

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = """
name: emulator
short_description: Talk to the emulator's control plane
description:
  - Sends a request to the address in the environment variable E(EMULATOR_CONTROL_URL) and returns the answer as data.
author: The mailsec.cloudflare maintainers
options:
  _terms:
    description: A method and a path in one string, and the body as JSON where there is one.
    required: true
"""


class LookupModule(LookupBase):
    """lookup('emulator', 'GET log') or lookup('emulator', 'POST faults', fault | to_json)"""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[Any]:
        method, path = terms[0].split()
        body = terms[1].encode() if len(terms) > 1 else None
        url = urlsplit(os.environ["EMULATOR_CONTROL_URL"])
        connection = http.client.HTTPConnection(url.netloc, timeout=30)
        try:
            connection.request(method, f"{url.path}/{path}", body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise AnsibleLookupError(f"The emulator answered {terms[0]} with {answer.status}: {text}")
        return [json.loads(text)]
