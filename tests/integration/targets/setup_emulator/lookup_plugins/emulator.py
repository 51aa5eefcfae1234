# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls the control API of the emulator in a template: milliseconds, where a uri task takes half a second."""

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
short_description: Call the control API of the emulator
description:
  - Sends a request to the URL in the environment variable E(EMULATOR_CONTROL_URL) and returns the response as data.
author: The mailsec.cloudflare maintainers
options:
  _terms:
    description: A method and a path in one string, and the body as JSON where there is one.
    required: true
"""


class LookupModule(LookupBase):
    """lookup('emulator', 'GET log') or lookup('emulator', 'POST faults', fault | to_json)"""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[Any]:
        if terms[0] in ("GET log", "POST reset"):
            # A reset empties the log.
            log = send("GET log")
            if log["rejected"] or log["violations"]:
                raise AnsibleLookupError(f"A request or a response is not as the API documents it: {log}")
        return [send(*terms)]


def send(request: str, body: str | None = None) -> Any:
    """Send a request and return its response."""
    method, path = request.split()
    url = urlsplit(os.environ["EMULATOR_CONTROL_URL"])
    connection = http.client.HTTPConnection(url.netloc, timeout=30)
    try:
        connection.request(method, f"{url.path}/{path}", body.encode() if body else None)
        response = connection.getresponse()
        text = response.read().decode()
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise AnsibleLookupError(f"{request}: the emulator responded with {response.status}: {text}")
    return json.loads(text)
