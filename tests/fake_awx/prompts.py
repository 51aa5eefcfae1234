# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules for surveys, for the answers of a launch or a schedule, and for the times of a schedule."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from jsonschema import Draft4Validator

from .kinds import Refused, Unknown, check_known

TYPES = {"text": str, "multiplechoice": str, "integer": int}
QUESTION = {
    "required": ["type", "question_name", "variable", "required"],
    "properties": {
        **{name: {"type": "string"} for name in ("question_name", "question_description", "variable", "choices")},
        **{name: {"type": "integer"} for name in ("min", "max")},
        "type": {"enum": list(TYPES)},
        "required": {"type": "boolean"},
        "default": {"not": {"type": "string", "pattern": r"^\$encrypted\$"}},
    },
    "additionalProperties": False,
}
SURVEY = {
    "required": ["name", "description", "spec"],
    "properties": {"spec": {"type": "array", "minItems": 1, "items": QUESTION}},
}
#: Besides the answers, what a launch and a schedule can set.
PROMPTS = ("limit", "job_type")
START = re.compile(r"DTSTART(?:;TZID=([\w/+-]+))?:[0-9]{8}T[0-9]{6}(Z?)")
RULE = re.compile(r"RRULE:FREQ=(HOURLY|DAILY|WEEKLY|MONTHLY);INTERVAL=[1-9][0-9]*(;BYDAY=[A-Z]{2}(,[A-Z]{2})*)?")


def check_survey(survey: Mapping[str, Any]) -> None:
    """Raise Refused if AWX refuses this survey, or if it has unknown keys or types."""
    problems = [error.message for error in Draft4Validator(SURVEY).iter_errors(survey)]
    if not problems:
        questions = {each["variable"]: each for each in survey["spec"]}
        problems = ["'variable' duplicated in survey questions"] if len(questions) < len(survey["spec"]) else []
        problems += [
            "no choices" for each in survey["spec"] if each["type"] == "multiplechoice" and "choices" not in each
        ]
        defaults = {name: each["default"] for name, each in questions.items() if each.get("default", "") != ""}
        problems = problems or [problem for name in defaults if (problem := _problem(questions[name], defaults))]
    if problems:
        raise Refused(error=problems[0])


def accept(template: Mapping[str, Any], sent: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a template accepts of a launch, with the defaults of the survey, and what it ignores.

    Raises Refused for wrong and missing answers.
    """
    check_known("these values of a launch", sent, ["extra_vars", *PROMPTS])
    answers = sent.get("extra_vars", {})
    questions = (
        {each["variable"]: each for each in template["_survey"].get("spec", [])} if template["survey_enabled"] else {}
    )
    problems = [problem for question in questions.values() if (problem := _problem(question, answers))]
    if problems:
        raise Refused(variables_needed_to_start=problems)
    defaults = {name: question["default"] for name, question in questions.items() if "default" in question}
    extra_vars = {name: value for name, value in defaults.items() if not _problem(questions[name], defaults)}
    accepted: dict[str, Any] = {"extra_vars": extra_vars}
    ignored: dict[str, Any] = {}
    for name in PROMPTS:
        if sent.get(name):
            (accepted if template[f"ask_{name}_on_launch"] else ignored)[name] = sent[name]
    for name, value in answers.items():
        (extra_vars if name in questions else ignored.setdefault("extra_vars", {}))[name] = value
    return accepted, ignored


def _problem(question: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    variable = question["variable"]
    if variable not in answers:
        return f"'{variable}' value missing" if question["required"] else ""
    answer = answers[variable]
    if answer.__class__ is not TYPES[question["type"]]:
        return f"Value {answer} for '{variable}' expected to be a {question['type']}."
    if question["type"] == "multiplechoice":
        return "" if answer in question["choices"].splitlines() else f"Value {answer} for '{variable}' is no choice."
    size = len(answer) if isinstance(answer, str) else answer
    if size < question.get("min", size):
        return f"'{variable}' value {answer} is too small (must be at least {question['min']})."
    if size > question.get("max", size):
        return f"'{variable}' value {answer} is too large (must be no more than {question['max']})."
    return ""


def check_schedule(template: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Raise Refused if AWX refuses this schedule. What a launch ignores is refused here."""
    _check_times(values["rrule"])
    _accepted, ignored = accept(
        template, {"extra_vars": values["extra_data"], **{name: values[name] for name in PROMPTS}}
    )
    unasked = ", ".join(ignored.pop("extra_vars", {}))
    problems = {name: ["Field is not configured to prompt on launch."] for name in ignored}
    if unasked:
        hint = "Check the Prompt on Launch setting on the Job Template to include Extra Variables."
        problems["extra_data"] = [f"Variables {unasked} are not allowed on launch. {hint}"]
    if problems:
        raise Refused(**problems)


def _check_times(rrule: str) -> None:
    start, _blank, rule = rrule.partition(" ")
    match = START.fullmatch(start)
    if not match:
        raise Refused(rrule=["Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ"])
    if not any(match.groups()):
        raise Refused(rrule=["DTSTART cannot be a naive datetime. Require ;TZINFO= or YYYYMMDDTHHMMSSZZ."])
    if match[1] and match[1] not in available_timezones():
        raise Refused(rrule=["A valid TZID must be provided (e.g., America/New_York)"])
    if "INTERVAL=" not in rule:
        raise Refused(rrule=[f"INTERVAL required in rrule: {rule}"])
    if not RULE.fullmatch(rule):
        raise Unknown(f"the rule {rule}")
