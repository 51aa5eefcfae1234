# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages of a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from .error_hints import NOT_THE_API
from .response import Response

#: The API's largest page.
PAGE_SIZE = 1000
#: More pages than any account has: the server ignores the page number.
MAX_PAGES = 1000
#: How often a list is read that changes while it is read, or that is shorter than its total_count.
MAX_READS = 3


class Listing:
    """The records of a list, page by page."""

    def __init__(self) -> None:
        #: Each record once, by its id, in the order of the server.
        self.records: dict[str, dict[str, Any]] = {}
        #: The number of records in all pages, repeats included.
        self.received = 0
        #: The total_count of each page that has one.
        self.totals: list[int] = []

    def add(self, page: Response) -> bool:
        """Add a page. Return whether it has a record that no page before it had."""
        known = len(self.records)
        for record in page.records:
            has_id = record.get("id") not in (None, "")
            self.records.setdefault(str(record["id"] if has_id else json.dumps(record, sort_keys=True)), record)
        self.received += len(page.records)
        if "total_count" in page.page_info:
            self.totals.append(page.page_info["total_count"])
        return len(self.records) > known

    @property
    def complete(self) -> bool:
        """Return whether all records came, as far as the pages have a total_count."""
        return not self.totals or (len(set(self.totals)) == 1 and self.received >= self.totals[-1])


def read_list(
    get: Callable[[str], Response], path: str, filters: Mapping[str, list[Any]], order: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the records of every page, each record once. Raises ApiError.

    Args:
        get: sends a GET request.
        path: the path of the list.
        filters: query parameters, each with one or more values.
        order: the query parameters of the order.
    """
    for _attempt in range(MAX_READS):
        listing, last = _read_pages(get, path, {**filters, **order})
        # Cloudflare documents total_count as the number of records without any filter.
        if filters or listing.complete:
            return list(listing.records.values())
    raise last.build_error(
        f"HTTP {last.status}: the list reports {listing.totals[-1]} records but returned {listing.received}, "
        f"{MAX_READS} times in a row. It may change while it is read.",
        "The incomplete list was not used. Run the task again.",
    )


def _read_pages(get: Callable[[str], Response], path: str, query: Mapping[str, Any]) -> tuple[Listing, Response]:
    """Read every page once. Return the records and the last page."""
    listing = Listing()
    for number in range(1, MAX_PAGES + 1):
        parameters = urlencode({**query, "page": number, "per_page": PAGE_SIZE}, doseq=True)
        page = get(f"{path}?{parameters}")
        # A page without a new record ends the list too: the server may ignore the page number.
        if not listing.add(page) or is_last(page, number, listing.received):
            return listing, page
    raise page.build_error(f"HTTP {page.status}: the list has more than {MAX_PAGES} pages.", NOT_THE_API)


def is_last(page: Response, number: int, received: int) -> bool:
    """Return whether a page is the last one; False where it does not say.

    Args:
        page: the page.
        number: its number, from 1.
        received: the records of this page and of those before it.
    """
    info = page.page_info
    if "total_count" in info:
        return received == info["total_count"]
    if "total_pages" in info:
        return number >= info["total_pages"]
    return len(page.records) < info.get("per_page", 0)
