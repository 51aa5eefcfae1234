#!/usr/bin/env bash
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -eu

# shellcheck source=tests/integration/targets/setup_emulator/emulator.sh
source ../setup_emulator/emulator.sh

ansible-playbook ../setup_emulator/one.yml -e @../setup_emulator/resources/email_security_block_sender.yml "$@"
