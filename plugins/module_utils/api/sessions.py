# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions of requests, shared by the threads of a task and by the tasks of a loop.

What is kept from one task to the next is kept for an equal connection in an equal environment, so that nothing is
shared between credentials, accounts, URLs, proxies or trusted certificates.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Callable, ContextManager, Mapping

from .connection import Connection
from .errors import CollectionError
from .rate_limit import RateLimit

try:
    import requests
    import urllib3
except ImportError:
    HAS_REQUESTS = False
else:
    HAS_REQUESTS = True

    class Session(requests.Session):
        """A session without redirects: requests parses the target even where it is not followed."""

        def get_redirect_target(self, resp: requests.Response) -> None:
            """Return None: no target."""


VERSION = "0.1.0"


class Sessions:
    """The sessions of a connection, and the rate limit that they share. Threads may share it.

    Args:
        connection: the connection.
    """

    def __init__(self, connection: Connection) -> None:
        if not HAS_REQUESTS:
            raise CollectionError(
                f"The Python package requests is not installed for {sys.executable}, which runs this module. "
                "Install it there, or set ansible_python_interpreter to a Python that has it."
            )
        self.rate_limit = RateLimit()
        self._connection = connection
        #: The session used last is used next: its connection is the least likely to be closed.
        self._idle: list[requests.Session] = []

    @contextmanager
    def session(self) -> Iterator[requests.Session]:
        """Give a session for one thread. It is not used again after an exception."""
        try:
            session = self._idle.pop()
        except IndexError:  # not a check before: another thread may take the last one
            session = self._new()
        try:
            yield session
        except BaseException:
            session.close()
            raise
        self._idle.append(session)

    def close(self) -> None:
        """Close the connections."""
        while self._idle:
            self._idle.pop().close()

    def _new(self) -> requests.Session:
        session = Session()
        session.headers["User-Agent"] = f"mailsec.cloudflare/{VERSION}"
        session.headers["Accept"] = "application/json"
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # A function, not headers of the session: without auth, requests reads ~/.netrc.
        session.auth = self._authenticate
        # Plain http is for this machine alone: it must not go to a proxy of the environment.
        session.trust_env = self._connection.api_url.lower().startswith("https:")
        if not self._connection.verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return session

    def _authenticate(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers.update(self._connection.headers)
        return prepared


#: Gives the sessions of a connection in an environment, as a context manager.
SessionFactory = Callable[[Connection, Mapping[str, str]], ContextManager[Sessions]]


@contextmanager
def new_sessions(connection: Connection, environment: Mapping[str, str]) -> Iterator[Sessions]:
    """Give sessions that end with the task. Raises CollectionError."""
    sessions = Sessions(connection)
    try:
        yield sessions
    finally:
        sessions.close()


class SessionCache:
    """Sessions that are kept from one task to the next, for a process that runs several.

    Args:
        size: for how many connections; the least recently used is closed.
    """

    def __init__(self, size: int = 16) -> None:
        self._size = size
        self._sessions: OrderedDict[tuple[Connection, frozenset[tuple[str, str]]], Sessions] = OrderedDict()

    @contextmanager
    def get(self, connection: Connection, environment: Mapping[str, str]) -> Iterator[Sessions]:
        """Give the sessions of a connection in an environment. Raises CollectionError."""
        # The environment has proxies and trusted certificates.
        key = (connection, frozenset(environment.items()))
        sessions = self._sessions.pop(key, None) or Sessions(connection)
        self._sessions[key] = sessions
        while len(self._sessions) > self._size:
            self._sessions.popitem(last=False)[1].close()
        try:
            yield sessions
        except CollectionError:
            raise
        except BaseException:
            # The task was interrupted, perhaps while a thread waits for the rate limit.
            self._sessions.pop(key).close()
            raise
