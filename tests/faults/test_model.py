# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any tasks in any order against a server of any ways: after each, the account holds what the model says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from emulator.normalise import canonical_name
from support.module_runner import Run

from .extent import LONG
from .jobs import KINDS, Kind, Settings
from .model import LISTS, Model, asked, meaning, model_of
from .rig import Rig

EXAMPLES, STEPS = (60, 25) if LONG else (10, 12)
#: Several spellings of few names, so that tasks meet.
NAMES = [
    "a.example",
    "A.Example",
    "b.example",
    "b.example.",
    "bücher.example",
    "xn--bcher-kva.example",
    "sub.a.example",
]
NETWORKS = ["192.0.2.7", "192.0.2.7/32", "198.51.100.0/24", "2001:DB8::/32", "2001:db8:0::/32", "203.0.113.0/25"]
INTEGRATION = "3f0b3c5a-6d0e-4f57-9c43-6c6f5a0f2a11"
TEXTS = ["", "mx.example.net", "Grüße an alle"]
#: The API wants an entry in these.
NEVER_EMPTY = {"allowed_delivery_modes", "regions"}


def lists_of(*values: str, least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=3)


SETTINGS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "domains": {
        "allowed_delivery_modes": lists_of("DIRECT", "BCC", "API", least=1),
        "drop_dispositions": lists_of("SPAM", "BULK", "MALICIOUS-BEC"),
        "ip_restrictions": lists_of(*NETWORKS),
        "regions": lists_of("GLOBAL", "DE", "US", least=1),
        "lookback_hops": st.integers(1, 20),
        "folder": st.sampled_from(["", "AllItems", "Inbox"]),
        "integration_id": st.sampled_from(["", INTEGRATION, INTEGRATION.upper()]),
        "require_tls_inbound": st.booleans(),
        "require_tls_outbound": st.booleans(),
        "transport": st.sampled_from(TEXTS),
    },
    "sending_domain_restrictions": {"exclude": lists_of(*NAMES), "comments": st.sampled_from(TEXTS)},
}
NEEDED = {"domains": ("allowed_delivery_modes", "drop_dispositions", "ip_restrictions", "regions")}
#: The ways of the real API that nobody outside knows.
WAYS: dict[str, st.SearchStrategy[Any]] = {
    "list_order": st.sampled_from(["as_sent", "sorted", "reversed", "shuffled"]),
    "shuffle_seed": st.integers(0, 9),
    "empty_lists": st.sampled_from(["list", "null"]),
    "status_case": st.sampled_from(["lower", "upper"]),
    "last_modified": st.booleans(),
    "domain_filter": st.sampled_from(["exact", "ignore_case", "substring"]),
    "name_form": st.sampled_from(["as_sent", "lower", "a_label"]),
    "network_form": st.sampled_from(["as_sent", "canonical"]),
    "text_form": st.sampled_from(["as_sent", "trimmed"]),
    "result_info": st.booleans(),
    "total_count": st.booleans(),
    "total_pages": st.booleans(),
    "patch_result": st.booleans(),
    "domain_batch": st.sampled_from(["present", "404", "405", "501", "7003"]),
    "restriction_batch": st.sampled_from(["present", "404", "405", "501", "7003"]),
    "duplicate_restrictions": st.booleans(),
    "page_size_cap": st.sampled_from([None, 1, 2]),
    "messages": st.sampled_from([[], [{"code": 1500, "message": "This endpoint will change"}]]),
}

kinds = st.sampled_from(KINDS)
list_modes = st.sampled_from(["replace", "append", "remove"])


@st.composite
def entries(draw: st.DrawFn, kind: Kind) -> Settings:
    """Draw what a task can ask of one record."""
    entry: Settings = {"domain": draw(st.sampled_from(NAMES))}
    if draw(st.integers(0, 4)) == 0:
        return {**entry, "state": "absent"}
    fields = SETTINGS[kind.collection]
    whole = draw(st.integers(0, 2)) > 0
    for field, values in fields.items():
        if draw(st.booleans()) or (whole and field in NEEDED.get(kind.collection, ())):
            entry[field] = draw(values)
    return entry


