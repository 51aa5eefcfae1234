# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python that a module needs. With real old ones: tests/unit/project/test_old_pythons.py."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.python_version import require_python


@pytest.mark.parametrize("version", [(3, 8, 0, "alpha", 1), (3, 8, 18, "final", 0), (3, 13, 0, "final", 0), (4, 0, 0)])
def test_a_python_that_is_new_enough(monkeypatch: pytest.MonkeyPatch, version: Any) -> None:
    monkeypatch.setattr(sys, "version_info", version)

    require_python()


@pytest.mark.parametrize("version", [(2, 7, 18, "final", 0), (3, 7, 16, "final", 0)])
def test_a_python_that_is_too_old(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], version: Any
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    monkeypatch.setattr(sys, "executable", "/usr/bin/python")

    with pytest.raises(SystemExit) as ended:
        require_python()

    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out) == {
        "failed": True,
        "changed": False,
        "msg": "mailsec.cloudflare needs Python 3.8 or newer on the target; /usr/bin/python is Python "
        f"{version[0]}.{version[1]}.{version[2]}. Set ansible_python_interpreter to another Python.",
    }
