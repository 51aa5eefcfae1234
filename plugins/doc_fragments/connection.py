# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of the connection options, see module_utils/api/connection.py."""

from __future__ import annotations


class ModuleDocFragment:
    """What every module of the collection takes to reach an account."""

    DOCUMENTATION = r"""
options:
  account_id:
    description:
      - The id of the Cloudflare account, 1 to 32 letters and digits, as the dashboard shows it.
      - If not set, the environment variable E(CLOUDFLARE_ACCOUNT_ID) is used.
    type: str
  api_token:
    description:
      - >-
        An API token with the permission C(Cloud Email Security: Write). With it, O(api_email) and O(api_key) are not
        used.
      - Credentials that the task names are used as a whole. If it names none of O(api_token), O(api_email) and
        O(api_key), the environment variable E(CLOUDFLARE_API_TOKEN) is used.
    type: str
  api_email:
    description:
      - The e-mail address of the user that O(api_key) belongs to. An API token is the better choice where there is
        one, because it can be limited to Email Security.
      - If the task names no credentials and there is no token in the environment, the environment variable
        E(CLOUDFLARE_EMAIL) is used.
    type: str
    aliases: [account_email]
  api_key:
    description:
      - The global API key of the user, together with O(api_email).
      - If the task names no credentials and there is no token in the environment, the environment variable
        E(CLOUDFLARE_API_KEY) is used.
    type: str
    aliases: [account_api_key]
  api_url:
    description:
      - The URL of the API. It must begin with V(https://), unless it is that of this machine.
      - If not set, the environment variable E(CLOUDFLARE_BASE_URL) is used. If that is not set either, the URL is
        V(https://api.cloudflare.com/client/v4).
    type: str
  validate_certs:
    description:
      - Whether the certificate of the server is verified. Whoever is on the way can read and use the credentials
        when it is not.
    type: bool
    default: true
  ca_path:
    description:
      - A file, or a folder prepared with C(openssl rehash), with the certificates of the authorities to trust instead
        of the ones that C(requests) brings along.
      - If not set, the environment variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) are used where one is set, the
        first one first.
    type: path
  timeout:
    description:
      - How many seconds a request may wait for a connection, and then for each part of the answer; V(0.1) to V(3600).
    type: float
    default: 30
  retries:
    description:
      - How often a request is repeated at most when the connection fails, when the rate limit is reached (HTTP 429)
        or when the server has a passing problem (HTTP 408 and 500 to 599); V(0) to V(100).
      - The delays grow from about a second to half a minute. What the server asks for with C(Retry-After) is honoured.
      - When the rate limit is reached and the server does not say for how long, they grow from ten seconds on, so that
        five repeats outlast the block of five minutes.
    type: int
    default: 5
  retry_max_wait:
    description:
      - The longest single wait in seconds before a request is repeated; V(0) to V(86400). When the server asks for a
        longer one, the task fails at once and says how long it would have been.
    type: float
    default: 300
requirements:
  - requests (Python package, on the controller, or on the host that runs the module)
notes:
  - >-
    The modules talk to the Cloudflare API and to nothing else, so they run well on the controller. In plays for other
    hosts use C(delegate_to: localhost); in plays of their own C(hosts: localhost) with C(connection: local).
  - >-
    On a local connection a task runs in the controller's own process, with the controller's Python and its C(requests).
    It runs as a module, which takes half a second longer, where the connection is not local, under C(become) to
    another user, under C(async), where the controller has no C(requests) or is a Mac, where the task itself (its
    C(vars), or those of its block) sets C(ansible_python_interpreter) or C(ansible_remote_tmp), and where the variable
    C(mailsec_cloudflare_in_process) is V(false). With C(-vvv) each task says which it was, and why.
  - >-
    Where it runs as a module, Ansible may find another Python than its own, without C(requests). Setting
    C(ansible_python_interpreter) to C({{ ansible_playbook_python }}) makes it use its own.
  - >-
    The proxy that E(HTTPS_PROXY) or E(ALL_PROXY) names is used, with the exceptions in E(NO_PROXY), all in upper or
    lower case, and not for an O(api_url) with plain http. They may be set with C(environment) of the task.
  - All requests of one user share a limit of 1,200 in five minutes, those of the dashboard included.
"""