class Tasks(RuleBasedStateMachine):
    """Tasks, each first in check mode, then for real, then once more."""

    #: How many tasks were run, for the figure at the end.
    tasks = 0

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        self.rig = rig
        rig.emulator.reset()

    @initialize(ways=st.fixed_dictionaries(WAYS), names=st.lists(st.sampled_from(NAMES), unique_by=canonical_name))
    def begin(self, ways: dict[str, Any], names: list[str]) -> None:
        """Meet a server of some ways, with some records."""
        self.rig.emulator.behaviour.update(ways)
        for kind in KINDS:
            self.rig.seed(kind.collection, [{"domain": name} for name in names])

    @rule(ways=st.fixed_dictionaries({}, optional=WAYS))
    def change_ways(self, ways: dict[str, Any]) -> None:
        """Let the server have other ways from now on."""
        self.rig.emulator.behaviour.update(ways)

    @rule(data=st.data(), kind=kinds, list_mode=list_modes, by_id=st.booleans())
    def one(self, data: st.DataObject, kind: Kind, list_mode: str, by_id: bool) -> None:
        """Ask for one record, by name, or by id where it is there."""
        entry = data.draw(entries(kind))
        model = self.model(kind)
        name = canonical_name(entry["domain"])
        params = {**entry, "list_mode": list_mode}
        if by_id and name in model:
            params[kind.id_option] = self.id_of(kind, name)
            if entry.get("state") != "absent":
                del params["domain"]
        if not possible(model, kind, entry, list_mode):
            if name not in model:
                self.refused(kind, kind.one, params)
            return
        self.converge(kind, kind.one, params, asked(model, kind, entry, list_mode))

    @rule(data=st.data(), kind=kinds, new=st.sampled_from(NAMES))
    def rename(self, data: st.DataObject, kind: Kind, new: str) -> None:
        """Give a record another name."""
        model = self.model(kind)
        if not model or canonical_name(new) in model:
            return
        old = data.draw(st.sampled_from(sorted(model)))
        params = {kind.id_option: self.id_of(kind, old), "domain": new}
        after = {canonical_name(new) if name == old else name: record for name, record in model.items()}
        self.converge(kind, kind.one, params, after)

    @rule(data=st.data(), kind=kinds, list_mode=list_modes, purge=st.booleans(), concurrency=st.sampled_from([1, 8]))
    def many(self, data: st.DataObject, kind: Kind, list_mode: str, purge: bool, concurrency: int) -> None:
        """Ask for several records at once."""
        drawn = data.draw(st.lists(entries(kind), max_size=4, unique_by=lambda entry: canonical_name(entry["domain"])))
        before = model = self.model(kind)
        listed = [entry for entry in drawn if possible(before, kind, entry, list_mode)]
        for entry in listed:
            model = asked(model, kind, entry, list_mode)
        purge = purge and any(entry.get("state") != "absent" for entry in listed)
        if purge:
            names = {canonical_name(entry["domain"]) for entry in listed}
            model = {name: record for name, record in model.items() if name in names}
        params = {kind.option: listed, "list_mode": list_mode, "purge": purge, "concurrency": concurrency}
        self.converge(kind, kind.many, params, model)

    @rule(data=st.data(), kind=kinds)
    def somebody_else(self, data: st.DataObject, kind: Kind) -> None:
        """Let somebody change a record behind the back of the tasks."""
        account = self.rig.emulator.world.store.open_account(self.rig.emulator.account_id)
        records = list(account.records[kind.collection].values())
        if records:
            record = data.draw(st.sampled_from(records))
            field = data.draw(st.sampled_from(sorted(SETTINGS[kind.collection])))
            record[field] = data.draw(SETTINGS[kind.collection][field]) or record[field]

    def model(self, kind: Kind) -> Model:
        """Return what the account holds now."""
        return model_of(self.rig.emulator.state()[kind.collection])

    def id_of(self, kind: Kind, name: str) -> str:
        """Return the id of a record that is there."""
        records = self.rig.emulator.state()[kind.collection]
        found: str = next(record["id"] for record in records if canonical_name(record["domain"]) == name)
        return found

    def converge(self, kind: Kind, module: str, params: Settings, model: Model) -> None:
        """Run a task in check mode, for real, and once more, and compare all with the model."""
        emulator = self.rig.emulator
        Tasks.tasks += 1
        before, writes = emulator.state(), len(emulator.writes)
        foretold = self.rig.run(module, check_mode=True, **params)
        assert emulator.state() == before
        assert len(emulator.writes) == writes

        done = self.rig.run(module, **params)
        after = emulator.state()
        assert not done.failed, done.msg
        assert model_of(after[kind.collection]) == model
        assert len(after[kind.collection]) == len(model)
        assert done.changed is (model_of(before[kind.collection]) != model)
        check_untouched(before, after, kind, model)
        check_foretold(foretold, done)

        writes = len(emulator.writes)
        again = self.rig.run(module, **params)
        assert not again.failed, again.msg
        assert not again.changed
        assert len(emulator.writes) == writes
        assert emulator.state() == after

    def refused(self, kind: Kind, module: str, params: Settings) -> None:
        """Run a task that cannot be carried out: it says so, in check mode too, and sends no write."""
        before, writes = self.rig.emulator.state(), len(self.rig.emulator.writes)
        for check_mode in (True, False):
            run = self.rig.run(module, check_mode=check_mode, **params)
            assert run.failed
            assert not run.output.get("changed", False)
        assert self.rig.emulator.state() == before
        assert len(self.rig.emulator.writes) == writes


