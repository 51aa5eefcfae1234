# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of the campaign is run."""

from __future__ import annotations

import os

#: FAULTS=long, which "make test-faults" sets, runs all of it; else a part that takes some three minutes.
LONG = os.environ.get("FAULTS") == "long"
