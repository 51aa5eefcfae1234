#!/usr/bin/env bash
# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

set -eu

# The samples of the tests come from the declarations of the collection.
export PYTHONPATH="${PYTHONPATH:+$PYTHONPATH:}${ANSIBLE_COLLECTIONS_PATH%%:*}"

# The processes need the same tests in the same order.
exec env PYTHONHASHSEED=0 python -m pytest -q --import-mode=importlib --numprocesses 2 . "$@"
