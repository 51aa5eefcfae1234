# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exceptions of requests and urllib3: what happened between us and the API, and what to do about it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from .error_hints import HINT_BY_CERTIFICATE, PROXY, PROXY_CREDENTIALS, UNKNOWN_AUTHORITY, UNUSABLE_URL, WRONG_HOST
from .errors import ApiError
from .request import Request
from .response import RETRYABLE_STATUSES, page_excerpt

try:
    from requests import exceptions as requests_errors
    from urllib3 import exceptions as urllib3_errors
    from urllib3.connection import CertificateError  # type: ignore[attr-defined]  # where every version has it
except ImportError:
    # Sessions cannot be made, so nothing here is used.
    TRANSPORT_ERRORS: tuple[type[Exception], ...] = ()
else:
    #: What a session raises instead of returning a response. Requests does not wrap everything that urllib3 raises,
    #: and fails with a TypeError for the URL of a proxy without a host.
    TRANSPORT_ERRORS = (OSError, ValueError, TypeError, urllib3_errors.HTTPError)
    #: No connection was made, so nothing was sent.
    NOT_CONNECTED = (
        urllib3_errors.NewConnectionError,
        urllib3_errors.ConnectTimeoutError,
        requests_errors.ConnectTimeout,
    )
    TIMEOUTS = (urllib3_errors.TimeoutError, requests_errors.Timeout)
    CERTIFICATE_ERRORS = (ssl.SSLCertVerificationError, CertificateError)
    #: A connection that is cut during the TLS handshake. All other errors of TLS would come again.
    PASSING_TLS_ERRORS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError, *TIMEOUTS)

#: The words of http.client for a proxy that refuses, with the status of its response.
TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: ((\d{3})\b.*)")


def transport_error(request: Request, error: Exception, timeout: float, responded: bool) -> ApiError:
    """Return the error for an exception that came instead of a response.

    Args:
        request: what was sent, or should have been.
        error: what requests, or a library below it, raised.
        timeout: the seconds that were allowed.
        responded: it came while the body of a response was read.
    """
    causes = list(causes_of(error))

    def has(*types: type[BaseException]) -> bool:
        return any(isinstance(cause, types) for cause in causes)

    host = urlsplit(request.url).netloc
    reason = reason_of(request, causes[-1])
    through_proxy = has(requests_errors.ProxyError, urllib3_errors.ProxyError)
    certificate = next((cause for cause in causes if isinstance(cause, CERTIFICATE_ERRORS)), None)
    if certificate is not None:
        owner = f"the proxy in front of {host}" if through_proxy else host
        # OpenSSL gives a code and a message. Without them, urllib3 before version 2 compared the host itself.
        code = getattr(certificate, "verify_code", None)
        words = str(getattr(certificate, "verify_message", certificate.args[-1])).rstrip(".")
        return request.build_error(
            f"The certificate of {owner} is not trusted: {words}.",
            WRONG_HOST if code is None else HINT_BY_CERTIFICATE.get(code, UNKNOWN_AUTHORITY),
        )
    responded = responded or has(urllib3_errors.InvalidHeader)
    if isinstance(error, (ValueError, TypeError)) and not responded:
        # The reason may quote the password of a proxy, unless it is about the host of the API.
        about_host = (urlsplit(request.url).hostname or host) in reason
        return request.build_error(
            f"Cannot send a request to {host}{f': {reason}' if about_host else ''}.", UNUSABLE_URL
        )
    refused = TUNNEL_REFUSED.search(reason) if through_proxy else None
    if refused:
        status = int(refused.group(2))
        return request.build_error(
            f"The proxy in the environment refuses the connection to {host}: {refused.group(1)}.",
            PROXY_CREDENTIALS if status == 407 else PROXY,
            retryable=status in RETRYABLE_STATUSES,
        )
    target = f"{host} through the proxy in the environment" if through_proxy else host
    not_connected = has(*NOT_CONNECTED)
    if has(urllib3_errors.NewConnectionError) and not has(requests_errors.ConnectTimeout):
        what = f"Cannot connect to {target}: {reason}."
    elif not_connected:
        what = f"Cannot connect to {target} within {timeout:g} seconds."
    elif has(*TIMEOUTS):
        what = f"No response from {target} within {timeout:g} seconds."
    else:
        what = f"The connection to {target} failed: {reason}."
    tls_refused = has(ssl.SSLError, urllib3_errors.SSLError) and not has(*PASSING_TLS_ERRORS)
    return request.build_error(
        what,
        PROXY if through_proxy else "",
        retryable=(responded or has(requests_errors.RequestException)) and not tls_refused,
        outcome_unknown=not not_connected and not tls_refused,
    )


def reason_of(request: Request, cause: BaseException) -> str:
    """Return the words of an exception, short and without secrets."""
    text = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    # Redacted before it is cut: a part of a secret is not recognized.
    return page_excerpt(request.redact(text)).rstrip(".")


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and its causes, the outermost first."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        yield cause
        inner = [getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__]
        cause = next((below for below in inner if isinstance(below, BaseException) and below not in seen), None)
