# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exceptions that come instead of an answer: what happened on the way, and what to do about it."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from urllib.parse import urlsplit

from ansible_collections.mailsec.cloudflare.plugins.module_utils.answers import TRANSIENT_STATUSES, Request
from ansible_collections.mailsec.cloudflare.plugins.module_utils.errors import ApiError
from ansible_collections.mailsec.cloudflare.plugins.module_utils.reading import excerpt

#: Exceptions of TLS that a lost or slow connection leads to; all others would come again.
PASSING_TLS_TROUBLE = ("SSLEOFError", "SSLZeroReturnError", "SSLSyscallError", "Timeout", "ReadTimeoutError")
UNKNOWN_AUTHORITY = "If an authority of your own signed it, name its certificate with ca_path."
WRONG_NAME = "It is for another server. Check api_url, and what answers at that address."
#: By OpenSSL's number of what is wrong with a certificate.
ADVICE_BY_CERTIFICATE = {
    9: "Is the clock of this machine right?",
    10: "Whoever runs the server has to renew it. Is the clock of this machine right?",
    62: WRONG_NAME,
    64: WRONG_NAME,
}
#: Exceptions before anything was sent.
NOT_CONNECTED = ("ConnectTimeout", "ConnectTimeoutError", "NewConnectionError")
#: What Python says where a proxy does not do as it was asked, with the status of its answer.
TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: ((\d{3})\b.*)")
#: The functions in which http.client, urllib3 and requests read an answer, its head and its body.
READING = frozenset(["getresponse", "from_httplib", "generate"])
PROXY_ADVICE = "Check HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment of the task."
PROXY_WANTS_CREDENTIALS = (
    "It asks for credentials: put them into HTTPS_PROXY, or except the API with NO_PROXY, "
    "in the environment of the task."
)


def unanswered(request: Request, error: Exception, timeout: float) -> ApiError:
    """Return the error for an exception that came instead of an answer.

    Args:
        request: what was asked.
        error: what requests, or a library below it, raised.
        timeout: the seconds that were allowed.
    """
    host = urlsplit(request.url).netloc
    causes = list(causes_of(error))
    innermost = causes[-1]
    text = getattr(innermost, "strerror", None) or str(innermost) or type(innermost).__name__
    # It can be what somebody in between sent, in any length. Redacted before it is cut, as other texts are.
    why = excerpt(request.redact(text)).rstrip(".")
    # By name, because urllib3 can be another one than the requests that is installed beside it.
    kinds = {kind.__name__ for cause in causes for kind in type(cause).__mro__}
    # Urllib3 looks at the certificate of a proxy, too.
    proxied = "ProxyError" in kinds
    not_done = not kinds.isdisjoint(NOT_CONNECTED)
    if not kinds.isdisjoint(("SSLCertVerificationError", "CertificateError")):
        whose = f"the proxy on the way to {host}" if proxied else host
        return request.failed(
            f"The certificate of {whose} is not trusted: {getattr(innermost, 'verify_message', why)}.",
            ADVICE_BY_CERTIFICATE.get(getattr(innermost, "verify_code", 0), UNKNOWN_AUTHORITY),
        )
    if isinstance(error, (ValueError, TypeError)) and any(map(while_reading, causes)):
        return request.failed(f"The answer from {host} cannot be read: {why}.", transient=True)
    if isinstance(error, (ValueError, TypeError)):
        # What it says may be a part of a proxy's password. Unless it is about the server's own name.
        said = f": {why}" if "InvalidSchema" in kinds or (urlsplit(request.url).hostname or host) in why else ""
        return request.failed(
            f"No request can be sent to {host}{said}.",
            "Its address, or that of a proxy in the environment (HTTPS_PROXY, ALL_PROXY), cannot be used.",
        )
    refused = TUNNEL_REFUSED.search(why) if proxied else None
    if refused:
        # The server has seen nothing of it.
        status = int(refused.group(2))
        return request.failed(
            f"The proxy in the environment makes no connection to {host}: {refused.group(1)}.",
            PROXY_WANTS_CREDENTIALS if status == 407 else PROXY_ADVICE,
            transient=status in TRANSIENT_STATUSES,
            not_done=True,
        )
    way = f"{host} through the proxy in the environment" if proxied else host
    if "ConnectTimeout" not in kinds and "NewConnectionError" in kinds:
        reason = f"No connection to {way}: {why}."
    # Of a proxy, it is urllib3's own.
    elif not_done:
        reason = f"No connection to {way} within {timeout:g} seconds."
    elif not kinds.isdisjoint(("Timeout", "ReadTimeoutError")):
        reason = f"No answer from {way} within {timeout:g} seconds."
    else:
        reason = f"The connection to {way} failed: {why}."
    refused_tls = "SSLError" in kinds and kinds.isdisjoint(PASSING_TLS_TROUBLE)
    transient = "RequestException" in kinds and not refused_tls
    return request.failed(reason, PROXY_ADVICE if proxied else "", transient=transient, not_done=not_done)


def while_reading(error: BaseException) -> bool:
    """Tell whether an exception was raised while an answer was read."""
    return any(frame.f_code.co_name in READING for frame, _line in traceback.walk_tb(error.__traceback__))


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and what lies below it, the outermost first."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        yield cause
        inner = [getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__]
        cause = next((below for below in inner if isinstance(below, BaseException) and below not in seen), None)
