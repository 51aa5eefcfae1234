# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Advice: what to do about what a server said.

Facts about status codes and error codes: the API's error tables and rate limit pages at
https://developers.cloudflare.com/fundamentals/api/.
"""

from __future__ import annotations

CREDENTIALS_MISSING = "No credentials arrived. Check api_token, or api_email with api_key."
CREDENTIALS_MALFORMED = "The credentials have the wrong form. Is the token cut, or is a key used as a token?"
CREDENTIALS_REFUSED = (
    "The token or key is wrong or expired, or is not for this account_id, or lacks the permission "
    "Cloud Email Security: Write (to read, Cloud Email Security: Read will do)."
)
RATE_LIMIT_ADVICE = "All that one user does shares 1,200 requests in five minutes, the dashboard included."
ADVICE_BY_CODE = {
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
#: Codes that say of the address, not of a record, that it is not there.
NOT_ROUTED = frozenset([7000, 7003])
ADVICE_BY_STATUS = {
    401: CREDENTIALS_REFUSED,
    403: CREDENTIALS_REFUSED,
    404: "The address seems to be wrong: check api_url and account_id.",
    407: "A proxy stands in between and asks for credentials.",
    429: RATE_LIMIT_ADVICE,
}
NO_RECORD = "There is no such record in this account, or no longer."
SOMETHING_ELSE = "Something other than the Cloudflare API seems to answer. Check api_url and proxies."
NO_PLAN = "not available in the current subscription"
NO_PLAN_ADVICE = "Email Security is not part of this account's plan."
SERVER_TROUBLE = "The trouble is on the side of the server. Try again later; see https://www.cloudflarestatus.com."
