# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# To be sourced by the runme.sh of a target. Starts the emulator on a free port, exports its URL and credentials, and
# stops it when the script ends. Options are those of the emulator:
#   source ../setup_emulator/emulator.sh --seed demo

emulator_ready="${OUTPUT_DIR:?ansible-test sets it}/emulator.json"

# For lookup('emulator', ...) in playbooks.
ANSIBLE_LOOKUP_PLUGINS="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/lookup_plugins"
export ANSIBLE_LOOKUP_PLUGINS

start_emulator() {
    rm -f "$emulator_ready"
    # PYTHONPATH for the emulator alone: ansible-test's own is left for Ansible.
    PYTHONPATH="${ANSIBLE_COLLECTIONS_PATH:?ansible-test sets it}/ansible_collections/mailsec/cloudflare/tests" \
        python -m emulator --port 0 --ready-file "$emulator_ready" --stop-with-pid $$ "$@" &
    emulator_pid=$!
    trap stop_emulator EXIT

    for ((attempt = 0; attempt < 300; attempt++)); do
        [ -s "$emulator_ready" ] && break
        kill -0 "$emulator_pid" 2>/dev/null || { echo "The emulator exited before it was ready." >&2; exit 1; }
        sleep 0.1
    done
    [ -s "$emulator_ready" ] || { echo "The emulator was not ready within 30 seconds." >&2; exit 1; }

    {
        read -r CLOUDFLARE_BASE_URL
        read -r CLOUDFLARE_API_TOKEN
        read -r CLOUDFLARE_ACCOUNT_ID
        read -r EMULATOR_CONTROL_URL
    } < <(python -c '
import json, sys
facts = json.load(open(sys.argv[1]))
print(*(facts[name] for name in ("url", "token", "account_id", "control_url")), sep="\n")
' "$emulator_ready")
    export CLOUDFLARE_BASE_URL CLOUDFLARE_API_TOKEN CLOUDFLARE_ACCOUNT_ID EMULATOR_CONTROL_URL
}

stop_emulator() {
    kill "$emulator_pid" 2>/dev/null || true
    wait "$emulator_pid" 2>/dev/null || true
}

start_emulator "$@"
