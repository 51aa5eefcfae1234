#!/usr/bin/env bash
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# shellcheck source=tests/integration/targets/setup_emulator/ad_hoc.sh
source ../setup_emulator/ad_hoc.sh

seed '{"domains": [{"domain": "example.com", "lookback_hops": 2}]}'

ad_hoc email_security_domain "domain=example.com ip_restrictions=192.0.2.0/24,2001:db8::/32" --check --diff
expect "CHANGED"
expect '+        "192.0.2.0/24"'
expect "--- before: email security domain example.com"

ad_hoc email_security_domain "domain=example.com ip_restrictions=192.0.2.0/24,2001:db8::/32"
expect "CHANGED"

ad_hoc email_security_domain "domain=example.com ip_restrictions='2001:db8::/32, 192.0.2.0/24'"
expect "SUCCESS"

# An empty value is an empty list.
ad_hoc email_security_domain "domain=example.com ip_restrictions= drop_dispositions="
expect "CHANGED"
expect '"ip_restrictions": []'
expect '"drop_dispositions": []'

# Newer versions of ansible-core leave the invocation out unless asked.
export ANSIBLE_INJECT_INVOCATION=true

# Neither the environment's token nor the task's is shown, however much is asked for.
ad_hoc email_security_domain "domain=example.com lookback_hops=4 api_token=$CLOUDFLARE_API_TOKEN" -vvvvv
expect "CHANGED"
expect "module_args"
refuse "$CLOUDFLARE_API_TOKEN"
ad_hoc email_security_domain "domain=example.com lookback_hops=5" -vvvvv
expect "CHANGED"
refuse "$CLOUDFLARE_API_TOKEN"
