# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API over HTTP, under /api/v2/."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import MethodNotAllowed, NotFound, Unauthorized

from . import credentials, surveys
from .kinds import KINDS
from .refused import Refused
from .store import Store, Thing

#: What a list can be asked for beside the fields of its things.
SEARCHES = {"or__id", "or__name"}


def create_app(store: Store, token: str, writes: list[str]) -> Flask:
    """Return an application that serves this store to whoever has the token, and notes the writes."""
    app = Flask("fake_awx", static_folder=None)

    @app.before_request
    def note() -> None:
        if request.method != "GET":
            writes.append(f"{request.method} {request.path}")

    @app.before_request
    def authenticate() -> None:
        if request.headers.get("Authorization") != f"Bearer {token}":
            raise Unauthorized

    @app.after_request
    def name_product(response: Response) -> Response:
        response.headers["X-API-Product-Name"] = "AWX"
        response.headers["X-API-Product-Version"] = "24.6.1"
        return response

    @app.errorhandler(Refused)
    def refused(error: Refused) -> tuple[Response, int]:
        return jsonify(error.problems), 400

    @app.route("/api/v2/unified_job_templates/")
    def templates() -> Response:
        return _page([_shown(store, "job_templates", thing) for thing in _found(store, "job_templates")])

    @app.route("/api/v2/project_updates/<int:number>/")
    def project_update(number: int) -> Response:
        return jsonify(id=number, type="project_update", status="successful")

    @app.route("/api/v2/<kind>/", methods=["GET", "POST"])
    def collection(kind: str) -> Response | tuple[Response, int]:
        if kind not in KINDS:
            raise NotFound
        if request.method == "POST":
            return jsonify(_shown(store, kind, store.create(kind, _sent()), new=True)), 201
        return _page([_shown(store, kind, thing) for thing in _found(store, kind)])

    @app.route("/api/v2/<kind>/<int:number>/", methods=["GET", "PATCH"])
    def thing(kind: str, number: int) -> Response:
        existing = _existing(store, kind, number)
        if request.method == "PATCH":
            store.update(kind, existing, _sent())
        return jsonify(_shown(store, kind, existing))

    @app.route("/api/v2/job_templates/<int:number>/survey_spec/", methods=["GET", "POST"])
    def survey(number: int) -> Response:
        template = _existing(store, "job_templates", number)
        if request.method == "POST":
            surveys.check(_sent())
            template["survey_spec"] = _sent()
            return jsonify({})
        return jsonify(template.get("survey_spec", {}))

    @app.route("/api/v2/<kind>/<int:number>/<name>/", methods=["GET", "POST"])
    def listed(kind: str, number: int, name: str) -> Response | tuple[str, int]:
        existing = _existing(store, kind, number)
        if name not in KINDS[kind].lists:
            raise NotFound
        if request.method == "POST":
            store.associate(kind, existing, name, _sent())
            return "", 204
        other = KINDS[kind].lists[name]
        return _page([_shown(store, other, store.things[other][each]) for each in store.listed(existing, name)])

    return app


def _sent() -> dict[str, Any]:
    body = request.get_json()
    if not isinstance(body, dict):
        raise Refused(detail="JSON parse error - not a dictionary")
    return body


def _existing(store: Store, kind: str, number: int) -> Thing:
    if kind not in KINDS or number not in store.things[kind]:
        raise NotFound
    return store.things[kind][number]


def _found(store: Store, kind: str) -> list[Thing]:
    """The things that the query asks for. AWX knows many more questions than these."""
    wanted = request.args.to_dict()
    unknown = set(wanted) - set(KINDS[kind].fields) - SEARCHES - {"organization"}
    if unknown:
        raise MethodNotAllowed(description=f"not known here: {sorted(unknown)}")
    either = {name.removeprefix("or__"): wanted.pop(name) for name in list(wanted) if name in SEARCHES}
    return [
        thing
        for thing in ({**each, **_of_project(store, kind, each)} for each in store.things[kind].values())
        if all(str(thing[name]) == value for name, value in wanted.items())
        and (not either or any(str(thing[name]) == value for name, value in either.items()))
    ]


def _of_project(store: Store, kind: str, thing: Thing) -> dict[str, Any]:
    if kind != "job_templates":
        return {}
    return {"organization": store.things["projects"][thing["project"]]["organization"]}


def _page(results: list[dict[str, Any]]) -> Response:
    return jsonify(count=len(results), next=None, previous=None, results=results)


def _shown(store: Store, kind: str, thing: Thing, new: bool = False) -> dict[str, Any]:
    url = f"/api/v2/{kind}/{thing['id']}/"
    shown = {
        **KINDS[kind].made,
        **{name: value for name, value in thing.items() if name != "survey_spec"},
        **_of_project(store, kind, thing),
        "type": KINDS[kind].type,
        "url": url,
        "related": {"survey_spec": f"{url}survey_spec/"} if kind == "job_templates" else {},
        # A new project is fetched at once.
        "summary_fields": {"current_update": {"id": thing["id"]}} if kind == "projects" and new else {},
    }
    if kind == "credentials":
        credential_type = store.things["credential_types"][thing["credential_type"]]
        shown["inputs"] = credentials.shown(thing["inputs"], credential_type)
    return shown