def possible(model: Model, kind: Kind, entry: Settings, list_mode: str) -> bool:
    """Tell whether an entry can be carried out: what a create needs is there, no list is emptied that may not be."""
    if entry.get("state") == "absent":
        return True
    name = canonical_name(entry["domain"])
    missing = [field for field in NEEDED.get(kind.collection, ()) if field not in entry]
    after = asked(model, kind, entry, list_mode)[name]
    return (name in model or not missing) and all(after[field] for field in NEVER_EMPTY & set(entry))


def check_untouched(before: Any, after: Any, kind: Kind, model: Model) -> None:
    """Check that a record whose meaning is the same was not written at all, and that the other kind was let alone."""
    for collection in before:
        was = {record["id"]: record for record in before[collection]}
        for record in after[collection]:
            old = was.get(record["id"])
            if old is not None and model_of([old]) == model_of([record]):
                assert record == old
        if collection != kind.collection:
            assert after[collection] == before[collection]


def check_foretold(foretold: Run, done: Run) -> None:
    """Check that check mode told what the real run did, without what the server makes."""
    assert not foretold.failed, foretold.msg
    assert foretold.changed is done.changed
    assert foretold.diff == done.diff
    assert foretold.output.get("summary") == done.output.get("summary")
    results = [(foretold.result, done.result)]
    if isinstance(done.result, list):
        results = list(zip(foretold.result, done.result, strict=True))
    for expected, real in results:
        for field in {"domain", *LISTS, *SETTINGS["domains"], "comments"} & set(expected):
            assert meaning(field, expected[field]) == meaning(field, real.get(field)), field


def test_after_any_tasks_the_account_holds_what_was_asked(rig: Rig, tell: Callable[[str], None]) -> None:
    Tasks.tasks = 0

    class Here(Tasks):
        """With the emulator of this test."""

        def __init__(self) -> None:
            super().__init__(rig)

    chosen = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=chosen)
    tell(f"model test: {Tasks.tasks} tasks in {EXAMPLES} accounts, each in check mode, for real and once more")
