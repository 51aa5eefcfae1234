# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What to do about an error of the API.

Status codes and error codes are those of the API's error tables and rate limit pages at
https://developers.cloudflare.com/fundamentals/api/.
"""

from __future__ import annotations

CREDENTIALS_MISSING = "The request has no credentials. Check api_token, or api_email with api_key."
CREDENTIALS_MALFORMED = (
    "The credentials are malformed. Check that the token is complete and that it is not a global API key."
)
CREDENTIALS_REFUSED = (
    "The token or key is invalid or expired, is not valid for this account_id, or lacks the permission "
    "Cloud Email Security: Write (Cloud Email Security: Read is enough to read)."
)
RATE_LIMIT = "Cloudflare allows 1,200 requests per user in five minutes, including the dashboard."
CHECK_URL = "Check api_url and account_id."
HINT_BY_CODE = {
    9106: CREDENTIALS_MISSING,
    6100: CREDENTIALS_MISSING,
    6101: CREDENTIALS_MISSING,
    6003: CREDENTIALS_MALFORMED,
    6103: CREDENTIALS_MALFORMED,
    6111: CREDENTIALS_MALFORMED,
    10000: CREDENTIALS_REFUSED,
    9109: CREDENTIALS_REFUSED,
    7000: CHECK_URL,
    7003: CHECK_URL,
}
#: Codes for a URL that does not exist, not a record.
NOT_ROUTED = frozenset([7000, 7003])
HINT_BY_STATUS = {
    401: CREDENTIALS_REFUSED,
    403: CREDENTIALS_REFUSED,
    404: CHECK_URL,
    407: "The proxy requires authentication.",
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
    "The proxy requires authentication. Add the credentials to HTTPS_PROXY, or the API to NO_PROXY, "
    "in the environment of the task."
)
UNUSABLE_URL = "Check api_url and the proxies in the environment (HTTPS_PROXY, ALL_PROXY)."
UNKNOWN_AUTHORITY = "If a private certificate authority issued it, set ca_path to the certificate of that authority."
WRONG_HOST = "The certificate is for another host. Check api_url and proxies."
EXPIRED = "The certificate has expired, or the clock of this machine is wrong."
CLOCK = "Check the clock of this machine."
#: By OpenSSL's code of a certificate error (X509_V_ERR_*).
HINT_BY_CERTIFICATE = {9: CLOCK, 10: EXPIRED, 62: WRONG_HOST, 64: WRONG_HOST}
