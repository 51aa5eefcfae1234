# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guides are followed word for word, with the built collection and an empty home."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import credentials

from .blocks import ROOT, RST, blocks, guides
from .story import Story, emulator, follow

#: The guides with executable blocks.
GUIDES = [guide for guide in guides() if any(block.is_run for block in blocks(guide))]

#: The state of the account after a guide: some settings by collection and name, or None for no record.
STATES: dict[str, dict[tuple[str, str], dict[str, Any] | None]] = {
    "allow_and_block": {
        ("allow_policies", "news@partner.example"): {"comments": "Agreed on 2026-11-02", "verify_sender": True},
        ("allow_policies", "phishing-reports@example.com"): {"is_exempt_recipient": True, "is_trusted_sender": False},
        ("block_senders", "scam@bad.example"): {"comments": "Incident 4711"},
        ("block_senders", "203.0.113.0/24"): None,
        ("trusted_domains", "new-brand.example"): {"is_recent": True, "is_similarity": False},
    },
    "content_and_urls": {
        ("content_policies", "Gift cards"): {"enabled": False},
        ("url_ignore_patterns", r"https://wiki\.example\.com/.*"): {"comments": None},
    },
    "impersonation": {
        ("impersonation_registry", "Jane Doe"): {"email": "jane.doe@example.org"},
        ("impersonation_registry", "Richard Roe"): {"comments": "Chief executive officer"},
    },
    "account": {
        ("domains", "example.com"): {"require_tls_inbound": True, "drop_dispositions": ["MALICIOUS", "SPAM"]},
        ("domains", "example.org"): {"lookback_hops": 2, "require_tls_inbound": True},
        ("domains", "shop.example.net"): {"drop_dispositions": [], "allowed_delivery_modes": ["BCC"]},
        # Only used in check mode.
        ("sending_domain_restrictions", "bank.example"): {"exclude": ["news.bank.example", "legacy.bank.example"]},
        ("sending_domain_restrictions", "insurance.example"): {"comments": "Agreed on 2026-11-01"},
        ("sending_domain_restrictions", "partner.example"): {"exclude": ["legacy.partner.example"]},
    },
    "authentication": {
        ("domains", "example.com"): {"require_tls_inbound": True, "drop_dispositions": ["MALICIOUS"]},
        ("sending_domain_restrictions", "partner.example"): {"exclude": ["legacy.partner.example"]},
    },
    "drift": {
        ("domains", "example.com"): {"require_tls_inbound": True},
        ("domains", "shop.example.net"): {"require_tls_inbound": False},
    },
    "getting_started": {
        ("domains", "example.com"): {"require_tls_inbound": True, "drop_dispositions": ["MALICIOUS", "SPAM"]},
    },
    "migration": {
        ("domains", "example.com"): {"ip_restrictions": ["192.0.2.0/24", "198.51.100.7"]},
        ("block_senders", "scam@bad.example"): {"comments": "Incident 4711"},
        ("block_senders", "203.0.113.0/24"): {"comments": "Incident 4712; reported by the help desk"},
        ("block_senders", "worse.example"): {"pattern_type": "DOMAIN", "comments": None},
        # Only in the file with mistakes.
        ("block_senders", "worse"): None,
    },
    "one_domain": {
        ("domains", "example.com"): {
            "ip_restrictions": ["198.51.100.7", "2001:db8:1::/48", "198.51.100.8"],
            "require_tls_outbound": True,
            "lookback_hops": 3,
        },
        ("domains", "example.org"): {"folder": None, "ip_restrictions": ["198.51.100.8"]},
        ("domains", "example.net"): {"transport": "mx.example.net"},
        ("domains", "exmaple.com"): None,
        ("domains", "shop.example.net"): None,
        ("sending_domain_restrictions", "bank.example"): {"exclude": ["legacy.bank.example"]},
        ("sending_domain_restrictions", "insurance.example"): {"exclude": []},
        ("sending_domain_restrictions", "partner.example"): None,
    },
    "report": {},
    "onboarding": {
        ("domains", "example.net"): {"require_tls_inbound": True, "status": "active"},
        ("domains", "shop.example.com"): {"require_tls_inbound": True, "status": "active"},
        ("domains", "example.info"): {"require_tls_inbound": True, "status": "active"},
    },
    "temporary_entries": {
        ("allow_policies", "migration@partner.example"): {"is_acceptable_sender": True},
        ("block_senders", "attacker.example"): None,
        ("block_senders", "bad.example"): None,
        ("block_senders", "old@bad.example"): None,
        ("block_senders", "scam@bad.example"): {"comments": None},
    },
}


