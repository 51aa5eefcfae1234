# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for AWX: the part of its API that docs/awx/setup.yml uses, and its way of starting a job.

Compared with AWX 24.6.1 in 2026-11: a run of docs/awx/setup.yml and its jobs against the API server, the database and
the dispatcher of AWX 24.6.1, with the collection awx.awx 24.6.1, showed where the stand-in before this one was wrong.
Those rules are corrected here; a run of the present files against AWX is still to come. Details that the run did not
show (slices, texts of messages) follow the source of AWX of about that version.

It knows what the files in docs/awx can send. Everything else (other fields, types of questions, prompts, recurrence
rules) is refused, most of it with "tests/fake_awx does not know ...", because a guess proves nothing. To use more of
AWX, compare it with AWX first.

Different from AWX: the sync of a project ends at once, all requests are those of one administrator, and unknown fields
are refused instead of ignored.
"""

from .server import Controller, run_controller
from .store import Store

__all__ = ["Controller", "Store", "run_controller"]
