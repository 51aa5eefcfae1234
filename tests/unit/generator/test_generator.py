# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The generator: a trial resource becomes three documented modules, and words that do not fit are refused."""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.arguments import CONNECTION_SPEC
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.bulk import BULK
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.single import SINGLE
from generator.parts import replace, table
from generator.python_files import python_files, shared_fragment_files
from generator.subject import Subject
from generator.words import WordsError, fill, read_resource
from generator.yaml_text import WIDTH, dump
from support.rule import FULL_RULE, RULE

WORDS: dict[str, Any] = {
    "singular": "rule",
    "plural": "rules",
    "article": "a",
    "present": "The rule then applies to mail.",
    "absent": "B(The rule no longer applies to mail.)",
    "fields": {
        "comments": {"description": "A note.", "sample": "Agreed"},
        "is_regex": {"description": "Whether O(pattern) is a regular expression.", "sample": False},
        "kind": {"description": "What the pattern matches.", "sample": "EMAIL"},
        "pattern": {"description": "The pattern.", "change": "Old mail stays.", "sample": "user@example.com"},
        "tags": {"description": "Tags.", "sample": ["a"], "version_added": "9.9.9"},
        "verify_sender": {"description": ["Whether senders are verified.", "More."], "sample": True},
    },
    "filters": {
        "is_regex": "Return only regular expressions, or only others.",
        "kind": "Return only rules of these kinds.",
        "pattern": "Return only rules with these patterns.",
        "source": "Return only rules of this source.",
    },
    "read_only": {
        "source": {"description": "Who manages the rule.", "type": "str", "nullable": True, "sample": "user"},
        "last_modified": None,
    },
}
#: What an argument spec and its documentation have in common.
SHARED = ("type", "default", "choices", "elements", "aliases", "required")


@pytest.fixture(name="folder")
def a_folder_of_words(tmp_path: Path) -> Path:
    (tmp_path / "rule.yml").write_text(yaml.safe_dump(WORDS), encoding="utf-8")
    return tmp_path


def options_of(documented: dict[str, Any]) -> dict[str, Any]:
    """Return the documentation of options as an argument spec."""
    return {
        name: {
            **{key: each[key] for key in SHARED if key in each},
            **({"options": options_of(each["suboptions"])} if "suboptions" in each else {}),
        }
        for name, each in documented.items()
    }


def spec_of(options: dict[str, Any]) -> dict[str, Any]:
    """Return what the documentation says of an argument spec."""
    return {
        name: {
            **{key: each[key] for key in SHARED if key in each},
            **({"options": spec_of(each["options"])} if "options" in each else {}),
        }
        for name, each in options.items()
    }


def run(text: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "generated"}
    exec(compile(ast.parse(text), "generated", "exec"), namespace)  # noqa: S102  # the output of the generator
    return namespace


@pytest.mark.parametrize("resource", [RULE, FULL_RULE], ids=["rule", "full_rule"])
def test_a_new_resource_becomes_three_documented_modules(resource: Any) -> None:
    words = copy.deepcopy(WORDS)
    if not resource.filters:
        del words["filters"]["source"]
    subject = Subject(resource, words, "support.rule", "RULE")

    files = python_files(subject)

    fragments = {}
    for path, text in {**files, **shared_fragment_files(subject)}.items():
        text.encode("ascii")
        assert [line for line in text.splitlines() if len(line) > WIDTH and " " in line.strip()] == []
        if "doc_fragments" in path:
            fragments[Path(path).stem] = run(text)["ModuleDocFragment"]
    for kind, declared in (("single", SINGLE), ("bulk", BULK), ("info", INFO)):
        module = run(files[f"plugins/modules/{subject.module(kind)}.py"])
        documentation = yaml.safe_load(module["DOCUMENTATION"])
        options: dict[str, Any] = {}
        for name in documentation["extends_documentation_fragment"]:
            file, _dot, part = name.removeprefix("mailsec.cloudflare.").partition(".")
            if file in fragments:
                options.update(yaml.safe_load(getattr(fragments[file], part.upper() or "DOCUMENTATION"))["options"])
        assert options_of(options) == spec_of(declared.spec(resource)["argument_spec"]), kind
        assert set(options) >= set(CONNECTION_SPEC)
        (example,) = yaml.safe_load(module["EXAMPLES"])
        assert f"mailsec.cloudflare.{subject.module(kind)}" in example
        contains = yaml.safe_load(module["RETURN"])["result"]["contains"]
        assert set(contains) == {"id", *resource.fields, "source", "created_at", "modified_at"}
        assert contains["is_regex"]["description"].startswith("Whether C(pattern) is a regular expression.")
        assert callable(module["main"])
        name = subject.module(kind)
        assert f"modules.{name} import main" in files[f"plugins/action/{name}.py"]


