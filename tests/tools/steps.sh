#!/usr/bin/env bash
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs make targets one after the other, stops at the first failure, says how long each took.

set -u
summary=""
for step in "$@"; do
    printf '\n=== %s\n' "$step"
    begin=$SECONDS
    "${MAKE:-make}" --no-print-directory "$step"
    status=$?
    verdict=ok
    [ "$status" -eq 0 ] || verdict=FAILED
    summary+=$(printf '%-20s %-6s %4d s' "$step" "$verdict" "$((SECONDS - begin))")$'\n'
    [ "$status" -eq 0 ] || break
done
printf '\n=== summary\n%s' "$summary"
printf '%-20s %-6s %4d s\n' "all" "$verdict" "$SECONDS"
exit "$status"
