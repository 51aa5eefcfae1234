# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP: one account of the Cloudflare API, with retries, pages and errors. Knows nothing of Ansible."""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any, Mapping, NamedTuple
from urllib.parse import urlencode

from ansible_collections.mailsec.cloudflare.plugins.module_utils.answers import Answer, Request
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import ApiError, CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.redaction import redactor

try:
    import requests
    import urllib3
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

VERSION = "0.1.0"
#: The most records that the API puts on a page.
PAGE_SIZE = 1000
#: The client's own delays in seconds: the first one, doubled each time up to the longest.
FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0


class Settings(NamedTuple):
    """How to reach an account; every value has been checked."""

    account_id: str
    api_url: str
    #: The headers that carry the credentials.
    credentials: dict[str, str]
    #: The parts of them that nobody may see.
    secrets: list[str]
    #: True, False, or the path of a file or folder with the certificates to trust.
    verify: bool | str = True
    #: Seconds to wait for a connection and for each part of an answer.
    timeout: float = 30.0
    #: How often a request is repeated at most.
    retries: int = 5
    #: Seconds, the longest single wait before a request is repeated.
    retry_max_wait: float = 300.0


class Client:
    """The records of one account. Paths are relative to the account.

    Every method that sends a request raises ApiError.

    Args:
        settings: how to reach the account.
    """

    def __init__(self, settings: Settings) -> None:
        if not HAS_REQUESTS:
            raise CollectionError(
                f"The Python package requests is not installed for {sys.executable}, which runs this module. "
                "Install it there, or name another Python with ansible_python_interpreter."
            )
        self._settings = settings
        self._root = f"{settings.api_url}/accounts/{settings.account_id}/"
        self._redact = redactor(settings.secrets)
        self._session = self._new_session()
        #: What the API remarked on its answers, in the order it came.
        self.messages: list[str] = []

    def get(self, path: str) -> dict[str, Any]:
        """Return a record."""
        answer = self._answer("GET", path)
        if answer.record is None:
            raise answer.failed(f"HTTP {answer.status}: the answer holds no record.")
        return answer.record

    def patch(self, path: str, body: dict[str, Any]) -> Answer:
        """Change a record."""
        return self._answer("PATCH", path, body)

    def records(self, path: str, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        """Return the records of every page, each record once.

        ``filters`` are query parameters, each with one or more values.
        """
        records: dict[str, dict[str, Any]] = {}
        received = page = 0
        while True:
            page += 1
            query = urlencode({**filters, "page": page, "per_page": PAGE_SIZE}, doseq=True)
            answer = self._answer("GET", f"{path}?{query}")
            known = len(records)
            for record in answer.records:
                records.setdefault(str(record.get("id") or json.dumps(record, sort_keys=True)), record)
            received += len(answer.records)
            # A page without anything new ends it too: a server that ignores the page would be asked for ever.
            if len(records) == known or answer.was_last_page(page, received):
                return list(records.values())

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.headers["User-Agent"] = f"mailsec.cloudflare/{VERSION}"
        session.headers["Accept"] = "application/json"
        # A function, and not headers of the session: where requests finds no auth, it takes one from ~/.netrc.
        session.auth = self._sign
        # Plain http is for this machine alone: it must not go to a proxy from the environment.
        session.trust_env = self._root.lower().startswith("https:")
        if not self._settings.verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return session

    def _sign(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers.update(self._settings.credentials)
        return prepared

    def _answer(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Return the answer to a request that succeeded, be it after some repeats."""
        request = Request(method, self._root + path, self._redact)
        attempt = 0
        in_doubt = False
        while True:
            attempt += 1
            try:
                return self._exchange(request, body)
            except ApiError as error:
                in_doubt |= request.writes and error.transient and not error.not_done
                wait = self._wait(error, attempt, in_doubt)
            time.sleep(wait)

    def _wait(self, error: ApiError, attempt: int, in_doubt: bool) -> float:
        """Return the seconds to wait before the next attempt. Raises the error where there is to be none."""
        allowed = self._settings.retry_max_wait
        remarks = []
        if attempt > 1:
            remarks.append(f"Tried {attempt} times.")
        if in_doubt:
            remarks.append("Whether the change was made is not known: run the task again, it finds out.")
        if not error.transient or attempt > self._settings.retries:
            raise error.extended(remarks)
        if error.wait is None:
            delay = min(FIRST_DELAY * 2.0 ** (attempt - 1), LONGEST_DELAY)
            return min(delay * random.uniform(0.5, 1.0), allowed)
        if error.wait > allowed:
            asked = (
                f"The server asks to wait {error.wait:.0f} seconds, longer than retry_max_wait ({allowed:g}) allows."
            )
            raise error.extended([asked, *remarks])
        # A little more than asked, and not the same for all who were sent away together.
        return error.wait + random.uniform(0.0, 1.0)

    def _exchange(self, request: Request, body: dict[str, Any] | None) -> Answer:
        """Send a request once."""
        try:
            response = self._session.request(
                request.method,
                request.url,
                json=body,
                timeout=self._settings.timeout,
                verify=self._settings.verify,
                allow_redirects=False,
            )
        except (OSError, urllib3.exceptions.HTTPError) as error:
            raise request.unanswered(error, self._settings.timeout) from None
        answer = Answer(request, response.status_code, response.headers, response.content)
        if not answer.succeeded:
            raise answer.error()
        self.messages += answer.messages
        return answer
