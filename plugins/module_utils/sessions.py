# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sessions: the connections to an account, and who may use which of them.

What is kept from one task to the next is kept for equal settings in an equal environment, so that nothing is shared
between credentials, accounts, addresses, proxies or trusted certificates.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Callable, ContextManager, Mapping

from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import CollectionError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.pace import Pace
from ansible_collections.mailsec.cloudflare.plugins.module_utils.settings import Settings

try:
    import requests
    import urllib3
except ImportError:
    HAS_REQUESTS = False
    TROUBLE: tuple[type[Exception], ...] = (OSError,)
else:
    HAS_REQUESTS = True
    #: What comes out of a session instead of an answer. Requests does not wrap all that urllib3 raises, and stumbles
    #: over the address of a proxy without a host (TypeError) or with a password beyond Latin-1 (ValueError).
    TROUBLE = (OSError, ValueError, TypeError, urllib3.exceptions.HTTPError)

    class Session(requests.Session):
        """A session that knows no redirects: also for one that is not to be followed, requests reads the address."""

        def get_redirect_target(self, resp: requests.Response) -> None:
            """Find none."""

    class Adapter(requests.adapters.HTTPAdapter):
        """A way to servers that takes no cookies: nobody needs them, and Python stumbles over some."""

        def build_response(self, req: requests.PreparedRequest, resp: urllib3.BaseHTTPResponse) -> requests.Response:
            """Return what requests makes of an answer, once its cookies are gone."""
            # Where requests takes them from, for the answer as well as for the session.
            original = getattr(resp, "_original_response", None)
            if original and "Set-Cookie" in original.msg:
                del original.msg["Set-Cookie"]
            return super().build_response(req, resp)


VERSION = "0.1.0"


class Sessions:
    """The HTTP sessions of an account, and the pace that they keep together. Any number of threads may share it.

    Args:
        settings: how to reach the account.
    """

    def __init__(self, settings: Settings) -> None:
        if not HAS_REQUESTS:
            raise CollectionError(
                f"The Python package requests is not installed for {sys.executable}, which runs this module. "
                "Install it there, or name another Python with ansible_python_interpreter."
            )
        self.pace = Pace()
        self._settings = settings
        #: Those that nobody uses now. The one used last is used next: its connection is the least likely to be closed.
        self._idle: list[requests.Session] = []

    @contextmanager
    def session(self) -> Iterator[requests.Session]:
        """Give a session that nobody else uses meanwhile. One in which something failed is not used again."""
        try:
            session = self._idle.pop()
        except IndexError:
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
        for scheme in ("https://", "http://"):
            session.mount(scheme, Adapter())
        session.headers["User-Agent"] = f"mailsec.cloudflare/{VERSION}"
        session.headers["Accept"] = "application/json"
        # A function, and not headers of the session: where requests finds no auth, it takes one from ~/.netrc.
        session.auth = self._sign
        # Plain http is for this machine alone: it must not go to a proxy from the environment.
        session.trust_env = self._settings.api_url.lower().startswith("https:")
        if not self._settings.verify:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return session

    def _sign(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers.update(self._settings.credentials)
        return prepared


#: Gives the sessions for some settings in an environment, as a context manager.
SessionsFor = Callable[[Settings, Mapping[str, str]], ContextManager[Sessions]]


@contextmanager
def new_sessions(settings: Settings, environment: Mapping[str, str]) -> Iterator[Sessions]:
    """Give sessions that end with the task. Raises CollectionError."""
    sessions = Sessions(settings)
    try:
        yield sessions
    finally:
        sessions.close()


class KeptSessions:
    """Sessions that are kept from one task to the next, for a process that runs several.

    Args:
        most: of how many accounts at most; the ones that were not used for the longest time are closed.
    """

    def __init__(self, most: int = 16) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[Settings, frozenset[tuple[str, str]]], Sessions] = OrderedDict()

    @contextmanager
    def sessions(self, settings: Settings, environment: Mapping[str, str]) -> Iterator[Sessions]:
        """Give the sessions for some settings in an environment: kept ones where there are. Raises CollectionError."""
        # The environment has proxies and trusted certificates.
        key = (settings, frozenset(environment.items()))
        sessions = self._kept.pop(key, None) or Sessions(settings)
        self._kept[key] = sessions
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)[1].close()
        try:
            yield sessions
        except CollectionError:
            raise
        except BaseException:
            # The task was interrupted, perhaps while some thread waits at their pace.
            self._kept.pop(key).close()
            raise
