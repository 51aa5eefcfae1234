#!/usr/bin/env bash
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -eu

# shellcheck source=tests/integration/targets/setup_emulator/emulator.sh
source ../setup_emulator/emulator.sh

ansible-playbook ../setup_emulator/one.yml -e @../setup_emulator/resources/email_security_allow_policy.yml "$@"

# shellcheck source=tests/integration/targets/setup_emulator/ad_hoc.sh
source ../setup_emulator/ad_hoc.sh

seed '{"allow_policies": []}'
ad_hoc email_security_allow_policy "pattern=198.51.100.0/24 pattern_type=IP is_trusted_sender=yes verify_sender=no"
expect "CHANGED"
expect '"is_trusted_sender": true'
expect '"verify_sender": false'
