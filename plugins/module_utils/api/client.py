# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP: the records of one account."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Callable, cast

from .connection import Connection
from .error_hints import RATE_LIMIT
from .errors import ApiError
from .pagination import read_list
from .redaction import redactor
from .request import Request
from .response import Response
from .retries import TRY_LATER
from .sessions import Sessions
from .text import format_duration
from .transport_errors import TRANSPORT_ERRORS, transport_error


class Client:
    """The records of one account. Paths are relative to the account. Threads may share a client.

    Every method that sends a request raises ApiError.

    Args:
        connection: the connection to the account.
        sessions: the sessions of the connection; who made them closes them.
    """

    def __init__(self, connection: Connection, sessions: Sessions) -> None:
        self._connection = connection
        self._sessions = sessions
        self._root = f"{connection.api_url}/accounts/{connection.account_id}/"
        self._redact = redactor(connection.secrets)
        self._rate_limit = sessions.rate_limit
        self._waited_before = sessions.rate_limit.waited
        self._stopped = False
        #: The messages of successful responses, each once.
        self._messages: dict[str, None] = {}

    def get(self, path: str) -> dict[str, Any]:
        """Return a record."""
        response = self._get(path)
        if response.record is None:
            raise response.build_error(f"HTTP {response.status}: the response has no record.")
        return response.record

    def find(self, path: str) -> dict[str, Any] | None:
        """Return what a path has, None where it has nothing (204)."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status != 204:
                raise
            return None

    def list_records(
        self, path: str, filters: Mapping[str, list[Any]], order: Mapping[str, str]
    ) -> list[dict[str, Any]]:
        """Return the records of every page, each record once. See ``read_list``."""
        return read_list(self._get, path, filters, order)

    def patch(self, path: str, body: dict[str, Any]) -> Response:
        """Change a record."""
        return cast(Response, self._send("PATCH", path, body))

    def post(self, path: str, body: dict[str, Any], was_applied: Callable[[], bool] | None = None) -> Response | None:
        """Create something, once.

        The request is sent again only if the server certainly did not apply it, or if ``was_applied`` returns False: it
        looks for the effect with requests of its own.

        Returns:
            None if the request was applied and its response was lost.
        """
        return self._send("POST", path, body, was_applied)

    def delete(self, path: str) -> bool:
        """Delete a record. False: there was none."""
        try:
            self._send("DELETE", path)
        except ApiError as error:
            if not error.not_found:
                raise
            # If the response to an earlier attempt was lost, that attempt deleted it.
            return error.outcome_unknown
        return True

    @property
    def messages(self) -> list[str]:
        """Return the messages of the API, each once, in their order."""
        return list(self._messages)

    @property
    def waited(self) -> float:
        """Return the seconds that were waited for the rate limit, all threads together."""
        return self._rate_limit.waited - self._waited_before

    def stop(self) -> None:
        """Send no further request, from any thread."""
        self._stopped = True

    def _get(self, path: str) -> Response:
        return cast(Response, self._send("GET", path))

    def _send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        was_applied: Callable[[], bool] | None = None,
    ) -> Response | None:
        """Send a request, retry it where that is safe, and return the response. See ``post`` for ``was_applied``."""
        request = Request(method, self._root + path, self._redact)
        policy = self._connection.retry
        outcome_unknown = False
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._exchange(request, body)
            except ApiError as error:
                failure = error
            else:
                response.after_unknown_outcome = outcome_unknown
                return response
            outcome_unknown = outcome_unknown or (method != "GET" and failure.outcome_unknown)
            look = was_applied if outcome_unknown else None
            # To send it again could apply it twice, unless its effect is looked for first.
            safe = method != "POST" or not outcome_unknown or look is not None
            delay = policy.delay(failure, attempt)
            retry = safe and delay is not None and attempt <= policy.retries
            if delay is not None and (retry or look):
                self._wait(failure, delay)
            if look:
                try:
                    if look():
                        return None
                except ApiError:
                    retry = False
            if not retry:
                failure.outcome_unknown = outcome_unknown
                failure.extend(policy.explain(failure, attempt, outcome_unknown))
                raise failure

    def _wait(self, failure: ApiError, delay: float) -> None:
        if failure.status == 429:
            # All threads wait for it, in acquire.
            self._rate_limit.block(delay)
        else:
            time.sleep(delay)

    def _exchange(self, request: Request, body: dict[str, Any] | None) -> Response:
        """Send a request once."""
        max_wait = self._connection.retry.max_wait
        too_long = self._rate_limit.acquire(max_wait)
        if too_long is not None:
            raise request.build_error(
                f"The rate limit resets in {format_duration(too_long)}, which exceeds retry_max_wait "
                f"({max_wait:g} s). {TRY_LATER}",
                RATE_LIMIT,
            )
        headers: Mapping[str, str] = {}
        responded = False
        try:
            # Checked here, because the task may have been stopped while this thread waited.
            if self._stopped:
                raise request.build_error("Not sent: the task was interrupted.")
            with self._sessions.session() as session:
                raw = session.request(
                    request.method,
                    request.url,
                    json=body,
                    timeout=self._connection.timeout,
                    verify=self._connection.verify,
                    allow_redirects=False,
                    # The body is read below: an error there is not an error of the request.
                    stream=True,
                )
                headers = raw.headers
                responded = True
                content = raw.content
                if raw.status_code < 200:
                    # The final response may still come on this connection, after the next request.
                    session.close()
        except TRANSPORT_ERRORS as error:
            raise transport_error(request, error, self._connection.timeout, responded) from None
        finally:
            self._rate_limit.release(headers)
        response = Response(request, raw.status_code, headers, content)
        if not response.succeeded:
            raise response.to_error()
        self._messages.update(dict.fromkeys(response.messages))
        return response
