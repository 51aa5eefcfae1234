# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets with awkward characters, and the places where a server can put what it was sent into its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator import Emulator

from .jobs import Target

#: Nothing that occurs elsewhere, long enough for a part of it to be known.
HEAD, TAIL = "Sn3lZJTBX6kkQv", "7IyGQqnFTOFYYw"
AWKWARD = {
    "plain": "O96",
    "quotes": "a'b\"c`d",
    "quotes of a shell": "'\"'\"'",
    "backslashes": "a\\b\\\\c\\",
    "escapes": "\\n\\x41\\u0041",
    "percent": "%41%2541%zz%",
    "HTML": "<b>&amp;&lt;&#65;</b>",
    "query": "?a=b&c=d#e",
    "path": "/../a//b",
    "template": "{{x}}{%y%}{#z#}",
    "shell": "$HOME;$(id)|&",
    "JSON": '":{"a":["',
    "stars": "********",
    "regular expression": "(.*)[a-z]+|^$",
    "base64": "+/+/==",
}
#: Secrets that can be sent in a header.
SENDABLE = {
    **{name: f"{HEAD}{middle}{TAIL}" for name, middle in AWKWARD.items()},
    "at its begin": f"-'\"\\{HEAD}{TAIL}",
    "at its end": f"{HEAD}{TAIL}\\'\"",
    "digits": "31415926535897932384626433832795028841",
    "very long": (HEAD + "x&'" + TAIL) * 40,
}
#: Secrets that cannot.
UNSENDABLE = {
    "blank": f"{HEAD} {TAIL}",
    "with what stands before it": f"Bearer {HEAD}{TAIL}",
    "a line break at its end": f"{HEAD}{TAIL}\n",
    "another header": f"{HEAD}\r\nX-Header: {TAIL}",
    "tabulator": f"\t{HEAD}{TAIL}",
    "accent": f"{HEAD}\u00e9{TAIL}",
    "other scripts": f"{HEAD}\u4e2d\u6587\U0001f600{TAIL}",
    "control character": f"{HEAD}\x1b[0m\x7f{TAIL}",
    "no-break space": f"{HEAD}{TAIL}\u00a0",
    "right to left": f"\u202e{HEAD}{TAIL}",
}

#: Puts an echo into the answers to the requests of an account.
Echo = Callable[[Emulator, str, Target, str], None]


def _fault(kind: Any, **details: Callable[[str], Any]) -> Echo:
    def arrange(emulator: Emulator, account: str, target: Target, echo: str) -> None:
        made = {name: make(echo) for name, make in details.items()}
        path = f"/accounts/{account}/.*{target.path}"
        emulator.faults.add(kind, method=target.method, path=path, times=None, **made)

    return arrange


def _refusal(status: int, error: Callable[[str], Any]) -> Echo:
    def body(echo: str) -> dict[str, Any]:
        return {"success": False, "errors": [error(echo)], "messages": [], "result": None}

    return _fault("status", status=lambda _echo: status, body=body)


def _page(status: int, text: Callable[[str], str]) -> Echo:
    return _fault("status", status=lambda _echo: status, body=text)


def _header(name: str) -> Echo:
    # No header can hold these; a server that lets them through sends something else.
    return _fault(
        "status",
        status=lambda _echo: 400,
        body=lambda echo: {"success": False, "errors": [{"code": 1, "message": f"See {echo}"}]},
        headers=lambda echo: {name: echo.replace("\n", " ")},
    )


def _record(**fields: Callable[[str], Any]) -> Echo:
    """Put it into every record that there is, and into no other place."""

    def arrange(emulator: Emulator, account: str, target: Target, echo: str) -> None:
        for record in emulator.world.store.open_account(account).records[target.collection].values():
            record.update({name: make(echo) for name, make in fields.items()})

    return arrange


#: The place, whether a task that meets it has to fail, and how it is arranged.
PLACES: dict[str, tuple[bool, Echo]] = {
    "message": (True, _refusal(400, lambda echo: {"code": 6003, "message": f"Invalid header: Bearer {echo}"})),
    "message of a 403": (True, _refusal(403, lambda echo: {"code": 10000, "message": f'Refused: "{echo}"'})),
    "message of a 500": (True, _refusal(500, lambda echo: {"code": 1, "message": echo})),
    "chain": (True, _refusal(400, lambda echo: {"code": 1, "error_chain": [{"code": 2, "message": f"x{echo}x"}]})),
    "documentation_url": (
        True,
        _refusal(400, lambda echo: {"message": "No", "documentation_url": f"https://x.example/?{echo}"}),
    ),
    "pointer": (True, _refusal(400, lambda echo: {"message": "No", "source": {"pointer": f"/headers/{echo}"}})),
    "key of an error": (True, _refusal(400, lambda echo: {"message": "No", echo: {echo: [echo]}})),
    "error that is a text": (True, _refusal(400, lambda echo: echo)),
    "error that is a list": (True, _refusal(400, lambda echo: [[echo]])),
    "success false": (
        True,
        _fault("not_success", body=lambda echo: {"success": False, "errors": [{"code": 1, "message": echo}]}),
    ),
    "page": (True, _page(502, lambda echo: f"<html><body>Authorization: Bearer {echo}</body></html>")),
    "title": (True, _page(530, lambda echo: f"<title>{echo}</title>")),
    "end of an excerpt": (True, _page(502, lambda echo: "x" * 150 + f" {echo}")),
    "page with 200": (True, _page(200, lambda echo: f"<body>You sent {echo}</body>")),
    "redirect": (True, _fault("redirect", location=lambda echo: f"https://elsewhere.example/?token={echo}")),
    "ray": (True, _header("cf-ray")),
    "Retry-After": (True, _header("Retry-After")),
    "Ratelimit": (True, _header("Ratelimit")),
    # Not even a header, so that the library which reads them warns of it.
    "broken header": (
        False,
        _fault("truncate", headers=lambda echo: {f"Bearer {echo}".replace("\n", " "): "x"}),
    ),
    "WWW-Authenticate": (True, _header("WWW-Authenticate")),
    "remark": (
        False,
        _fault(
            "status",
            status=lambda _echo: 200,
            body=lambda echo: {
                "success": True,
                "messages": [{"code": 1, "message": f"You sent {echo}"}],
                "result": None,
            },
        ),
    ),
    "text of a record": (False, _record(comments=str, folder=str, transport=str)),
    "name of a field": (False, _record(authorization=lambda echo: {echo: echo})),
    "list of a record": (False, _record(regions=lambda echo: [echo], exclude=lambda echo: [echo])),
    "number of a record": (False, _record(lookback_hops=lambda echo: echo)),
}
