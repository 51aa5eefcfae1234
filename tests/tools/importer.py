# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""galaxy-importer, which judges a tarball before Galaxy publishes it. Here every complaint is an error."""

from __future__ import annotations

import re
from pathlib import Path

from commands import Failure, run

COMPLAINT = re.compile(r"^(?:WARNING|ERROR|CRITICAL)\b.*|.*\btraceback\b.*", re.MULTILINE | re.IGNORECASE)
#: Without one of these, a part of it has not run.
PARTS = ("Getting doc strings via ansible-doc", "...ansible-lint run complete", "completed successfully")


def check(built: Path) -> str:
    # The settings are named, for a machine may have others in /etc. flake8 knows less than ruff does.
    checks = ("CHECK_CHANGELOG", "CHECK_REQUIRED_TAGS", "RUN_ANSIBLE_DOC", "RUN_ANSIBLE_LINT")
    settings = {f"GALAXY_IMPORTER_{check}": "true" for check in checks}
    said = run("python", "-m", "galaxy_importer.main", built, more=settings)
    complaints = COMPLAINT.findall(said)
    if complaints:
        raise Failure("galaxy-importer complains:\n" + "\n".join(complaints))
    missing = [part for part in PARTS if part not in said]
    if missing:
        raise Failure(f"galaxy-importer did not say {missing}, but:\n{said}")
    return said.splitlines()[0] + ": no complaint"
