# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks of the campaign, with the requests that each of them sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from support.resources import SAMPLES
from support.sample import Sample, Settings


@dataclass(frozen=True)
class Target:
    """A request of a task."""

    name: str
    method: str
    #: A regular expression that finds its path and query.
    path: str
    kind: Sample

    @property
    def collection(self) -> str:
        return self.kind.collection

    @property
    def by_id(self) -> bool:
        """Return whether it is about one record, by its id."""
        return id_of(0)[:8] in self.path

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def batch(self) -> bool:
        return self.path.endswith("/batch$")

    @property
    def creates(self) -> bool:
        return self.name in ("create", "batch with creates")


@dataclass(frozen=True)
class Job:
    """A task, and what the account shall hold after it."""

    name: str
    kind: Sample
    module: str
    params: Mapping[str, Any]
    targets: tuple[Target, ...]
    #: The settings by name; None where the record shall not exist.
    desired: Mapping[str, Settings | None] = field(default_factory=dict)
    behaviour: Mapping[str, Any] = field(default_factory=dict)

    @property
    def by_id(self) -> bool:
        return self.kind.id_option in self.params


#: An account has five records, on three pages.
RECORDS = 5
PAGES = (1, 2, 3)
BEHAVIOUR = {"page_size_cap": 2}
NO_BATCH = {"batch": "404"}
#: The order that a list request asks for, where the API has it.
ORDER = "(order=created_at&direction=asc&)?"


def id_of(number: int) -> str:
    """Return the id of a record of the seed."""
    return f"00000000-0000-4000-8000-{number:012}"


def seed(kind: Sample) -> list[Settings]:
    """Return what an account holds at the start."""
    numbers = range(1, RECORDS + 1)
    return [{"id": id_of(number), **kind.key_of(number), **kind.settings} for number in numbers]


def jobs() -> Iterator[Job]:
    """Yield every task of the campaign."""
    for kind in SAMPLES:
        yield from _of_one(kind)
        yield from _of_many(kind)
        yield from _of_info(kind)


def _target(kind: Sample, name: str, method: str, rest: str) -> Target:
    return Target(name, method, f"/{kind.collection}{rest}$", kind)


def _read(kind: Sample, number: int) -> Target:
    return _target(kind, "read by id", "GET", f"/{id_of(number)}")


def _pages(kind: Sample) -> tuple[Target, ...]:
    return tuple(_target(kind, f"page {page}", "GET", rf"\?{ORDER}page={page}&per_page=1000") for page in PAGES)


def _by_name(kind: Sample) -> tuple[Target, ...]:
    """Return the requests that find an existing record."""
    if not kind.filtered:
        return _pages(kind)
    query = rf"\?{kind.resource.key_filter}=[^&]*&{ORDER}page=1&per_page=1000"
    return (_target(kind, "page by name", "GET", query),)


def _of_one(kind: Sample) -> Iterator[Job]:
    patch = _target(kind, "PATCH", "PATCH", f"/{id_of(3)}")
    delete = _target(kind, "delete", "DELETE", f"/{id_of(3)}")
    create = _target(kind, "create", "POST", "")
    missing = (*_by_name(kind), *_pages(kind)) if kind.filtered else _pages(kind)
    changed = {**kind.settings, **kind.change}
    by_id, by_name = {kind.id_option: id_of(3)}, kind.key_of(3)
    absent = {"state": "absent"}
    for name, params, targets, record, after in (
        ("change by id", {**by_id, **kind.change}, (_read(kind, 3), patch), 3, changed),
        ("change by name", {**by_name, **changed}, (*_by_name(kind), patch), 3, changed),
        ("delete by id", {**by_id, **absent}, (_read(kind, 3), delete), 3, None),
        ("delete by name", {**by_name, **absent}, (*_by_name(kind), delete), 3, None),
        ("create", {**kind.key_of(9), **changed}, (*missing, create), 9, changed),
    ):
        desired = {kind.label_of(record): after}
        yield Job(f"{kind.module}: {name}", kind, kind.module, params, targets, desired, BEHAVIOUR)


def _of_many(kind: Sample) -> Iterator[Job]:
    changed = {**kind.settings, **kind.change}
    entries = [
        *({**kind.key_of(number), **changed} for number in (1, 2, 8, 9)),
        *kind.absent(3, 4),
    ]
    desired = {kind.label_of(number): changed if number not in (3, 4) else None for number in (1, 2, 3, 4, 8, 9)}
    batch = _target(kind, "batch", "POST", "/batch")
    lists = kind.resource.batch
    whole = replace(batch, name="batch with creates") if "posts" in lists else batch
    patch = _target(kind, "PATCH", "PATCH", f"/{id_of(2)}")
    create = _target(kind, "create", "POST", "")
    delete = _target(kind, "delete", "DELETE", f"/{id_of(4)}")

    def job(name: str, params: Settings, targets: tuple[Target, ...], desired: Any, **behaviour: Any) -> Job:
        return Job(
            f"{kind.bulk_module}: {name}", kind, kind.bulk_module, params, targets, desired, {**BEHAVIOUR, **behaviour}
        )

    singles = {"deletes": delete, "patches": patch, "posts": create}
    alone = [target for name, target in singles.items() if name not in lists]
    yield job(
        "all at once", {kind.entries_option: entries}, (*_pages(kind), *([whole] if lists else []), *alone), desired
    )
    if lists:
        yield job("without batch", {kind.entries_option: entries}, (batch, *singles.values()), desired, **NO_BATCH)
    for number, params, target in ((2, changed, patch), (9, changed, create), (4, {"state": "absent"}, delete)):
        entry = {**kind.key_of(number), **params}
        after = None if "state" in params else changed
        yield job(f"one {target.name}", {kind.entries_option: [entry]}, (target,), {kind.label_of(number): after})
    kept = [kind.key_of(number) for number in (1, 2, 3)]
    purged = {kind.entries_option: kept, "purge": True}
    gone = {kind.label_of(number): None for number in (4, 5)}
    yield job("purge", purged, (batch if lists else delete,), gone)
    # What fails is not the first change of the plan, and the changes before it are then not applied.
    purge_one = {
        kind.entries_option: [{**kind.key_of(2), **changed}, *kept[::2], kind.key_of(5)],
        "purge": True,
    }
    yield job("purge of one", purge_one, (delete,), {kind.label_of(2): changed, kind.label_of(4): None}, **NO_BATCH)


def _of_info(kind: Sample) -> Iterator[Job]:
    for name, params, targets in (
        ("by id", {kind.id_option: id_of(3)}, (_read(kind, 3),)),
        ("all", {}, _pages(kind)),
        ("by name", {kind.key_field: [kind.key_of(3)[kind.key_field]]}, _by_name(kind)),
    ):
        yield Job(f"{kind.info_module}: {name}", kind, kind.info_module, params, targets, {}, BEHAVIOUR)
