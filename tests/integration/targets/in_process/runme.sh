#!/usr/bin/env bash
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -eu

# shellcheck source=tests/integration/targets/setup_emulator/emulator.sh
source ../setup_emulator/emulator.sh
# shellcheck source=tests/integration/targets/setup_emulator/ad_hoc.sh
source ../setup_emulator/ad_hoc.sh

# Newer versions of ansible-core leave the invocation out by default.
export ANSIBLE_INJECT_INVOCATION=true
export ANSIBLE_CALLBACK_PLUGINS="$PWD/callback_plugins"

# run_both PLAYBOOK [OPTIONS]: runs a playbook in-process and as modules, and compares results and warnings.
run_both() {
    local playbook=$1 in_process log status
    shift
    for in_process in true false; do
        export RECORDED_RESULTS="$OUTPUT_DIR/${playbook%.yml}-$in_process.jsonl"
        log="$OUTPUT_DIR/${playbook%.yml}-$in_process.log"
        rm -f "$RECORDED_RESULTS"
        echo "$playbook, mailsec_cloudflare_in_process=$in_process"
        status=0
        ANSIBLE_CALLBACKS_ENABLED=recorded_results ansible-playbook "$playbook" -vvv \
            -e "mailsec_cloudflare_in_process=$in_process" "$@" > "$log" 2>&1 || status=$?
        [ "$status" -eq 0 ] || { tail -n 300 "$log"; return "$status"; }
        sed -n '/^PLAY RECAP/,/^localhost/p' "$log"
    done
    if grep -q "runs as a module" "$OUTPUT_DIR/${playbook%.yml}-true.log" ||
        grep -q "runs in this process" "$OUTPUT_DIR/${playbook%.yml}-false.log"; then
        echo "A task did not run as mailsec_cloudflare_in_process says." >&2
        return 1
    fi
    diff <(grep WARNING "$OUTPUT_DIR/${playbook%.yml}-true.log") <(grep WARNING "$OUTPUT_DIR/${playbook%.yml}-false.log")
    python same_results.py "$OUTPUT_DIR/${playbook%.yml}"-{true,false}.jsonl
}

# encrypt NAME VALUE: prints a vaulted value, as YAML.
encrypt() {
    printf %s "$2" | ansible-vault encrypt_string --stdin-name "$1"
    echo
}

# Vaulted values of this run: in a variable, and in tasks.
echo "the password of the vault" > "$OUTPUT_DIR/vault_password"
export ANSIBLE_VAULT_PASSWORD_FILE="$OUTPUT_DIR/vault_password"
encrypt vaulted_token "$CLOUDFLARE_API_TOKEN" > "$OUTPUT_DIR/vaulted.yml"
encrypt transport mx.example.com > "$OUTPUT_DIR/transport.yml"
{
    printf -- '- mailsec.cloudflare.email_security_domain:\n    account_id: "{{ account_id }}"\n    domain: example.com\n'
    sed 's/^/    /; s/vaulted_token/api_token/' "$OUTPUT_DIR/vaulted.yml"
    sed 's/^/    /' "$OUTPUT_DIR/transport.yml"
    printf '  register: of_vaulted_task\n'
    printf -- '- mailsec.cloudflare.email_security_domains:\n    account_id: "{{ account_id }}"\n'
    sed 's/^/    /; s/vaulted_token/api_token/' "$OUTPUT_DIR/vaulted.yml"
    printf '    domains:\n      - domain: example.com\n'
    sed 's/^/        /' "$OUTPUT_DIR/transport.yml"
    printf '  register: of_vaulted_entries\n'
} > "$OUTPUT_DIR/vaulted_task.yml"

run_both compare.yml "$@"
run_both resources.yml "$@"
run_both warnings.yml "$@"
[ "$(grep -c "WARNING.*stored a different value" "$OUTPUT_DIR/warnings-true.log")" -eq 3 ]

# When a task runs in-process.
python -m venv --without-pip "$OUTPUT_DIR/bare"
ANSIBLE_CONNECTION_PLUGINS="$PWD/connection_plugins" ansible-playbook -i hosts.yml execution.yml -vvv "$@" \
    > "$OUTPUT_DIR/execution.log" 2>&1 || { tail -n 300 "$OUTPUT_DIR/execution.log"; exit 1; }
python check_execution.py "$OUTPUT_DIR/execution.log"

# A controller without requests.
mkdir -p "$OUTPUT_DIR/no_requests"
echo 'raise ImportError("not installed")' > "$OUTPUT_DIR/no_requests/requests.py"
PYTHONPATH="$OUTPUT_DIR/no_requests${PYTHONPATH:+:$PYTHONPATH}" ad_hoc email_security_domain_info "" -vvv
expect "runs as a module, because the controller's Python has no requests package"
expect "The Python package requests is not installed for"

ansible-playbook interruption.yml "$@"
python ctrl_c.py

# Over TLS, and started in another folder than that of the playbook.
stop_emulator
mkdir -p tls
python -m trustme --quiet --dir tls --identities 127.0.0.1
start_emulator --seed demo --cert tls/server.pem --key tls/server.key
playbook="$PWD/one_connection.yml"
cd /
ansible-playbook "$playbook" "$@"