@pytest.fixture(scope="session")
def stories(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Future[Story]]:
    """The selected guides, followed in parallel."""
    place = tmp_path_factory.mktemp("guides")
    run(["ansible-galaxy", "collection", "build", "--output-path", str(place), str(ROOT)])
    (tarball,) = place.glob("*.tar.gz")
    run(
        [
            "ansible-galaxy",
            "collection",
            "install",
            "--force",
            "--offline",
            "-p",
            str(place / "installed"),
            str(tarball),
        ]
    )

    def try_out(guide: Path) -> Story:
        home = place / guide.stem
        home.mkdir()
        with emulator() as api:
            story = follow(guide, tarball, place / "installed", home, api)
            assert api.violations == []
            assert [entry.broke_contract for entry in api.rejected] == []
        return story

    chosen = {item.name for item in request.session.items}
    selected = [guide for guide in GUIDES if f"{test_the_guide_works_as_written.__name__}[{guide.stem}]" in chosen]
    pool = ThreadPoolExecutor(max_workers=os.cpu_count())
    return {guide.stem: pool.submit(try_out, guide) for guide in selected}


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_the_guide_works_as_written(guide: Path, stories: Mapping[str, Future[Story]]) -> None:
    story = stories[guide.stem].result()
    problems = story.problems()
    assert not problems, "\n\n".join(problems)
    for (collection, name), settings in STATES[guide.stem].items():
        found = [record for record in story.state[collection] if name in map(record.get, ("domain", "pattern", "name"))]
        held = [{key: record[key] for key in settings or {}} for record in found]
        assert held == ([] if settings is None else [settings]), name


def test_every_file_of_a_guide_is_used() -> None:
    for guide in guides():
        shown = blocks(guide)
        for place, block in enumerate(shown):
            if block.caption:
                # A file in a folder is used with the folder.
                used = rf"(?<![\w.]){re.escape(block.caption.partition('/')[0])}(?!\w)"
                later = [other for other in shown[place:] if other.language == "console" or "vars_files" in other.body]
                assert any(re.search(used, other.body) for other in later), f"{guide.name}: {block.caption}"


def test_blocks_that_are_not_run_are_valid_yaml() -> None:
    for guide in guides():
        for block in blocks(guide):
            if not block.is_run and block.language == "yaml":
                assert yaml.safe_load(block.body), f"{guide.name}, line {block.line}"


def test_every_file_that_a_guide_mentions_exists() -> None:
    named = {
        name for guide in guides() for name in re.findall(r"``((?:docs|playbooks)/[^`]*)``", guide.read_text("utf-8"))
    }
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_guide_is_in_the_contents() -> None:
    sections = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    assert sorted(name for section in sections for name in section["toctree"]) == [guide.stem for guide in guides()]


def test_every_module_is_used_in_a_guide() -> None:
    """In an executable block."""
    done = "\n".join(block.body for guide in guides() for block in blocks(guide) if block.is_run)
    modules = [path.stem for path in (ROOT / "plugins/modules").glob("*.py")]
    assert modules
    assert [name for name in modules if not re.search(rf"\bmailsec\.cloudflare\.{name}\b", done)] == []


def test_the_site_has_a_changelog_if_there_is_a_release() -> None:
    releases = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text(encoding="utf-8"))["releases"]
    config = yaml.safe_load((ROOT / "docs/docsite/config.yml").read_text(encoding="utf-8"))
    enabled = config.get("changelog", {}).get("write_changelog", False)
    assert enabled == bool(releases), (
        f"set changelog.write_changelog in docs/docsite/config.yml to {str(bool(releases)).lower()}"
    )


def test_the_guides_describe_the_variables_of_the_environment() -> None:
    described = re.findall(r"^\.\. envvar:: (\S+)$", (RST / "authentication.rst").read_text("utf-8"), re.MULTILINE)
    config = yaml.safe_load((ROOT / "docs/docsite/config.yml").read_text(encoding="utf-8"))
    assert sorted(described) == sorted(config["envvar_directives"]) == sorted(credentials.ENVIRONMENT.values())
