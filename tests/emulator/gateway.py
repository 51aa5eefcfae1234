# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a request through the API: log, fault, credentials, quota, contract, operation, contract again."""

from __future__ import annotations

import json
import time
from typing import Any

from werkzeug.wrappers import Request

from . import errors
from .answers import Answer, failure, faulty, ray
from .api import HANDLERS, Call
from .contract import Route
from .errors import ApiError
from .kinds import timestamp
from .requestlog import Entry
from .world import World

_LOGGED = {"authorization", "x-auth-email", "x-auth-key", "user-agent", "content-type", "accept", "host", "connection"}
CONNECTION = "emulator.connection"


class Gateway:
    """Answers every request to the API of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def handle(self, request: Request) -> Answer:
        """The answer, and an entry in the log."""
        world = self._world
        entry = self._log(request)
        path = request.full_path.rstrip("?")
        world.meanwhile.run("before", entry, path)
        fault = world.faults.take(request.method, path)
        answer = Answer(0, b"")
        if fault is None or fault.acts:
            answer = self._serve(request, entry)
        if fault is not None:
            entry.fault = fault.kind
            answer = faulty(fault, answer)
            answer.headers = {"cf-ray": ray(), **world.limit.headers(None), **answer.headers}
        delay = world.behaviour.delay + (fault.delay if fault else 0)
        entry.status = None if answer.breaks in ("drop", "reset") else answer.status
        world.meanwhile.run("after", entry, path)
        if delay:
            time.sleep(delay)
        return answer

    def _log(self, request: Request) -> Entry:
        query = {name: request.args.getlist(name) for name in request.args}
        headers = {name.lower(): value for name, value in request.headers.items() if name.lower() in _LOGGED}
        body = _logged_body(request.get_data())
        connection = request.environ.get(CONNECTION, 0)
        return self._world.log.add(
            time=timestamp(),
            method=request.method,
            path=request.path,
            query=query,
            body=body,
            headers=headers,
            connection=connection,
        )

    def _serve(self, request: Request, entry: Entry) -> Answer:
        """What the API answers when nothing goes wrong on the way."""
        world = self._world
        route, path = None, request.path
        if path.startswith(world.contract.prefix):
            path = path.removeprefix(world.contract.prefix)
            route = world.contract.route(request.method, path)
        user: str | None = None
        try:
            credential = world.keyring.identify(request.headers)
            if credential is not None:
                user = credential.user
                world.limit.count(user)
            answer = self._run(request, entry, route, path, credential)
        except ApiError as error:
            answer = failure(error)
        except Exception as error:
            world.log.add_violation(entry, [repr(error)])
            answer = failure(errors.broken_answer([repr(error)]))
        answer.headers = {"cf-ray": ray(), **world.limit.headers(user), **answer.headers}
        if world.check_answers:
            problems = world.contract.answer_problems(route, answer.status, answer.headers, answer.body)
            if problems:
                world.log.add_violation(entry, problems)
                return Answer(500, failure(errors.broken_answer(problems)).body, answer.headers)
        return answer

    def _run(self, request: Request, entry: Entry, route: Route | None, path: str, credential: Any) -> Answer:
        world = self._world
        if route is None:
            entry.broke_contract = [f"there is no {request.method} {path}"]
            raise errors.not_routed(path)
        problems = world.contract.request_problems(
            route, entry.query, request.headers, request.headers.get("Content-Type", ""), request.get_data()
        )
        entry.broke_contract = [f"{each.place} {each.pointer}: {each.message}" for each in problems]
        if any(problem.place == "path" for problem in problems):
            raise errors.not_routed(path)
        account = world.store.account(route.path["account_id"])
        write = route.method != "get"
        if account is None or credential is None or not credential.may_use(route.path["account_id"], write):
            raise errors.revoked() if credential and credential.permission == "revoked" else errors.not_allowed()
        body = _parsed(request.get_data(), entry)
        if problems:
            raise errors.invalid([(each.message, each.pointer) for each in problems])
        call = Call(world.store, world.behaviour, account, route.path, entry.query, body, path)
        return HANDLERS[route.operation](call)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _parsed(data: bytes, entry: Entry) -> Any:
    """The JSON value of a body."""
    if not data:
        return None
    try:
        return json.loads(data, parse_constant=_no_constant)
    except ValueError as error:
        entry.broke_contract = ["body : malformed JSON"]
        raise errors.malformed_json() from error


def _logged_body(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data.decode("utf-8", "replace")
