# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# shellcheck shell=bash

# To be sourced by the ad_hoc.sh of a target: runs ad-hoc commands and checks what they print.
set -eu

# seed '{"domains": [...]}': resets the emulator, with these records.
seed() {
    python -c '
import json, sys, requests
url, account_id, seed = sys.argv[1:]
requests.post(f"{url}/reset", json={"accounts": {account_id: json.loads(seed)}}).raise_for_status()
' "$EMULATOR_CONTROL_URL" "$CLOUDFLARE_ACCOUNT_ID" "$1"
}

# ad_hoc MODULE ARGUMENTS [OPTIONS]: sets $output to what the command prints.
ad_hoc() {
    local module=$1 arguments=$2
    shift 2
    output=$(ansible localhost -m "mailsec.cloudflare.$module" -a "$arguments" "$@" 2>&1) || true
}

expect() {
    grep -qF -- "$1" <<< "$output" || { printf 'Expected %s in:\n%s\n' "$1" "$output" >&2; exit 1; }
}

refuse() {
    if grep -qF -- "$1" <<< "$output"; then printf 'Did not expect %s in:\n%s\n' "$1" "$output" >&2; exit 1; fi
}
