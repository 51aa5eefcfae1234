# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP: one account of the Cloudflare API, with retries, pages and errors. Knows nothing of Ansible."""

from __future__ import annotations

import json
import random
import time
from typing import Any, Callable, Mapping, cast
from urllib.parse import urlencode

from ansible_collections.mailsec.cloudflare.plugins.module_utils.advice import RATE_LIMIT_ADVICE, SOMETHING_ELSE
from ansible_collections.mailsec.cloudflare.plugins.module_utils.answers import Answer, Request
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import ApiError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.reading import told
from ansible_collections.mailsec.cloudflare.plugins.module_utils.redaction import redactor
from ansible_collections.mailsec.cloudflare.plugins.module_utils.sessions import TROUBLE, Sessions
from ansible_collections.mailsec.cloudflare.plugins.module_utils.settings import Settings
from ansible_collections.mailsec.cloudflare.plugins.module_utils.unanswered import unanswered

#: The most records that the API puts on a page.
PAGE_SIZE = 1000
#: A list without end is not the API's.
MOST_PAGES = 1000
#: How often a list is read at most where it changes meanwhile, or does not show all that it has.
READINGS = 3
#: So many remarks of the API are told of a task.
MOST_REMARKS = 20
#: The client's own delays in seconds: the first one, doubled each time up to the longest.
FIRST_DELAY = 1.0
LONGEST_DELAY = 30.0
#: The same after a 429 that does not say how long: five repeats outlast the block of five minutes.
FIRST_DELAY_OF_BLOCK = 10.0
AGAIN = "Run the task again then, or allow a longer wait."


class Reading:
    """What came of reading a list."""

    def __init__(self) -> None:
        #: Each record once.
        self.records: dict[str, dict[str, Any]] = {}
        #: How many came, some perhaps more than once.
        self.received = 0
        #: How many there are, as the pages said.
        self.totals: list[int] = []

    def add(self, answer: Answer) -> bool:
        """Add a page. Tell whether it has anything new."""
        self.last = answer
        known = len(self.records)
        for record in answer.records:
            has_id = record.get("id") not in (None, "")
            self.records.setdefault(str(record["id"] if has_id else json.dumps(record, sort_keys=True)), record)
        self.received += len(answer.records)
        if answer.total is not None:
            self.totals.append(answer.total)
        return len(self.records) > known

    @property
    def complete(self) -> bool:
        """Tell whether all came, as far as the pages say how many there are."""
        return not self.totals or (len(set(self.totals)) == 1 and self.received >= self.totals[-1])


