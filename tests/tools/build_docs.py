# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds the documentation as a site, into .cache/docs. Every warning is an error; no network is needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zlib

from checkout import CACHE

PLACE = CACHE / "docs"
COLLECTION = "mailsec.cloudflare"
ANSIBLE = "https://docs.ansible.com/projects/ansible/devel/"
#: The labels of Ansible's documentation that ours refers to, and their pages. Sphinx would fetch a list of all.
LABELS = {
    "action_plugins": "plugins/action.html",
    "ansible_collections.ansible.builtin.uri_module": "collections/ansible/builtin/uri_module.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
CONF = f"""
# Added by tests/tools/build_docs.py
project = title = html_short_title = {COLLECTION!r}
copyright = 'the mailsec.cloudflare maintainers'
intersphinx_mapping = {{'ansible': ({ANSIBLE!r}, 'objects.inv')}}
html_static_path = ['static']
html_css_files = ['site.css']
"""
#: The theme lets long names run out of the menu, and sets the names of files in the middle.
CSS = """\
.wy-menu-vertical a { overflow-wrap: anywhere }
.rst-content .code-block-caption { text-align: left }
"""


def main() -> None:
    """Build it anew: what has not changed would not be checked again."""
    shutil.rmtree(PLACE, ignore_errors=True)
    # antsibull-docs refuses folders that others could write to.
    for folder in (PLACE, PLACE / "rst"):
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    run("antsibull-docs", "sphinx-init", "--use-current", "--squash-hierarchy", "--dest-dir", str(PLACE), COLLECTION)
    with open(PLACE / "conf.py", "a", encoding="utf-8") as conf:
        conf.write(CONF)
    (PLACE / "static").mkdir()
    (PLACE / "static/site.css").write_text(CSS, encoding="utf-8")
    (PLACE / "rst/objects.inv").write_bytes(inventory())
    options = ["--config-file", str(PLACE / "antsibull-docs.cfg")]
    pages = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(PLACE / "rst"), COLLECTION]
    run("antsibull-docs", *options, "collection", *pages)
    run("sphinx-build", "-c", str(PLACE), "-W", "--keep-going", "-q", str(PLACE / "rst"), str(PLACE / "html"))
    print(f"The site: {PLACE / 'html/index.html'}")


def inventory() -> bytes:
    """The labels in the form that Sphinx reads."""
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: \n# The remainder is compressed using zlib.\n"
    lines = "".join(f"{label} std:label -1 {page} -\n" for label, page in LABELS.items())
    return head.encode() + zlib.compress(lines.encode())


def run(*command: str) -> None:
    """Run a command; what it prints is only shown where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.exit(f"{done.stdout}\nFailed: {' '.join(command)}")


if __name__ == "__main__":
    main()
