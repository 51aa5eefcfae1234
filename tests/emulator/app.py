# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flask application: the API under its prefix, the control plane beside it."""

from __future__ import annotations

from flask import Flask, Response, request

from .control import METHODS, control_plane
from .gateway import Gateway
from .wire import BREAK
from .world import World


def create_app(world: World) -> Flask:
    """An application that serves this world."""
    app = Flask("emulator", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.register_blueprint(control_plane(world), url_prefix="/_emulator")
    gateway = Gateway(world)

    def api(path: str) -> Response:
        answer = gateway.handle(request)
        if answer.breaks is not None:
            request.environ[BREAK].append(answer.breaks)
        return Response(answer.body, answer.status, answer.headers, content_type=answer.content_type)

    for rule in ("/", "/<path:path>"):
        app.add_url_rule(
            rule,
            "api",
            api,
            methods=METHODS,
            provide_automatic_options=False,
            defaults={"path": ""} if rule == "/" else None,
        )
    return app
