#!/usr/bin/env bash
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs make targets two at a time. Prints the output of each when it ends, and at the end how long each took.
# Starts nothing more after a failure.

set -u
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export folder MAKE="${MAKE:-make}"

run_step() {
    local begin=$SECONDS verdict=ok
    "$MAKE" --no-print-directory "$1" >"$folder/$1.log" 2>&1 </dev/null || verdict=FAILED
    {
        flock 9
        printf '\n=== %s\n' "$1"
        cat "$folder/$1.log"
        printf '%-20s %-6s %4d s\n' "$1" "$verdict" "$((SECONDS - begin))" | tee -a "$folder/summary"
    } 9>"$folder/lock"
    # Tells xargs to start nothing more.
    [ "$verdict" = ok ] || exit 255
}
export -f run_step

printf '%s\n' "$@" | xargs --max-procs=2 -I{} bash -c 'run_step {}' && verdict=ok || verdict=FAILED
printf '\n=== summary\n'
cat "$folder/summary"
printf '%-20s %-6s %4d s\n' all "$verdict" "$SECONDS"
[ "$verdict" = ok ]
