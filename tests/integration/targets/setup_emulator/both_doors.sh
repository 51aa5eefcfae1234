# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# shellcheck shell=bash

# To be sourced by a target's runme.sh, behind emulator.sh. Runs things twice, once with the modules in the controller's
# process and once as modules, and compares what they return.

SETUP=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export ANSIBLE_CALLBACK_PLUGINS="$SETUP/callback_plugins"
# Newer versions of ansible-core leave the invocation out unless asked.
export ANSIBLE_INJECT_INVOCATION=true

# playbook_through_both_doors PLAYBOOK [OPTIONS]
playbook_through_both_doors() {
    local playbook=$1 door log status
    shift
    for door in true false; do
        export RECORDED_RESULTS="$OUTPUT_DIR/${playbook%.yml}-$door.jsonl"
        log="$OUTPUT_DIR/${playbook%.yml}-$door.log"
        rm -f "$RECORDED_RESULTS"
        echo "$playbook, mailsec_cloudflare_in_process=$door"
        status=0
        ANSIBLE_CALLBACKS_ENABLED=recorded_results ansible-playbook "$playbook" -vvv \
            -e "mailsec_cloudflare_in_process=$door" "$@" > "$log" 2>&1 || status=$?
        [ "$status" -eq 0 ] || { tail -n 300 "$log"; return "$status"; }
        sed -n '/^PLAY RECAP/,/^localhost/p' "$log"
    done
    if grep -q "runs as a module" "$OUTPUT_DIR/${playbook%.yml}-true.log" ||
        grep -q "runs in this process" "$OUTPUT_DIR/${playbook%.yml}-false.log"; then
        echo "A task went through the wrong door." >&2
        return 1
    fi
    diff <(grep WARNING "$OUTPUT_DIR/${playbook%.yml}-true.log") <(grep WARNING "$OUTPUT_DIR/${playbook%.yml}-false.log")
    python "$SETUP/same_results.py" "$OUTPUT_DIR/${playbook%.yml}"-{true,false}.jsonl
}

# script_through_both_doors SCRIPT: runs a script of ad-hoc commands, which asserts what they print.
script_through_both_doors() {
    IN_PROCESS=true "$1"
    IN_PROCESS=false "$1"
}
