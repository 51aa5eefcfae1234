# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to do about an error of the API.

Status codes and error codes are those of the API's error tables and rate limit pages at
https://developers.cloudflare.com/fundamentals/api/.
"""

from __future__ import annotations

CREDENTIALS_MISSING = "No credentials arrived. Check api_token, or api_email with api_key."
CREDENTIALS_MALFORMED = "The credentials are malformed. Is the token cut, or is a key used as a token?"
CREDENTIALS_REFUSED = (
    "The token or key is wrong or expired, or is not for this account_id, or lacks the permission "
    "Cloud Email Security: Write (to read, Cloud Email Security: Read is enough)."
)
RATE_LIMIT = "Cloudflare allows 1,200 requests per user in five minutes, including the dashboard."
HINT_BY_CODE = {
    9106: CREDENTIALS_MISSING,
    6100: CREDENTIALS_MISSING,
    6101: CREDENTIALS_MISSING,
    6003: CREDENTIALS_MALFORMED,
    6103: CREDENTIALS_MALFORMED,
    6111: CREDENTIALS_MALFORMED,
    10000: CREDENTIALS_REFUSED,
    9109: CREDENTIALS_REFUSED,
    7000: "Check account_id and api_url.",
    7003: "Check account_id and api_url.",
}
#: Codes for a URL that does not exist, not a record.
NOT_ROUTED = frozenset([7000, 7003])
HINT_BY_STATUS = {
    401: CREDENTIALS_REFUSED,
    403: CREDENTIALS_REFUSED,
    404: "The URL seems to be wrong. Check api_url and account_id.",
    407: "A proxy asks for credentials.",
    429: RATE_LIMIT,
}
RECORD_NOT_FOUND = "Record not found; it may have been deleted."
NOT_THE_API = "The response is not from the Cloudflare API. Check api_url and proxies."
#: A part of the message for an account without Email Security.
NO_PLAN = "not available in the current subscription"
NO_PLAN_HINT = "Email Security is not part of this account's plan."
SERVER_ERROR = "Server error. Try again later; see https://www.cloudflarestatus.com."
PROXY = "Check HTTPS_PROXY, ALL_PROXY and NO_PROXY in the environment of the task."
PROXY_CREDENTIALS = (
    "The proxy asks for credentials. Put them into HTTPS_PROXY, or add the API to NO_PROXY, "
    "in the environment of the task."
)
UNUSABLE_URL = "The URL of the API, or of a proxy in the environment (HTTPS_PROXY, ALL_PROXY), cannot be used."
UNKNOWN_AUTHORITY = "If a private authority signed it, set ca_path to the certificate of that authority."
WRONG_HOST = "The certificate is for another host. Check api_url and proxies."
EXPIRED = "The server's certificate has to be renewed. Check the clock of this machine too."
CLOCK = "Check the clock of this machine."
#: By OpenSSL's code for what is wrong with a certificate (X509_V_ERR_*).
HINT_BY_CERTIFICATE = {9: CLOCK, 10: EXPIRED, 62: WRONG_HOST, 64: WRONG_HOST}
