# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OpenAPI document at work: it routes requests, and every request and answer is checked against it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.validation.request.exceptions import MissingRequiredRequestBody, ParameterValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

DOCUMENT = Path(__file__).with_name("openapi.yaml")
_CREDENTIALS = ("Authorization", "X-Auth-Email", "X-Auth-Key")
_HOST = "http://127.0.0.1"
_Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Route:
    """An operation of the document that a request has met."""

    operation: str
    method: str
    template: str
    path: Mapping[str, str]
    """The values of the path's parameters."""


@dataclass(frozen=True)
class Problem:
    """One way in which a request breaks the contract."""

    place: str
    """path, query, body or header"""
    pointer: str
    message: str


@dataclass
class _Request:
    """A request in the form that openapi-core asks for."""

    method: str
    path: str
    parameters: RequestParameters
    content_type: str = ""
    body: bytes | None = None
    host_url: str = _HOST


@dataclass
class _Answer:
    """An answer in the form that openapi-core asks for."""

    status_code: int
    data: bytes
    headers: Headers
    content_type: str = "application/json"


@dataclass
class _Operation:
    method: str
    template: str
    pattern: re.Pattern[str]
    definition: Mapping[str, Any]
    queries: dict[str, bool] = field(default_factory=dict)
    """The query parameters, and whether each may be repeated."""


class Contract:
    """The document, loaded once, with its validators."""

    def __init__(self, document: Path = DOCUMENT) -> None:
        self.document: dict[str, Any] = yaml.safe_load(document.read_text(encoding="utf-8"))
        api = OpenAPI.from_dict(self.document)
        self._requests = api.request_validator
        self._answers = api.response_validator
        self.prefix: str = self.document["servers"][0]["url"]
        self._operations = list(self._read_operations())
        # Clients repeat themselves, and openapi-core takes longer than all the rest of a request.
        self._known_problems = lru_cache(maxsize=512)(self._find_problems)

    def _read_operations(self) -> Iterable[_Operation]:
        known = self.document["components"]["parameters"]
        for template, item in self.document["paths"].items():
            pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
            for method in {"get", "post", "put", "patch", "delete"} & set(item):
                used = item[method].get("parameters", [])
                named = [known[use["$ref"].rsplit("/", 1)[1]] if "$ref" in use else use for use in used]
                repeatable = {each["name"]: each["schema"].get("type") == "array" for each in named}
                yield _Operation(method, template, pattern, item[method], repeatable)

    @property
    def operations(self) -> list[str]:
        """The name of every operation in the document."""
        return [operation.definition["operationId"] for operation in self._operations]

    def route(self, method: str, path: str) -> Route | None:
        """The operation that a request is for; the path is the one below the server's prefix."""
        found: list[tuple[int, Route]] = []
        for operation in self._operations:
            match = operation.pattern.fullmatch(path)
            if match and operation.method == method.lower():
                name = operation.definition["operationId"]
                route = Route(name, operation.method, operation.template, match.groupdict())
                found.append((len(match.groupdict()), route))
        return min(found, key=lambda each: each[0])[1] if found else None

    def request_problems(
        self, route: Route, query: Mapping[str, list[str]], headers: Headers, content_type: str, body: bytes
    ) -> list[Problem]:
        """Everything about a request that the contract does not allow."""
        credentials = tuple((name, headers[name]) for name in _CREDENTIALS if name in headers)
        arguments = tuple((name, value) for name, values in query.items() for value in values)
        path = tuple(route.path.items())
        return self._known_problems(route.operation, path, arguments, credentials, content_type.lower(), body)

    def _find_problems(
        self, name: str, path: _Pairs, query: _Pairs, credentials: _Pairs, content_type: str, body: bytes
    ) -> list[Problem]:
        operation = next(each for each in self._operations if each.definition["operationId"] == name)
        problems = list(_loose_ends(operation, [name for name, _value in query], body))
        parameters = RequestParameters(query=ImmutableMultiDict(query), header=Headers(credentials), path=dict(path))
        request = _Request(operation.method, self.prefix + operation.template, parameters, content_type, body or None)
        for error in self._requests.iter_errors(request):
            problems.extend(_request_problems(error))
        return problems

    def answer_problems(self, route: Route | None, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
        """Everything about an answer that the contract does not allow.

        A request that met no operation is answered like any other failure, so its answer is checked as one of a list.
        """
        method, template = (route.method, route.template) if route else ("get", self._operations[0].template)
        request = _Request(method, self.prefix + template, RequestParameters())
        answer = _Answer(status, body, Headers(dict(headers)))
        return [
            f"{place or '/'}: {message}"
            for error in self._answers.iter_errors(request, answer)
            for place, message in _details(error)
        ]


def _loose_ends(operation: _Operation, query: list[str], body: bytes) -> Iterable[Problem]:
    """What openapi-core lets pass: query parameters nobody knows or that are repeated, and bodies nobody asked for."""
    for name, times in Counter(query).items():
        if name not in operation.queries:
            yield Problem("query", f"/{name}", f"unknown query parameter {name}")
        elif times > 1 and not operation.queries[name]:
            yield Problem("query", f"/{name}", f"query parameter {name} is given {times} times")
    if body and "requestBody" not in operation.definition:
        yield Problem("body", "", "this request takes no body")


def _request_problems(error: Exception) -> Iterable[Problem]:
    if isinstance(error, ParameterValidationError):
        for _place, message in _details(error):
            yield Problem(error.location, f"/{error.name}", message)
    elif isinstance(error, MissingRequiredRequestBody):
        yield Problem("body", "", "a body is required")
    else:
        for place, message in _details(error):
            yield Problem("body", place, message)


def _details(error: BaseException) -> Iterable[tuple[str, str]]:
    """The places and sentences in an error of openapi-core: those of the schema, where there are any."""
    cause: BaseException | None = error
    while cause is not None:
        schema_errors = getattr(cause, "schema_errors", None)
        if schema_errors:
            for each in schema_errors:
                yield "".join(f"/{part}" for part in each.absolute_path), each.message
            return
        last, cause = cause, cause.__cause__
    try:
        yield "", str(last) or type(last).__name__
    except UnicodeDecodeError:  # for its message the library decodes the very bytes that it could not read
        yield "", type(last).__name__
