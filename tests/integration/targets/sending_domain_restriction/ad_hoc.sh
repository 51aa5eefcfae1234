#!/usr/bin/env bash
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# shellcheck source=tests/integration/targets/setup_emulator/ad_hoc.sh
source ../setup_emulator/ad_hoc.sh

seed '{"sending_domain_restrictions": [{"domain": "partner.example", "exclude": ["legacy.partner.example", "old.partner.example"]}]}'

ad_hoc sending_domain_restriction "domain=partner.example exclude='Old.partner.example, legacy.partner.example'"
expect "SUCCESS"

ad_hoc sending_domain_restriction "domain=partner.example exclude= comments='It is over'" --diff
expect "CHANGED"
expect '"exclude": []'
expect '-        "old.partner.example"'

ad_hoc sending_domain_restriction "domain=partner.example state=absent"
expect "CHANGED"

ad_hoc sending_domain_restriction_info ""
expect '"result": []'
