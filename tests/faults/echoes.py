# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets, the forms in which a server can return one, and the places of a response where it can be."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

from emulator import Emulator

from .jobs import Target

ADDRESS = "someone@example.com"
HEAD, TAIL = "Sn3lZJTBX6kkQv", "7IyGQqnFTOFYYw"
#: Secrets that a header can have.
SENDABLE = {
    "plain": f"{HEAD}O96{TAIL}",
    "quotes": f"{HEAD}a'b\"c`d{TAIL}",
    "backslashes": f"{HEAD}a\\b\\\\c\\{TAIL}",
    "percent": f"{HEAD}%41%2541%zz%{TAIL}",
    "URL": f"{HEAD}/../a?b=c&d=e#f{TAIL}",
    "template": f"{HEAD}{{{{x}}}}{{%y%}}{TAIL}",
    "JSON": f'{HEAD}":{{"a":["{TAIL}',
    "regular expression": f"{HEAD}(.*)[a-z]+|^${TAIL}",
    "base64": f"{HEAD}+/+/=={TAIL}",
    "at its end": f"{HEAD}{TAIL}\\'\"",
    "digits": "31415926535897932384626433832795028841",
    "very long": (HEAD + "x&'" + TAIL) * 40,
}
#: Secrets that it cannot.
UNSENDABLE = {
    "blank": f"{HEAD} {TAIL}",
    "with its scheme": f"Bearer {HEAD}{TAIL}",
    "a line break at its end": f"{HEAD}{TAIL}\n",
    "another header": f"{HEAD}\r\nX-Header: {TAIL}",
    "accent": f"{HEAD}\u00e9{TAIL}",
    "other scripts": f"{HEAD}\u4e2d\u6587\U0001f600{TAIL}",
    "control character": f"{HEAD}\x1b[0m\x7f{TAIL}",
}


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


#: How a server, a gateway or a library writes a secret.
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "URL": lambda secret: quote(secret, safe=""),
    "URL with slashes": quote,
    "URL in lower case": lambda secret: re.sub("%..", lambda code: code[0].lower(), quote(secret, safe="")),
    "form": quote_plus,
    "JSON": lambda secret: json.dumps(secret)[1:-1],
    "repr": repr,
    "base64": _encode,
    "base64 of the header": lambda secret: _encode(f"Bearer {secret}"),
    "base64 of address and key": lambda secret: _encode(f"{ADDRESS}:{secret}"),
    "base64 for URLs": lambda secret: _encode(secret).replace("+", "-").replace("/", "_").rstrip("="),
}

#: Puts an echo into the responses to the requests of an account.
Echo = Callable[[Emulator, str, Target, str], None]


def _fault(kind: Any, **details: Callable[[str], Any]) -> Echo:
    def arrange(emulator: Emulator, account: str, target: Target, echo: str) -> None:
        made = {name: make(echo) for name, make in details.items()}
        path = f"/accounts/{account}/.*{target.path}"
        emulator.faults.add(kind, method=target.method, path=path, times=None, **made)

    return arrange


def _response(status: int, body: Callable[[str], Any], **headers: Callable[[str], str]) -> Echo:
    # No header can have a line break.
    named = {name.replace("_", "-"): make for name, make in headers.items()}
    return _fault(
        "status",
        status=lambda _echo: status,
        body=body,
        headers=lambda echo: {name: make(echo.replace("\n", " ")) for name, make in named.items()},
    )


def _refusal(status: int, error: Callable[[str], Any], **headers: Callable[[str], str]) -> Echo:
    return _response(status, lambda echo: {"success": False, "errors": [error(echo)], "result": None}, **headers)


def _record(**fields: Callable[[str], Any]) -> Echo:
    """Put it into every record, and into no other place."""

    def arrange(emulator: Emulator, account: str, target: Target, echo: str) -> None:
        for record in emulator.world.store.open_account(account).records[target.collection].values():
            record.update({name: make(echo) for name, make in fields.items()})

    return arrange


#: The place, whether a task that meets it fails, and how it is arranged.
PLACES: dict[str, tuple[bool, Echo]] = {
    "message": (True, _refusal(400, lambda echo: {"code": 6003, "message": f"Invalid header: Bearer {echo}"})),
    "message of a 403": (True, _refusal(403, lambda echo: {"code": 10000, "message": f'Refused: "{echo}"'})),
    "message of a 500": (True, _refusal(500, lambda echo: {"code": 1, "message": echo})),
    "chain": (True, _refusal(400, lambda echo: {"code": 1, "error_chain": [{"code": 2, "message": f"x{echo}x"}]})),
    "pointer": (True, _refusal(400, lambda echo: {"message": "No", "source": {"pointer": f"/headers/{echo}"}})),
    "key of an error": (True, _refusal(400, lambda echo: {"message": "No", echo: {echo: [echo]}})),
    "error that is a string": (True, _refusal(400, str)),
    "success false": (
        True,
        _fault("not_success", body=lambda echo: {"success": False, "errors": [{"code": 1, "message": echo}]}),
    ),
    "page": (True, _response(502, lambda echo: f"<html><body>Authorization: Bearer {echo}</body></html>")),
    "title": (True, _response(530, lambda echo: f"<title>{echo}</title>")),
    "end of an excerpt": (True, _response(502, lambda echo: "x" * 150 + f" {echo}")),
    "page with 200": (True, _response(200, lambda echo: f"<body>You sent {echo}</body>")),
    "redirect": (True, _fault("redirect", location=lambda echo: f"https://elsewhere.example/?token={echo}")),
    "ray": (True, _refusal(400, lambda echo: {"message": f"See {echo}"}, cf_ray=str)),
    "Retry-After": (True, _refusal(400, lambda echo: {"message": f"See {echo}"}, Retry_After=str)),
    # Not even a header, so the HTTP library logs a warning.
    "broken header": (False, _fault("truncate", headers=lambda echo: {f"Bearer {echo}".replace("\n", " "): "x"})),
    "message of success": (
        False,
        _response(200, lambda echo: {"success": True, "messages": [{"code": 1, "message": echo}], "result": None}),
    ),
    "text of a record": (False, _record(comments=str, folder=str, transport=str)),
    "name of a field": (False, _record(authorization=lambda echo: {echo: echo})),
    "list of a record": (False, _record(regions=lambda echo: [echo], exclude=lambda echo: [echo])),
    "number of a record": (False, _record(lookback_hops=str)),
}