def test_what_the_declaration_says_is_in_the_text() -> None:
    files = python_files(Subject(RULE, WORDS, "support.rule", "RULE"))
    options = yaml.safe_load(run(files["plugins/doc_fragments/rule.py"])["ModuleDocFragment"].DOCUMENTATION)["options"]
    text = {name: " ".join(each["description"]) for name, each in options.items()}

    assert "Creating a rule requires O(pattern), O(kind) and O(verify_sender)." in text["state"]
    assert "If it is not set, O(pattern) and O(kind) are required." in text["rule_id"]
    assert "from V(1) to V(1000000000)" in text["rule_id"]
    assert "the rule is found by O(pattern), O(kind) and O(is_regex)." in text["pattern"]
    assert text["pattern"].endswith("Old mail stays.")
    assert "at most 100 characters" in text["pattern"]
    assert "V(false) is assumed" in text["is_regex"]
    assert "An empty string clears it." in text["comments"]
    assert "An empty list or an empty string removes all entries." in text["tags"]
    assert "Required to create a rule." in text["verify_sender"]
    assert options["tags"]["version_added"] == "9.9.9"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("fields.tags", None, "fields.tags is missing."),
        ("fields.other", {"description": "x", "sample": "x"}, "fields.other is not declared."),
        ("fields.tags.sample", None, "fields.tags.sample is missing."),
        ("fields.tags.sample", "a", "fields.tags.sample is not of type list."),
        ("fields.tags.samples", ["a"], "fields.tags.samples is not declared."),
        ("fields.other", "A sentence.", "fields.other is not declared."),
        ("fields.tags", "A sentence.", "fields.tags.sample is missing."),
        ("filters.source", None, "filters.source is missing."),
        ("filters.sauce", "x", "filters.sauce is not declared."),
        ("read_only.source.type", None, "read_only.source.type is missing."),
        ("plural", None, "plural is missing."),
    ],
)
def test_words_that_do_not_fit_the_declaration(folder: Path, path: str, value: Any, message: str) -> None:
    words = copy.deepcopy(WORDS)
    *parents, last = path.split(".")
    part = words
    for parent in parents:
        part = part[parent]
    if value is None:
        del part[last]
    else:
        part[last] = value
    (folder / "rule.yml").write_text(yaml.safe_dump(words), encoding="utf-8")

    with pytest.raises(WordsError) as raised:
        read_resource(RULE, folder)

    assert f"generator/words/rule.yml: {message}" in str(raised.value).splitlines()


def test_one_sentence_is_enough_where_the_type_has_a_sample(folder: Path) -> None:
    fields = {
        **WORDS["fields"],
        "is_regex": "Whether O(pattern) is a regular expression.",
        "kind": "What the pattern matches.",
        "verify_sender": "Whether senders are verified.",
    }
    (folder / "rule.yml").write_text(yaml.safe_dump({**WORDS, "fields": fields}), encoding="utf-8")

    words = read_resource(RULE, folder)["fields"]

    assert words["is_regex"]["sample"] is False, "the default of the key"
    assert words["kind"] == {"description": "What the pattern matches.", "sample": "EMAIL"}
    assert words["verify_sender"] == {"description": "Whether senders are verified.", "sample": True}


def test_words_that_fit(folder: Path) -> None:
    assert read_resource(RULE, folder) == WORDS


def test_no_words(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match=r"^generator/words/rule\.yml is missing\.$"):
        read_resource(RULE, tmp_path)


def test_a_name_in_braces_that_nothing_stands_for() -> None:
    assert fill("{a} and {{ a }}", {"a": "x"}) == "x and {{ a }}"
    with pytest.raises(WordsError, match=r"Nothing is known as \{b\}: \{b\}\."):
        fill("{b}.", {"a": "x"})


def test_yaml_is_wrapped_and_means_what_it_should() -> None:
    long = "word " * 60 + "end"
    value = {"description": [long, f"a: {long}", "short", "a: b"], "sample": [{"a": 1}], "choices": [long, None]}

    text = dump({"options": {"x": value}}, 4)

    assert yaml.safe_load(text) == {"options": {"x": value}}
    assert [line for line in text.splitlines() if len(line) > WIDTH] == [
        line for line in text.splitlines() if long in line
    ]


def test_a_part_of_a_page() -> None:
    page = "a\n<!-- generated: x, by make generate -->\nold\n<!-- end -->\nb\n"
    rows = table(["A"], [["V(a|b) M(x.y) P(z#filter) B(Bold.)"]])

    assert rows == "| A |\n|---|\n| `a\\|b` `x.y` `z` **Bold.** |\n"
    assert replace(page, "x", rows) == page.replace("old\n", f"\n{rows}\n")
    with pytest.raises(WordsError, match="needs the lines"):
        replace(page, "y", rows)
