# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API over HTTP, under /api/v2/, in a thread of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, jsonify, request
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
    def refused(error: Refused) -> tuple[Response, int]:
        return jsonify(error.problems), error.status

    @app.get("/api/v2/unified_job_templates/")
    def templates() -> Response:
        return _page(
            [_shown(store, kind, each) for kind in ("job_templates", "projects") for each in _found(store, kind)]
        )

    @app.route("/api/v2/<kind>/", methods=["GET", "POST"])
    def collection(kind: str) -> Response | tuple[Response, int]:
        if kind not in KINDS:
            raise NotFound
        if request.method == "POST":
            return jsonify(_shown(store, kind, store.create(kind, request.get_json()))), 201
        return _page([_shown(store, kind, each) for each in _found(store, kind)])

    @app.route("/api/v2/<kind>/<int:number>/", methods=["GET", "PATCH"])
    def thing(kind: str, number: int) -> Response:
        existing = _existing(store, kind, number)
        if request.method == "PATCH":
            store.update(kind, existing, request.get_json())
        return jsonify(_shown(store, kind, existing))

    @app.route("/api/v2/<kind>/<int:number>/<name>/", methods=["GET", "POST"])
    def related(kind: str, number: int, name: str) -> Response | tuple[Response | str, int]:
        existing = _existing(store, kind, number)
        other = KINDS[kind].lists.get(name)
        if request.method == "GET" and name == "survey_spec":
            return jsonify(existing["_survey"])
        if request.method == "GET" and other:
            return _page([_shown(store, other, store.things[other][each]) for each in store.listed(existing, name)])
        if request.method == "POST" and other:
            store.associate(kind, existing, name, request.get_json())
            return "", 204
        if request.method == "POST" and (kind, name) in POSTS:
            return POSTS[kind, name](store, existing)
        raise NotFound

    return app


def _set_survey(store: Store, template: Thing) -> tuple[Response, int]:
    prompts.check_survey(request.get_json())
    template["_survey"] = request.get_json()
    return jsonify({}), 200


def _launch(store: Store, template: Thing) -> tuple[Response, int]:
    jobs, ignored = store.launch(template, request.get_json())
    job = {"workflow_job": jobs[0]["workflow_job_id"]} if len(jobs) > 1 else {"job": jobs[0]["id"], **jobs[0]}
    return jsonify({**job, "ignored_fields": ignored}), 201


def _sync(store: Store, project: Thing) -> tuple[Response, int]:
    return jsonify(_shown(store, "project_updates", store.sync(project))), 202


POSTS = {
    ("job_templates", "survey_spec"): _set_survey,
    ("job_templates", "launch"): _launch,
    ("projects", "update"): _sync,
}


def _existing(store: Store, kind: str, number: int) -> Thing:
    if kind not in KINDS or number not in store.things[kind]:
        raise NotFound
    return store.things[kind][number]


def _found(store: Store, kind: str) -> list[Thing]:
    wanted = request.args.to_dict()
    either = [(name, wanted.pop(f"or__{name}")) for name in ("id", "name") if f"or__{name}" in wanted]
    check_known("these filters", wanted, [*KINDS[kind].fields, *KINDS[kind].unique])
    return [
        each
        for each in store.things[kind].values()
        if all(str(each[name]) == value for name, value in wanted.items())
        and (not either or any(str(each[name]) == value for name, value in either))
    ]


def _page(results: list[dict[str, Any]]) -> Response:
    return jsonify(count=len(results), next=None, previous=None, results=results)


def _shown(store: Store, kind: str, thing: Thing) -> dict[str, Any]:
    url = f"/api/v2/{kind}/{thing['id']}/"
    shown = {name: value for name, value in thing.items() if not name.startswith("_")}
    if kind == "credentials":
        shown["inputs"] = credentials.shown(thing["inputs"], store.related(thing, "credential_type"))
    return {
        **shown,
        "type": KINDS[kind].type,
        "url": url,
        "related": {name: f"{url}{name}/" for of, name in POSTS if of == kind},
        # The response to the request that has started a project update names it.
        "summary_fields": {"current_update": {"id": thing.pop("_update")}} if "_update" in thing else {},
    }
