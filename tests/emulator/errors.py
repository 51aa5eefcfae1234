# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The failures that the API is known to answer with, each as one function that makes the error."""

from __future__ import annotations

from typing import Any

# Nobody has published these codes: they are the emulator's own, and nothing may depend on them.
NOT_FOUND = 1404
CONFLICT = 1409
INVALID = 1400
UNAVAILABLE = 1403
LOCKED = 1423
BROKEN_ANSWER = 1500


class ApiError(Exception):
    """An answer that is a failure: a status, one or more error entries, perhaps headers."""

    def __init__(
        self, status: int, errors: list[dict[str, Any]], *, headers: dict[str, str] | None = None, bare: bool = False
    ) -> None:
        """A bare failure has only `success` and `errors` in its body."""
        super().__init__(errors[0]["message"])
        self.status = status
        self.errors = errors
        self.headers = headers or {}
        self.bare = bare

    def body(self) -> dict[str, Any]:
        """The envelope of the failure."""
        envelope: dict[str, Any] = {"success": False, "errors": self.errors}
        return envelope if self.bare else {**envelope, "messages": [], "result": None}


def entry(code: int, message: str, pointer: str | None = None) -> dict[str, Any]:
    """One entry of `errors`."""
    plain: dict[str, Any] = {"code": code, "message": message}
    return plain if pointer is None else {**plain, "source": {"pointer": pointer}}


def no_credentials() -> ApiError:
    """The request carries no credentials at all."""
    return ApiError(400, [entry(9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")], bare=True)


def malformed_credentials() -> ApiError:
    """The credentials are not in a form that can be read."""
    chain = [entry(6111, "Invalid format for Authorization header")]
    return ApiError(400, [{**entry(6003, "Invalid request headers"), "error_chain": chain}], bare=True)


def not_allowed() -> ApiError:
    """A bad token, a missing permission, or somebody else's account."""
    return ApiError(403, [entry(10000, "Authentication error")], bare=True)


def revoked() -> ApiError:
    """The other refusal that tokens meet."""
    return ApiError(403, [entry(9109, "Invalid access token")])


def not_subscribed() -> ApiError:
    """The account's plan has no Email Security."""
    return ApiError(403, [entry(UNAVAILABLE, "Email Security is not available in the current subscription")])


def not_routed(path: str) -> ApiError:
    """No such path, or an identifier that is not one."""
    return ApiError(400, [entry(7003, f"Could not route to {path}, perhaps your object identifier is invalid?")])


def malformed_json() -> ApiError:
    """The body is not JSON."""
    return ApiError(400, [entry(6007, "Malformed JSON in request body")])


def invalid(problems: list[tuple[str, str]]) -> ApiError:
    """The request breaks the contract; each problem is a message and the pointer to its place."""
    return ApiError(400, [entry(INVALID, message, pointer) for message, pointer in problems])


def not_found(what: str, pointer: str | None = None) -> ApiError:
    """No record has this identifier."""
    return ApiError(404, [entry(NOT_FOUND, f"{what} not found", pointer)])


def locked(what: str, pointer: str) -> ApiError:
    """The record belongs to a directory."""
    return ApiError(400, [entry(LOCKED, f"{what} is synchronized from a directory and cannot be updated", pointer)])


def conflict(name: str, pointer: str = "/domain") -> ApiError:
    """Another record has this name already."""
    return ApiError(409, [entry(CONFLICT, f"{name} already exists", pointer)])


def too_many_requests(headers: dict[str, str]) -> ApiError:
    """The user's quota is spent."""
    message = "Please wait and consider throttling your request speed"
    return ApiError(429, [entry(971, message)], headers=headers)


def broken_answer(problems: list[str]) -> ApiError:
    """The emulator was about to break its own contract, which is a defect of the emulator."""
    text = "The emulator's answer breaks its contract: " + "; ".join(problems)
    return ApiError(500, [entry(BROKEN_ANSWER, text)])
