# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words: what only people can say about a resource, read from YAML and compared with its declaration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    Boolean,
    Choice,
    FieldType,
    Integer,
    ListOf,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Resource

FOLDER = Path(__file__).parent / "words"
PARTS = ("singular", "plural", "article", "present", "absent", "fields", "filters", "read_only")
#: Needed only where the declaration has them.
OPTIONAL_PARTS = {"protected": "protected_by", "details": "details"}
OF_FIELD = ("description", "returned", "change", "sample", "version_added")
OF_DETAIL = ("option", "description", "type", "nullable", "contains")
OF_READ_ONLY = ("description", "type", "elements", "nullable", "contains", "sample")
PYTHON_TYPES: Mapping[str, type] = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}
#: A name in braces. Two braces are a template of Ansible.
PLACEHOLDER = re.compile(r"(?<!\{)\{(\w+)\}(?!\})")


class WordsError(Exception):
    """The words do not fit the declaration."""


def read(name: str, folder: Path = FOLDER) -> Any:
    """Return the content of a file of words. Raises WordsError."""
    path = folder / f"{name}.yml"
    if not path.exists():
        raise WordsError(f"{place(name)} is missing.")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def place(name: str) -> str:
    """Return the path of a file of words, for people."""
    return f"generator/words/{name}.yml"


def read_resource(resource: Resource, folder: Path = FOLDER) -> dict[str, Any]:
    """Return the words about a resource. Raises WordsError, which names everything that is missing or too much."""
    words: dict[str, Any] = read(resource.module, folder)
    words["fields"] = {name: complete(resource, name, entry) for name, entry in (words.get("fields") or {}).items()}
    errors = list(check(resource, words))
    if errors:
        raise WordsError("\n".join(f"{place(resource.module)}: {error}" for error in errors))
    return words


def complete(resource: Resource, name: str, entry: Any) -> Any:
    """Return the words about a field, which may be one sentence, with a sample where its type has one."""
    completed = {"description": entry} if isinstance(entry, str) else entry
    sample = sample_of(resource.fields[name].type) if name in resource.fields else None
    sample = resource.key.defaults.get(name, sample)
    return completed if sample is None else {"sample": sample, **completed}


def sample_of(of: FieldType) -> Any:
    """Return a value of a type, None where only people know a good one."""
    if isinstance(of, ListOf):
        sample = sample_of(of.item)
        return None if sample is None else [sample]
    if isinstance(of, Choice):
        return of.choices[0]
    return True if isinstance(of, Boolean) else of.minimum if isinstance(of, Integer) else None


def check(resource: Resource, words: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the words about a resource."""
    declared = [part for part, declaration in OPTIONAL_PARTS.items() if getattr(resource, declaration)]
    yield from compare("", [*PARTS, *declared], words)
    yield from compare("details.", [detail.option for detail in resource.details], words.get("details", {}))
    for name, entry in words.get("details", {}).items():
        yield from check_entry(f"details.{name}", entry, OF_DETAIL, OF_DETAIL)
        yield from check_read_only(f"details.{name}", entry.get("contains", {}))
    fields, filters, read_only = (words.get(part) or {} for part in ("fields", "filters", "read_only"))
    yield from compare("fields.", resource.fields, fields)
    yield from compare("filters.", [*resource.key.fields, *(field.name for field in resource.filters)], filters)
    for name in resource.fields.keys() & fields.keys():
        yield from check_entry(f"fields.{name}", fields[name], OF_FIELD, ("description", "sample"))
        yield from check_sample(f"fields.{name}", fields[name], resource.fields[name].argument_spec()["type"])
    yield from check_read_only("read_only", read_only)


def check_read_only(where: str, entries: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the words about fields that cannot be set. Null hides one of all resources."""
    for name, entry in entries.items():
        if entry is None:
            continue
        content = "contains" if "contains" in entry else "sample"
        yield from check_entry(f"{where}.{name}", entry, OF_READ_ONLY, ("description", "type", content))
        yield from check_sample(f"{where}.{name}", entry, entry.get("type"))
        yield from check_read_only(f"{where}.{name}", entry.get("contains", {}))


def check_entry(where: str, entry: Mapping[str, Any], known: Iterable[str], needed: Iterable[str]) -> Iterator[str]:
    """Yield the keys that an entry has too many or too few."""
    yield from compare(f"{where}.", {*needed, *(set(entry) & set(known))}, entry)


def check_sample(where: str, entry: Mapping[str, Any], type_name: Any) -> Iterator[str]:
    """Yield that a sample is of another type than its field."""
    if "sample" in entry and PYTHON_TYPES.get(type_name) is not entry["sample"].__class__:
        yield f"{where}.sample is not of type {type_name}."


def compare(prefix: str, declared: Iterable[str], described: Iterable[str]) -> Iterator[str]:
    """Yield what is declared and not described, and the other way round."""
    declared, described = list(declared), list(described)
    yield from (f"{prefix}{name} is missing." for name in declared if name not in described)
    yield from (f"{prefix}{name} is not declared." for name in described if name not in declared)


def fill(value: Any, values: Mapping[str, str]) -> Any:
    """Return words with a value in the place of each name in braces. Raises WordsError."""
    if isinstance(value, str):
        try:
            return " ".join(PLACEHOLDER.sub(lambda match: values[match[1]], value).split())
        except KeyError as error:
            raise WordsError(f"Nothing is known as {{{error.args[0]}}}: {value}") from None
    if isinstance(value, list):
        return [fill(item, values) for item in value]
    return {key: fill(item, values) for key, item in value.items()} if isinstance(value, dict) else value


def paragraphs(description: str | list[str]) -> list[str]:
    """Return a description as a list."""
    return [description] if isinstance(description, str) else description


def join(items: Iterable[str]) -> str:
    """Return "a, b and c"."""
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last
