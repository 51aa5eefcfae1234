# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API over HTTP, under /api/v2/, in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import NotFound, Unauthorized

from emulator.wire import Server
from support.serving import serving

from . import credentials, prompts
from .kinds import KINDS, Refused, check_known
from .store import Store, Thing


class Controller:
    """A controller with these objects."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.token = "fake-awx-oauth-token"
        #: Every request that is not a GET, as "METHOD path".
        self.writes: list[str] = []
        self.server = Server(0, create_app(self))
        #: As in CONTROLLER_HOST.
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def run_controller(store: Store) -> Iterator[Controller]:
    """Run a controller."""
    controller = Controller(store)
    with serving(controller.server):
        yield controller


def create_app(controller: Controller) -> Flask:
    """Return the application."""
    app = Flask("fake_awx", static_folder=None)
    store = controller.store

    @app.before_request
    def begin() -> None:
        if request.headers.get("Authorization") != f"Bearer {controller.token}":
            raise Unauthorized
        if request.method != "GET":
            controller.writes.append(f"{request.method} {request.path}")

    @app.after_request
    def name_product(response: Response) -> Response:
        response.headers["X-API-Product-Name"] = "AWX"
        response.headers["X-API-Product-Version"] = "24.6.1"
        return response

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Any:
        return error.problems, error.status

    @app.get("/api/v2/unified_job_templates/")
    def templates() -> Any:
        kinds = ("job_templates", "projects")
        return _page(_shown(store, kind, each) for kind in kinds for each in _found(store, kind))

    @app.route("/api/v2/<kind>/", methods=["GET", "POST"])
    def collection(kind: str) -> Any:
        if kind not in KINDS:
            raise NotFound
        if request.method == "POST":
            return _shown(store, kind, store.create(kind, request.get_json())), 201
        return _page(_shown(store, kind, each) for each in _found(store, kind))

    @app.route("/api/v2/<kind>/<int:number>/", methods=["GET", "PATCH"])
    def detail(kind: str, number: int) -> Any:
        existing = _existing(store, kind, number)
        if request.method == "PATCH":
            store.update(kind, existing, request.get_json())
        return _shown(store, kind, existing)

    @app.route("/api/v2/<kind>/<int:number>/<name>/", methods=["GET", "POST"])
    def related(kind: str, number: int, name: str) -> Any:
        existing = _existing(store, kind, number)
        body: Any = request.get_json(silent=True)
        other = KINDS[kind].lists.get(name)
        match request.method, name:
            case "GET", "survey_spec":
                return existing["_survey"]
            case "POST", "survey_spec":
                prompts.check_survey(body)
                existing["_survey"] = body
                return {}
            case "POST", "launch":
                (job, *others), ignored = store.launch(existing, body)
                launched = {"workflow_job": job["workflow_job_id"]} if others else {"job": job["id"], **job}
                return {**launched, "ignored_fields": ignored}, 201
            case "POST", "update":
                return _shown(store, "project_updates", store.sync(existing)), 202
            case "GET", _ if other:
                return _page(_shown(store, other, store.things[other][each]) for each in store.listed(existing, name))
            case "POST", _ if other:
                store.associate(kind, existing, name, body)
                return "", 204
        raise NotFound

    return app


def _existing(store: Store, kind: str, number: int) -> Thing:
    if kind not in KINDS or number not in store.things[kind]:
        raise NotFound
    return store.things[kind][number]


def _found(store: Store, kind: str) -> list[Thing]:
    wanted = request.args.to_dict()
    either = [(name, wanted.pop(f"or__{name}")) for name in ("id", "name") if f"or__{name}" in wanted]
    check_known("these filters", wanted, [*KINDS[kind].fields, "organization"])
    return [
        each
        for each in store.things[kind].values()
        if all(str(each[name]) == value for name, value in wanted.items())
        and (not either or any(str(each[name]) == value for name, value in either))
    ]


def _page(results: Iterable[Thing]) -> dict[str, Any]:
    listed = list(results)
    return {"count": len(listed), "next": None, "previous": None, "results": listed}


def _shown(store: Store, kind: str, thing: Thing) -> dict[str, Any]:
    url = f"/api/v2/{kind}/{thing['id']}/"
    shown = {name: value for name, value in thing.items() if not name.startswith("_")}
    if kind == "credentials":
        shown["inputs"] = credentials.shown(thing["inputs"], store.related(thing, "credential_type"))
    return {
        **shown,
        "type": kind,
        "url": url,
        "related": {name: f"{url}{name}/" for name in ("survey_spec", "launch", "update")},
        # The response to the request that has started a project update names it.
        "summary_fields": {"current_update": {"id": thing.pop("_update")}} if "_update" in thing else {},
    }
