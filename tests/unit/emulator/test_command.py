# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as a command, and over TLS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from emulator import Emulator
from emulator.__main__ import main
from emulator.testing import Client

TESTS = Path(__file__).parents[2]


@contextmanager
def command(*options: str) -> Iterator[subprocess.Popen[str]]:
    """The running command; it does not outlive the block."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    arguments = [sys.executable, "-m", "emulator", *options]
    with subprocess.Popen(
        arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def wait_for(path: Path, process: subprocess.Popen[str]) -> Any:
    """What the ready file says, as soon as it is there."""
    for _dummy in range(1200):
        if path.exists():
            return json.loads(path.read_text(encoding="utf-8"))
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    raise AssertionError("the emulator did not get ready")


def test_it_starts_serves_and_stops(tmp_path: Path) -> None:
    ready_file = tmp_path / "ready.json"
    with command("--ready-file", str(ready_file), "--seed", "demo", "--quota", "2") as process:
        ready = wait_for(ready_file, process)
        assert sorted(ready) == ["account_id", "control_url", "pid", "token", "url"]
        assert ready["pid"] == process.pid
        with requests.Session() as session:
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {ready['token']}"
            url = f"{ready['url']}/accounts/{ready['account_id']}/email-security/settings/domains"
            names = [record["domain"] for record in session.get(url, timeout=5).json()["result"]]
            assert names == ["example.com", "example.org", "shop.example.net"]
            assert [session.get(url, timeout=5).status_code for _dummy in range(2)] == [200, 429]
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=5)[0]
    assert process.returncode == 0
    assert output == f"The emulator listens on {ready['url']}\n"


def test_it_ends_with_another_process_and_takes_a_seed_from_a_file(tmp_path: Path) -> None:
    seed, ready_file = tmp_path / "seed.json", tmp_path / "ready.json"
    seed.write_text(json.dumps({"domains": 2}), encoding="utf-8")
    with (
        subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other,
        command(*("--ready-file", str(ready_file), "--seed", str(seed), "--stop-with-pid", str(other.pid))) as process,
    ):
        ready = wait_for(ready_file, process)
        state = requests.get(f"{ready['control_url']}/accounts/{ready['account_id']}/state", timeout=5).json()
        assert [record["domain"] for record in state["domains"]] == ["domain-00001.example", "domain-00002.example"]
        time.sleep(0.3)
        assert process.poll() is None
        other.communicate(b"\n")
        assert process.wait(timeout=5) == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [("[]", "does not hold a JSON object"), ("{", "emulator: "), ('{"a": 1}', "no such collection")],
)
def test_a_bad_seed_is_a_plain_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(content, encoding="utf-8")
    assert main(["--seed", str(seed)]) == 2
    assert message in capsys.readouterr().err


def test_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    trusted, pair = tmp_path / "ca.pem", tmp_path / "pair.pem"
    authority.cert_pem.write_to_path(str(trusted))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pair))
    with Emulator(cert=str(pair), seed={"domains": 2}) as emulator, Client(emulator) as api:
        assert emulator.url.startswith("https://")
        with pytest.raises(requests.exceptions.SSLError):
            api.get("domains")
        api.verify = str(trusted)
        assert [api.get("domains").status_code for _dummy in range(3)] == [200] * 3
        assert len({entry.connection for entry in emulator.log}) == 1
        for fault in ({"kind": "drop"}, {"kind": "drop", "reset": True}, {"kind": "truncate"}):
            emulator.faults.add(**fault)
            with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
                api.get("domains")
        assert api.get("domains").status_code == 200
