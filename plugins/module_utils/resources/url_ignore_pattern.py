# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""URLs that are not rewritten."""

from __future__ import annotations

from ..engine.field_types import ExactText, Text, Uuid
from ..engine.resource import Field, Key, Resource

URL_IGNORE_PATTERN = Resource(
    module="email_security_url_ignore_pattern",
    bulk_module="email_security_url_ignore_patterns",
    entries_option="url_ignore_patterns",
    noun="URL ignore pattern",
    absence="its URLs are rewritten",
    path="email-security/settings/url_ignore_patterns",
    id_field=Field("pattern_id", Uuid()),
    key=Key("pattern"),
    searchable=False,
    batch=("deletes", "patches", "puts", "posts"),
    fields=(Field("pattern", ExactText(1024)), Field("comments", Text(max_length=1024), nullable=True)),
)
