# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of options."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.mailsec.cloudflare.plugins.module_utils.api import connection, credentials, retries, tls
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.field_types import (
    CaseInsensitiveEnum,
    DomainName,
    FieldType,
    FormerIntegerId,
    Integer,
    ListOf,
    Network,
    RecordId,
    Text,
    Title,
    Uuid,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.engine.resource import Field
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules import bulk
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.arguments import (
    CONNECTION_SPEC,
    LIST_MODE_SPEC,
)
from ansible_collections.mailsec.cloudflare.plugins.module_utils.modules.info import INFO

from .subject import Subject
from .words import fill, join, paragraphs

#: The keys that an argument spec and its documentation share, in the order of the documentation.
FACTS = ("type", "elements", "choices", "default", "required", "aliases")
BOUNDS = {**connection.BOUNDS, **bulk.BOUNDS}

Options = dict[str, dict[str, Any]]


def option(description: Iterable[str], spec: Mapping[str, Any], version_added: str | None = None) -> dict[str, Any]:
    """Return the documentation of an option."""
    added = {} if version_added is None else {"version_added": version_added}
    facts = {key: spec[key] for key in FACTS if key in spec}
    return {"description": [sentence for sentence in description if sentence], **added, **facts}


def record_options(subject: Subject) -> Options:
    """Return the options of one record."""
    resource, common = subject.resource, subject.common["options"]
    specs = resource.argument_spec()
    required = [*resource.key.required, *(name for name, field in resource.fields.items() if field.required_on_create)]
    phrases = [f"O({name})" for name in required]
    if resource.one_true_on_create:
        one_true = join(f"O({name})" for name in resource.one_true_on_create)
        phrases.append(subject.say(common["one_true"], options=one_true))
    has_more = len(phrases) > len(resource.key.required)
    amount = "many" if len(resource.key.required) > 1 else "one"
    found = {
        "state": option(
            [
                *subject.say(
                    common["state"],
                    required=join(phrases),
                    id_and_keys=join(f"O({name})" for name in (resource.id_field.name, *resource.key.fields)),
                    if_missing=subject.say(common["if_missing"]) if has_more else "",
                ),
                subject.words.get("protected", ""),
            ],
            specs["state"],
        ),
        resource.id_field.name: option(
            [
                *subject.say(common["id"], id_or_keys=subject.say(common["id_or_keys"][amount])),
                *type_sentences(subject, resource.id_field.type),
            ],
            specs[resource.id_field.name],
        ),
    }
    for name in [*resource.key.fields, *(name for name in resource.fields if name not in resource.key.fields)]:
        words = subject.words["fields"][name]
        description = [*paragraphs(words["description"]), *field_sentences(subject, resource.fields[name])]
        found[name] = option(description, specs[name], words.get("version_added"))
    return found


def field_sentences(subject: Subject, field: Field) -> list[str]:
    """Return what the declaration says about a field."""
    resource, common = subject.resource, subject.common["options"]
    about_type = type_sentences(subject, field.type)
    if field.nullable:
        about_type.append(subject.common["types"]["nullable"])
    elif isinstance(field.type, ListOf) and not (field.items_on_create and field.items_on_create[0]):
        about_type.append(subject.common["types"]["empty_list"])
    found = [" ".join(about_type)]
    if field.name in resource.key.fields:
        amount = "many" if len(resource.key.fields) > 1 else "one"
        use = subject.say(common["key_use"][amount], keys=join(f"O({name})" for name in resource.key.fields))
        change = subject.words["fields"][field.name].get("change", "")
        found += subject.say(common["key"], key_use=use, change=change)
    if field.name in resource.key.defaults:
        found.append(subject.say(common["key_default"], value=display(resource.key.defaults[field.name])))
    if field.items_on_create:
        least, most = map(str, field.items_on_create)
        found.append(subject.say(common["required_items"], least=least, most=most))
    elif field.required_on_create:
        found.append(subject.say(common["required"]))
    if field.create_default is not None:
        value = "an empty list" if field.create_default == [] else f"V({display(field.create_default)})"
        found.append(subject.say(common["create_default"], value=value))
    return found


def type_sentences(subject: Subject, of: FieldType) -> list[str]:
    """Return what the type of a field says about its values."""
    say, common = subject.say, subject.common["types"]
    if isinstance(of, ListOf):
        return [common["list"], *type_sentences(subject, of.item)]
    if isinstance(of, Integer):
        return [say(common["bounds"], least=str(of.minimum), most=str(of.maximum))]
    if isinstance(of, Text):
        compared = [common["title"]] if isinstance(of, Title) else []
        return compared + ([] if of.max_length is None else [say(common["max_length"], most=str(of.max_length))])
    if isinstance(of, CaseInsensitiveEnum):
        return [say(common["choices"], choices=join(f"V({choice})" for choice in of.choices))]
    names = {
        RecordId: "record_id",
        FormerIntegerId: "former_integer_id",
        Uuid: "uuid",
        Network: "network",
        DomainName: "domain_name",
    }
    return [common[names[type(of)]]] if type(of) in names else []


def display(value: Any) -> str:
    """Return a value as in YAML."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def in_entries(options: Options, path: str) -> Options:
    """Return the options of one record as those of an entry of a list: the references need another path."""
    names = "|".join(map(re.escape, options))
    reference = re.compile(rf"\bO\(({names})(=[^)]*)?\)")
    return {
        name: {**each, "description": [reference.sub(rf"O({path}[].\1\2)", text) for text in each["description"]]}
        for name, each in options.items()
    }


def bulk_options(subject: Subject) -> Options:
    """Return the option with the list of a bulk module."""
    name = subject.resource.entries_option
    spec = bulk.BULK.spec(subject.resource)["argument_spec"][name]
    key, record_id = (
        f"O({name}[].{each})" for each in (subject.resource.key.fields[0], subject.resource.id_field.name)
    )
    listed = option(subject.say(subject.common["options"]["entries"], key=key, id=record_id), spec)
    return {name: {**listed, "suboptions": in_entries(record_options(subject), name)}}


def info_options(subject: Subject) -> Options:
    """Return the options of an info module, without those of the connection."""
    resource, common = subject.resource, subject.common["info"]
    fields = {field.name: field for field in (*resource.fields.values(), *resource.filters)}
    found = {}
    for name, spec in INFO.spec(resource)["argument_spec"].items():
        if name in CONNECTION_SPEC:
            continue
        if name == resource.id_field.name:
            description = [*subject.say(common["id"]), *type_sentences(subject, resource.id_field.type)]
        elif name in subject.words.get("details", {}):
            description = paragraphs(subject.words["details"][name]["option"])
        elif name in common:
            description = paragraphs(subject.say(common[name]))
        else:
            about_type = type_sentences(subject, fields[name].type)
            description = [*paragraphs(subject.words["filters"][name]), " ".join(about_type)]
            if name in INFO.options_with_commas(resource):
                description.append(common["with_commas"])
        found[name] = option(description, spec)
    return found


def shared_options(options: Mapping[str, Any], subject: Subject) -> Options:
    """Return options that modules share."""
    specs = {**bulk.BULK.spec(subject.resource)["argument_spec"], **LIST_MODE_SPEC}
    return {name: option(fill(paragraphs(text), code_values(name)), specs[name]) for name, text in options.items()}


def code_values(name: str) -> dict[str, str]:
    """Return what the names in braces stand for in the words about an option that modules share."""
    values = {
        "default_url": connection.DEFAULT_URL,
        "bundles": ", or else ".join(f"E({variable})" for variable in tls.BUNDLES),
        "first_delay": f"{retries.FIRST_DELAY:g}",
        "first_delay_after_429": f"{retries.FIRST_DELAY_AFTER_429:g}",
        "max_delay": f"{retries.MAX_DELAY:g}",
    }
    if name in BOUNDS:
        least, most = BOUNDS[name]
        values.update(least=str(least), most=str(most))
    if name in credentials.ENVIRONMENT:
        values["variable"] = f"E({credentials.ENVIRONMENT[name]})"
    return values
