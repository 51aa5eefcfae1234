# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane: what tests and playbooks use to prepare the emulator and to look inside."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import BadRequest, HTTPException, NotFound

from .auth import Credential
from .faults import Fault
from .kinds import KINDS
from .records import copied
from .world import World

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]


def control_plane(world: World) -> Blueprint:
    """Everything under /_emulator/."""
    plane = Blueprint("control", __name__)
    _add_whole(plane, world)
    _add_accounts(plane, world)

    @plane.route("/", methods=METHODS, defaults={"rest": ""})
    @plane.route("/<path:rest>", methods=METHODS)
    def nothing(rest: str) -> Response:
        raise NotFound(f"the control plane has no {request.method} {rest}")

    @plane.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[Response, int]:
        return jsonify(error=error.description), error.code or 500

    @plane.errorhandler(ValueError)
    @plane.errorhandler(TypeError)
    def bad_value(error: Exception) -> tuple[Response, int]:
        return jsonify(error=str(error)), 400

    return plane


def _sent() -> Any:
    """The JSON object of the request."""
    value = request.get_json(force=True)
    if not isinstance(value, dict):
        raise BadRequest("a JSON object is wanted")
    return value


def _add_whole(plane: Blueprint, world: World) -> None:
    """What concerns the emulator as a whole."""

    @plane.post("/reset")
    def reset() -> Response:
        """Begins anew; a body can say how: `accounts` with their records, `behaviour`, `faults`."""
        sent = _sent() if request.data else {}
        if set(sent) - {"accounts", "behaviour", "faults"}:
            raise BadRequest("a reset takes accounts, behaviour and faults")
        world.reset()
        world.behaviour.update(sent.get("behaviour", {}))
        for account_id, seed in sent.get("accounts", {}).items():
            world.store.seed(account_id, seed, replace=True)
        for fault in sent.get("faults", []):
            world.faults.schedule(Fault.from_json(fault))
        return jsonify(ok=True)

    @plane.get("/log")
    def log() -> Response:
        account = request.args.get("account_id")
        entries = [each for each in world.log.requests if account is None or f"/accounts/{account}/" in each.path]
        return jsonify(
            requests=[entry.as_json() for entry in entries],
            writes=[entry.as_json() for entry in entries if entry.is_write],
            rejected=[entry.as_json() for entry in entries if entry.broke_contract],
            violations=world.log.violations,
        )

    @plane.post("/faults")
    def add_fault() -> tuple[Response, int]:
        return jsonify(world.faults.schedule(Fault.from_json(_sent())).as_json()), 201

    @plane.post("/credentials")
    def add_credential() -> tuple[Response, int]:
        world.keyring.add(Credential.from_json(_sent()))
        return jsonify(ok=True), 201


def _add_accounts(plane: Blueprint, world: World) -> None:
    """What concerns one account."""

    @plane.route("/accounts/<account_id>/state", methods=["GET", "POST"])
    def state(account_id: str) -> Response:
        if request.method == "POST":
            world.store.seed(account_id, _sent())
        return jsonify(world.store.state(account_id))

    @plane.patch("/accounts/<account_id>/<collection>/<path:name>")
    def drift(account_id: str, collection: str, name: str) -> Response:
        """Someone else changes a record, without a request to the API."""
        if collection not in KINDS:
            raise NotFound(f"no such collection: {collection}")
        changes = _sent()
        with world.store.lock:
            try:
                record = world.store.named(account_id, collection, name)
            except KeyError:
                raise NotFound(f"no record named {name} in {collection}") from None
            unknown = set(changes) - set(record) | ({"id"} & set(changes))
            if unknown:
                raise BadRequest(f"a record of {collection} has no {', '.join(sorted(unknown))} to change")
            record.update(copied(changes))
            return jsonify(copied(record))
