#!/usr/bin/env bash
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -eu

# shellcheck source=tests/integration/targets/setup_emulator/emulator.sh
source ../setup_emulator/emulator.sh
# shellcheck source=tests/integration/targets/setup_emulator/both_doors.sh
source ../setup_emulator/both_doors.sh

# An encrypted variable, made for this run.
echo "the password of the vault" > "$OUTPUT_DIR/vault_password"
export ANSIBLE_VAULT_PASSWORD_FILE="$OUTPUT_DIR/vault_password"
printf %s "$CLOUDFLARE_API_TOKEN" | ansible-vault encrypt_string --stdin-name vaulted_token > "$OUTPUT_DIR/vaulted.yml"

playbook_through_both_doors same.yml "$@"
# Ansible prints warnings and takes them out of results: what is printed has been compared, so count it.
playbook_through_both_doors remarks.yml "$@"
[ "$(grep -c "WARNING.*stored something else" "$OUTPUT_DIR/remarks-true.log")" -eq 3 ]

# Which way, and why.
ANSIBLE_CONNECTION_PLUGINS="$PWD/connection_plugins" ansible-playbook -i hosts.yml doors.yml -vvv "$@" \
    > "$OUTPUT_DIR/doors.log" 2>&1 || { tail -n 300 "$OUTPUT_DIR/doors.log"; exit 1; }
python check_doors.py "$OUTPUT_DIR/doors.log"

ansible-playbook interruption.yml "$@"
python ctrl_c.py

# The rest over TLS, and started from another folder than the playbook's.
stop_emulator
mkdir -p tls
python -m trustme --quiet --dir tls --identities 127.0.0.1
start_emulator --seed demo --cert tls/server.pem --key tls/server.key
playbook="$PWD/one_connection.yml"
cd /
ansible-playbook "$playbook" "$@"
