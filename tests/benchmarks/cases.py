# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases: the records of the account, and those that are desired."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from support.resources import ALLOW_POLICY, DOMAIN, IMPERSONATION_ENTRY, SAMPLES
from support.sample import Sample

Record = dict[str, Any]
#: The resources whose requests are counted and whose planning is measured: all.
MEASURED = SAMPLES
#: Those whose wall time is measured: batches, atomic batches, and no batch.
TIMED = (DOMAIN, ALLOW_POLICY, IMPERSONATION_ENTRY)


def settings_of(sample: Sample) -> Record:
    """Return the settings of every entry."""
    return {**sample.settings, **sample.change}


def differing(sample: Sample) -> Record:
    """Return settings of a record that differs."""
    return {name: sample.record[name] for name in sample.change}


class Seeded(Protocol):
    """What a run begins with."""

    def seed(self) -> dict[str, list[Record]]:
        """Return the records of the account."""


@dataclass(frozen=True)
class Case:
    """The number of records of an account, of those that are desired, and of those that differ."""

    sample: Sample
    account: int
    desired: int
    differing: int
    #: Whether it is a task for one record.
    single: bool = False

    def __str__(self) -> str:
        if self.single:
            title = f"one {'changed' if self.differing else 'converged'} record"
        elif not self.differing:
            title = f"{self.desired:,} converged"
        else:
            title = f"{self.desired:,}, {'all' if self.differing == self.desired else f'{self.differing:,}'} differ"
        return f"{self.sample.entries_option}: {title}"

    def seed(self) -> dict[str, list[Record]]:
        """Return the records of the account."""
        return {self.sample.collection: [self._record(number) for number in range(self.account)]}

    def _record(self, number: int) -> Record:
        other = differing(self.sample) if number < self.differing else {}
        return self.sample.numbered(number, **{**settings_of(self.sample), **other})

    def entries(self) -> list[Record]:
        """Return the desired records, as the modules take them."""
        return [{**self.sample.key_of(number), **settings_of(self.sample)} for number in range(self.desired)]

    def by_id(self) -> list[Record]:
        """Return the desired records by id."""
        return [
            {"id": self.sample.id_of(number), "settings": settings_of(self.sample)} for number in range(self.desired)
        ]

    def task(self) -> Record:
        """Return the task of this collection."""
        if self.single:
            return {"name": "Converge", f"mailsec.cloudflare.{self.sample.module}": self.entries()[0]}
        options = {self.sample.entries_option: "{{ desired }}"}
        return {"name": "Converge", f"mailsec.cloudflare.{self.sample.bulk_module}": options}

    def unfinished(self, records: list[Record]) -> list[str]:
        """Return the names of the records that are not in the desired state."""
        label = self.sample.resource.label
        entries = {label(entry): entry for entry in self.entries()}
        return [str(label(record)) for record in records if record != {**record, **entries.get(label(record), {})}]


def cases(sample: Sample, many: int) -> list[Case]:
    """Return the five cases of a resource."""
    return [
        Case(sample, many, 1, 0, single=True),
        Case(sample, many, 1, 1, single=True),
        Case(sample, many, many, 0),
        Case(sample, many, many, max(1, many // 100)),
        Case(sample, many, many, many),
    ]