class Client:
    """The records of one account. Paths are relative to the account. Any number of threads may share a client.

    Every method that sends a request raises ApiError.

    Args:
        settings: how to reach the account.
        sessions: the connections to it, for these settings; whoever made them closes them.
    """

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._settings = settings
        self._sessions = sessions
        self._root = f"{settings.api_url}/accounts/{settings.account_id}/"
        self._redact = redactor(settings.secrets)
        self._pace = sessions.pace
        self._waited_before = sessions.pace.waited
        self._stopped = False
        #: What the API remarked on its answers, each once, in the order it came.
        self._remarks: dict[str, None] = {}

    def get(self, path: str) -> dict[str, Any]:
        """Return a record."""
        answer = self._answer("GET", path)
        if answer.record is None:
            raise answer.failed(f"HTTP {answer.status}: the answer holds no record.")
        return answer.record

    def patch(self, path: str, body: dict[str, Any]) -> Answer:
        """Change a record."""
        return self._answer("PATCH", path, body)

    def post(self, path: str, body: dict[str, Any], was_done: Callable[[], bool] | None = None) -> Answer | None:
        """Create something, once.

        It is sent again only where the server surely did not act on it, or where ``was_done``, which looks for the
        effect with requests of its own, found none. None: it was done, and the answer was lost.
        """
        return self._send("POST", path, body, was_done)

    def delete(self, path: str) -> bool:
        """Delete a record. False: there was none."""
        try:
            self._answer("DELETE", path)
        except ApiError as error:
            if not error.says_missing:
                raise
            # It is gone. If an earlier try was lost on the way, that one did it.
            return error.in_doubt
        return True

    def records(self, path: str, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        """Return the records of every page, each record once.

        ``filters`` are query parameters, each with one or more values.
        """
        for _time in range(READINGS):
            reading = self._read(path, filters)
            # With filters it may be the number of all records, whatever the filters leave of them.
            if filters or reading.complete:
                return list(reading.records.values())
        raise reading.last.failed(
            f"HTTP {reading.last.status}: the list has {reading.totals[-1]} records, but shows {reading.received} of "
            f"them, or changes while it is read. It was read {READINGS} times.",
            "Nothing was decided on a part of it. Run the task again.",
        )

    def _read(self, path: str, filters: Mapping[str, list[str]]) -> Reading:
        """Read every page of a list once."""
        reading = Reading()
        for page in range(1, MOST_PAGES + 1):
            query = urlencode({**filters, "page": page, "per_page": PAGE_SIZE}, doseq=True)
            answer = self._answer("GET", f"{path}?{query}")
            # A page without anything new ends it too: a server that ignores the page would be asked for ever.
            if not reading.add(answer) or answer.was_last_page(page, reading.received):
                return reading
        raise answer.failed(f"HTTP {answer.status}: the list has no end: {MOST_PAGES} pages were read.", SOMETHING_ELSE)

    @property
    def messages(self) -> list[str]:
        """Return what the API remarked on its answers, each once, in the order it came."""
        remarks = list(self._remarks)
        more = len(remarks) - MOST_REMARKS
        return [*remarks[:MOST_REMARKS], f"and {more} more"] if more > 0 else remarks

    @property
    def waited(self) -> float:
        """Return the seconds that were waited for the rate limit, all threads together."""
        return self._pace.waited - self._waited_before

    def stop(self) -> None:
        """Send no further request, whichever thread asks for it."""
        self._stopped = True

    def _answer(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        """Return the answer to a request that may be sent twice: it reads, sets absolute values, or deletes."""
        return cast(Answer, self._send(method, path, body))

    def _send(
        self, method: str, path: str, body: dict[str, Any] | None = None, was_done: Callable[[], bool] | None = None
    ) -> Answer | None:
        """Send a request, repeat it where that is safe, and return the answer. See ``post`` for ``was_done``."""
        request = Request(method, self._root + path, self._redact)
        in_doubt = False
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = self._exchange(request, body)
                answer.after_doubt = in_doubt
                return answer
            except ApiError as error:
                failure = error
            maybe_done = failure.undecided or (failure.transient and not failure.not_done)
            in_doubt = in_doubt or (request.writes and maybe_done)
            delay, remarks = self._delay(failure, attempt)
            looks = in_doubt and was_done is not None
            only_once = method == "POST" and in_doubt and not looks
            final = not failure.transient or delay is None or only_once or attempt > self._settings.retries
            if failure.transient and delay is not None and (looks or not final):
                if failure.status == 429:
                    # All wait for it, not only who was refused: ``enter`` does.
                    self._pace.block(delay)
                else:
                    time.sleep(delay)
            if looks and was_done:
                done = self._finds(was_done)
                if done:
                    return None
                # Where it cannot be seen, to send it again could do it twice.
                final = final or done is None
            if final:
                raise failure.extended(remarks, in_doubt)

    def _finds(self, was_done: Callable[[], bool]) -> bool | None:
        """Tell whether the effect of a request is there, None where that cannot be seen."""
        try:
            return was_done()
        except ApiError:
            return None

    def _delay(self, failure: ApiError, attempt: int) -> tuple[float | None, list[str]]:
        """Return the seconds until a request may be repeated, None where those are too many, with remarks."""
        allowed = self._settings.retry_max_wait
        remarks = [f"Tried {attempt} times."] if attempt > 1 else []
        if failure.wait is None and failure.status == 429:
            return min(FIRST_DELAY_OF_BLOCK * 2.0 ** (attempt - 1), allowed), remarks
        if failure.wait is None:
            delay = min(FIRST_DELAY * 2.0 ** (attempt - 1), LONGEST_DELAY)
            return min(delay * random.uniform(0.5, 1.0), allowed), remarks
        if failure.wait > allowed:
            said = f"The server asks to wait {told(failure.wait)}; retry_max_wait is {allowed:g}."
            return None, [said, AGAIN, *remarks]
        if failure.status == 429:
            return failure.wait, remarks
        # A little more than asked, and not the same for all who were sent away together.
        return failure.wait + random.uniform(0.0, 1.0), remarks

    def _exchange(self, request: Request, body: dict[str, Any] | None) -> Answer:
        """Send a request once."""
        headers: Mapping[str, str] = {}
        too_long = self._pace.enter(self._settings.retry_max_wait)
        if too_long is not None:
            raise request.failed(
                f"Nothing remains of the rate limit for the next {told(too_long)}; "
                f"retry_max_wait is {self._settings.retry_max_wait:g}. {AGAIN}",
                RATE_LIMIT_ADVICE,
            )
        try:
            # Here, because it may have been while this thread waited.
            if self._stopped:
                raise request.failed("Not sent, because the task was interrupted.")
            with self._sessions.session() as session:
                response = session.request(
                    request.method,
                    request.url,
                    json=body,
                    timeout=self._settings.timeout,
                    verify=self._settings.verify,
                    allow_redirects=False,
                )
                headers = response.headers
                if response.status_code < 200:
                    # What still comes on this connection would be taken for the answer to the next request.
                    session.close()
        except TROUBLE as error:
            raise unanswered(request, error, self._settings.timeout) from None
        finally:
            self._pace.leave(headers)
        answer = Answer(request, response.status_code, headers, response.content)
        if not answer.succeeded:
            raise answer.error()
        self._remarks.update(dict.fromkeys(answer.messages))
        return answer
