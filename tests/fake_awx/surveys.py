# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWX's rules for the survey of a job template, and for the answers to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .refused import Refused

TYPES = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": float,
}
#: What AWX knows of a question. It would ignore other keys.
KEYS = {
    *("question_name", "question_description", "variable", "type", "required", "default", "choices", "min", "max"),
    "new_question",
}


def check(spec: Mapping[str, Any]) -> None:
    """Raise Refused where AWX does not take this as a survey."""
    for name, kind in (("name", str), ("description", str), ("spec", list)):
        if name not in spec:
            raise Refused(error=f"Field '{name}' is missing from survey spec.")
        if not isinstance(spec[name], kind):
            raise Refused(error=f"Expected {kind.__name__} for field '{name}'.")
    if not spec["spec"]:
        raise Refused(error="'spec' doesn't contain any items.")
    for number, question in enumerate(spec["spec"]):
        try:
            _check_question(question)
        except ValueError as error:
            raise Refused(error=f"{error} in survey question {number}") from error
        if question["variable"] in [other["variable"] for other in spec["spec"][:number]]:
            raise Refused(error=f"'variable' '{question['variable']}' duplicated in survey question {number}.")


def _check_question(question: Any) -> None:
    if not isinstance(question, dict):
        raise ValueError("no JSON object")
    for name, kind in (("type", str), ("question_name", str), ("variable", str), ("required", bool)):
        if not isinstance(question.get(name), kind):
            raise ValueError(f"'{name}' is missing or no {kind.__name__}")
    if set(question) - KEYS:
        raise ValueError(f"unknown keys {sorted(set(question) - KEYS)}")
    if question["type"] not in TYPES:
        raise ValueError(f"'{question['type']}' is not an allowed question type")
    default = question.get("default", "")
    if default != "" and (not isinstance(default, TYPES[question["type"]]) or isinstance(default, bool)):
        raise ValueError(f"default value {default!r} is not of the type {question['type']}")
    for name in ("min", "max"):
        if question.get(name) is not None and not is_whole_number(question[name]):
            raise ValueError(f"the {name} limit is no integer")
    if question["type"] in ("multiplechoice", "multiselect"):
        if "choices" not in question:
            raise ValueError("there are no choices")
        if default and not set(default.splitlines()) <= set(choices(question)):
            raise ValueError("the default is none of the choices")


def choices(question: Mapping[str, Any]) -> list[str]:
    """Return the choices of a question, which are a list or a text of lines."""
    listed = question["choices"]
    return listed.splitlines() if isinstance(listed, str) else list(listed)


def accepted(spec: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the extra variables that come of the answers. Raises Refused."""
    questions = {question["variable"]: question for question in spec.get("spec", [])}
    unasked = set(answers) - set(questions)
    if unasked:
        raise Refused(extra_vars=[f"Variables {', '.join(sorted(unasked))} are not allowed on launch."])
    problems = []
    for variable, question in questions.items():
        if variable in answers:
            problems += _problems(question, answers[variable])
        elif question["required"]:
            problems.append(f"'{variable}' value missing")
    if problems:
        raise Refused(variables_needed_to_start=problems)
    # A default is used where it is itself an answer: the empty default of a number is none.
    defaults = {
        variable: question["default"]
        for variable, question in questions.items()
        if "default" in question and not _problems(question, question["default"])
    }
    return {**defaults, **answers}


def _problems(question: Mapping[str, Any], answer: Any) -> list[str]:
    variable, kind = question["variable"], question["type"]
    if kind == "multiplechoice":
        fits = answer in choices(question)
    elif kind == "multiselect":
        fits = isinstance(answer, list) and set(answer) <= set(choices(question))
    elif kind in ("integer", "float"):
        fits = is_whole_number(answer) or (kind == "float" and isinstance(answer, float))
    else:
        fits = isinstance(answer, str)
    if not fits:
        return [f"Value {answer!r} for '{variable}' is no answer."]
    size = len(answer) if isinstance(answer, str) else answer
    if kind not in ("multiplechoice", "multiselect"):
        if question.get("min") is not None and size < question["min"]:
            return [f"'{variable}' value {answer!r} is too small (must be at least {question['min']})."]
        if question.get("max") is not None and size > question["max"]:
            return [f"'{variable}' value {answer!r} is too large (must be no more than {question['max']})."]
    return []


def is_whole_number(value: Any) -> bool:
    """Tell whether a value is an integer; for Python, true and false are some."""
    return isinstance(value, int) and not isinstance(value, bool)
