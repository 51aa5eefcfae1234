# Copyright (c) 2026, the mailsec.cloudflare maintainers
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Responses that the API reference does not describe, or that do not come from the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.module_runner import Run
from support.resources import DOMAIN, INTEGRATION, RESTRICTION
from support.sample import ID, Sample
from support.script import Script, envelope, page

OTHER = {"id": INTEGRATION, "domain": "other.example"}


NEITHER = "HTTP 200: the response reports neither success nor failure"
SOMETHING_ELSE = "The response is not from the Cloudflare API. Check api_url and proxies. ("


def restrictions(*responses: Any) -> Script:
    """Return a script in which the pages of the list are answered so."""
    return Script(
        *(RESTRICTION.lookup(number=number, answer=response) for number, response in enumerate(responses, start=1))
    )


def infos(records: list[dict[str, Any]], **info: Any) -> dict[str, Any]:
    return envelope(records, result_info=info)


@pytest.mark.parametrize(
    "responses",
    [
        pytest.param([infos([RESTRICTION.record], page=1, per_page=1000)], id="no totals, page not full"),
        pytest.param([infos([RESTRICTION.record], total_pages=1)], id="total_pages alone"),
        pytest.param([infos([OTHER], total_pages=2), infos([RESTRICTION.record], total_pages=2)], id="two total_pages"),
        pytest.param([infos([OTHER], per_page=1), infos([RESTRICTION.record], per_page=2)], id="full page, no totals"),
        pytest.param([envelope([RESTRICTION.record]), envelope([])], id="no result_info: until an empty page"),
        pytest.param([envelope([RESTRICTION.record], result_info=[]), envelope([])], id="result_info is a list"),
        pytest.param([infos([RESTRICTION.record], total_count="1"), envelope([])], id="total_count is text"),
        pytest.param(
            [infos([OTHER], total_count=0), infos([RESTRICTION.record], total_count=0), envelope([])],
            id="total_count too small",
        ),
        pytest.param([envelope([RESTRICTION.record])] * 2, id="server ignores the page"),
        pytest.param(
            [page([OTHER, RESTRICTION.record], 1, 3), page([RESTRICTION.record], 2, 3)], id="record on two pages"
        ),
        pytest.param(
            [envelope([OTHER]), envelope([RESTRICTION.record]), envelope(None)],
            id="null past the last page",
        ),
    ],
)
def test_the_record_is_found_with_any_page_counts(run: Callable[..., Run], responses: list[Any]) -> None:
    result = run(RESTRICTION.module, restrictions(*responses), domain=RESTRICTION.label)

    assert result.result == RESTRICTION.record


#: Readings of a list that are not complete, as the pages themselves say.
PARTS = {
    "fewer than there are": [infos([OTHER], total_count=2), envelope([])],
    "fewer than the last page says": [infos([OTHER], total_count=3), infos([OTHER], total_count=3)],
    "one gone between the pages": [infos([OTHER], total_count=3), infos([RESTRICTION.record], total_count=2)],
    "one more between the pages": [
        infos([OTHER], total_count=2),
        infos([RESTRICTION.record], total_count=3),
        infos([], total_count=3),
    ],
}
WHOLE = [infos([OTHER], total_count=2), infos([RESTRICTION.record], total_count=2)]


def readings(*lists: list[Any]) -> Script:
    """Return a script in which the list is read so many times."""
    return Script(
        *(
            RESTRICTION.lookup(number=number, answer=response)
            for responses in lists
            for number, response in enumerate(responses, start=1)
        )
    )


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("times", [1, 2])
def test_an_incomplete_list_is_read_again(run: Callable[..., Run], part: str, times: int) -> None:
    script = readings(*[PARTS[part]] * times, WHOLE)

    assert run(RESTRICTION.module, script, domain=RESTRICTION.label).result == RESTRICTION.record


@pytest.mark.parametrize(
    ("part", "numbers"),
    [
        ("fewer than there are", "2 records but returned 1"),
        ("fewer than the last page says", "3 records but returned 2"),
        ("one gone between the pages", "2 records but returned 2"),
        ("one more between the pages", "3 records but returned 2"),
    ],
)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_incomplete_list_is_an_error(run: Callable[..., Run], part: str, numbers: str, state: str) -> None:
    result = run(RESTRICTION.module, readings(*[PARTS[part]] * 3), domain="third.example", state=state)

    assert result.failed
    assert result.msg.startswith(
        f"HTTP 200: the list reports {numbers}, 3 times in a row. It may change while it is read. "
        "The incomplete list was not used. Run the task again. (GET "
    )


def test_the_total_of_a_filtered_list_may_count_the_whole_list(run: Callable[..., Run]) -> None:
    script = Script(
        DOMAIN.lookup(answer=infos([DOMAIN.record], total_count=7)),
        DOMAIN.lookup(number=2, answer=infos([], total_count=7)),
    )

    assert run(DOMAIN.module, script, domain=DOMAIN.label).result == DOMAIN.record


def endless(pages: int) -> Script:
    return restrictions(*(envelope([{"id": str(number), "domain": f"d{number}.example"}]) for number in range(pages)))


def test_a_list_without_an_end_is_an_error(run: Callable[..., Run]) -> None:
    result = run(RESTRICTION.module, endless(1000), domain=RESTRICTION.label)

    assert result.msg.startswith(
        "HTTP 200: the list has more than 1000 pages. The response is not from the Cloudflare API."
    )


def test_the_thousandth_page_can_be_the_last(run: Callable[..., Run]) -> None:
    script = endless(1000)
    script.left[-1].answer = infos([RESTRICTION.record], total_pages=1000)

    assert run(RESTRICTION.module, script, domain=RESTRICTION.label).result == RESTRICTION.record


def test_two_equal_records_without_id_are_one(run: Callable[..., Run]) -> None:
    nameless = {"domain": RESTRICTION.label, "comments": "x", "exclude": [{"odd": []}]}
    in_another_order = dict(reversed(list(nameless.items())))

    result = run(RESTRICTION.module, restrictions(page([nameless, in_another_order])), domain=RESTRICTION.label)

    assert result.result == nameless


def test_a_record_that_changed_between_two_pages_is_one(run: Callable[..., Run]) -> None:
    changed = {**RESTRICTION.record, "comments": "changed"}

    responses = [page([RESTRICTION.record], 1, 3), page([OTHER, changed], 2, 3)]

    assert run(RESTRICTION.module, restrictions(*responses), domain=RESTRICTION.label).result == RESTRICTION.record


def test_two_different_records_without_id_are_two(run: Callable[..., Run]) -> None:
    nameless = [{"domain": RESTRICTION.label, "comments": comments} for comments in ("x", "y")]

    result = run(RESTRICTION.module, restrictions(page(nameless)), domain=RESTRICTION.label)

    assert result.msg.startswith(f"domain: {RESTRICTION.label} matches 2 {RESTRICTION.plural}.")


@pytest.mark.parametrize("empty", [envelope(None), envelope([]), page([])])
def test_a_list_of_null_is_an_empty_list(run: Callable[..., Run], empty: Any) -> None:
    script = Script(DOMAIN.lookup(answer=empty), *DOMAIN.fallback())

    assert "has no email security domains" in run(DOMAIN.module, script, domain=DOMAIN.label).msg


@pytest.mark.parametrize(
    "response",
    [
        *(envelope(result) for result in ({}, "text", 5, True, [None], [[]], ["text"], [RESTRICTION.record, 1])),
        {"success": True},
    ],
)
def test_a_list_of_something_else_is_an_error(run: Callable[..., Run], response: dict[str, Any]) -> None:
    ran = run(RESTRICTION.module, restrictions(response), domain=RESTRICTION.label)

    assert ran.failed
    assert ran.msg.startswith("HTTP 200: the response has no list of records. (GET https://api.cloudflare.com")


@pytest.mark.parametrize("result", [None, {}, [], "text", [RESTRICTION.record]])
def test_a_read_without_a_record_is_an_error(run: Callable[..., Run], sample: Sample, result: Any) -> None:
    ran = run(sample.module, Script(sample.reading(answer=envelope(result))), **{sample.id_option: sample.id})

    assert ran.failed
    assert ran.msg == f"HTTP 200: the response has no record. (GET {sample.url}, ray id 8f2b7c1d3e4a5b6c-FRA)"
    assert ran.failure["url"] == sample.url


@pytest.mark.parametrize(
    "response",
    [
        *(envelope(result) for result in (None, {}, [], "text", True, {"status": "x"})),
        {"success": True, "errors": [], "messages": []},
    ],
)
def test_after_a_patch_without_a_record_in_the_response_the_record_is_read(
    run: Callable[..., Run], sample: Sample, response: dict[str, Any]
) -> None:
    script = Script(sample.found(), sample.patching(answer=response), sample.reading(sample.changed_record))

    ran = run(sample.module, script, **sample.key, **sample.change)

    assert ran.changed
    assert ran.result == sample.changed_record


def test_a_record_read_by_id_can_be_changed_without_an_id_in_the_response(
    run: Callable[..., Run], sample: Sample
) -> None:
    record = sample.without_id(sample.record)
    script = Script(sample.reading(record), sample.patching())

    assert run(sample.module, script, **{sample.id_option: sample.id}, **sample.change).changed


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("record_id", [None, "", 1.5, ["x"], {"x": 1}, True, ".", "..", "missing"])
def test_a_record_without_a_usable_id_cannot_be_changed(
    run: Callable[..., Run], sample: Sample, record_id: Any, check_mode: bool
) -> None:
    record = sample.without_id(sample.record) if record_id == "missing" else {**sample.record, "id": record_id}

    result = run(sample.module, Script(sample.lookup(record)), **sample.key, **sample.same).result
    assert result == record
    ran = run(sample.module, Script(sample.lookup(record)), check_mode, **sample.key, **sample.change)
    assert ran.failed
    assert ran.msg == f"The API returned no usable id for {sample.noun} {sample.label}: it cannot be changed."


@pytest.mark.parametrize("odd", [None, "text", 5, 1.5, True, [], [None], [["x"]], [{"x": 1}], {}, {"x": []}])
def test_fields_of_wrong_types_are_different_and_no_traceback(
    run: Callable[..., Run], sample: Sample, odd: Any
) -> None:
    # What decides how the key compares is a part of the question whether this is the record.
    settable = [name for name in sample.settable if name not in sample.resource.key.context]
    values = {name: sample.other_value(name) for name in settable}
    record = {**sample.record, **dict.fromkeys(values, odd)}
    same = [(True, True), (False, None)]
    body = {name: value for name, value in values.items() if (value, odd) not in same}

    ran = run(sample.module, Script(sample.lookup(record), sample.patching(record, body)), **sample.key, **values)

    assert ran.changed


def test_a_record_of_an_id_alone_is_a_record(run: Callable[..., Run], sample: Sample) -> None:
    script = Script(sample.reading({"id": sample.id}), sample.patching())

    ran = run(sample.module, script, **{sample.id_option: sample.id}, **sample.change)

    assert ran.changed
    assert ran.diff["before_header"] == f"{sample.noun} {sample.id}"


def test_a_record_without_name_and_id_is_called_by_the_id_that_it_was_read_by(
    run: Callable[..., Run], sample: Sample
) -> None:
    record = {"modified_at": "x"}

    ran = run(
        sample.module,
        Script(sample.reading(record), sample.patching()),
        **{sample.id_option: sample.id},
        **sample.change,
    )

    assert ran.diff["before_header"] == f"{sample.noun} {sample.id}"


@pytest.mark.parametrize(
    ("exchange", "sentence"),
    [
        pytest.param(
            {"text": "<html><head><title>Log in | Hotel</title></head><body>Welcome</body></html>"},
            "HTTP 200: the response is not JSON: Log in | Hotel. "
            "The response is not from the Cloudflare API. Check api_url and proxies.",
            id="HTML with a title",
        ),
        pytest.param(
            {"text": "<h1>Welcome</h1>\n<p>to this  place</p>"},
            "HTTP 200: the response is not JSON: Welcome to this place. ",
            id="HTML without",
        ),
        pytest.param({"text": ""}, "HTTP 200: the response is empty. ", id="nothing"),
        pytest.param({"text": "", "status": 204}, "HTTP 204: the response is empty. ", id="204"),
        pytest.param(
            {"answer": {"success": False, "errors": [{"code": 1001, "message": "No."}]}},
            "HTTP 200: No (code 1001). ",
            id="success false",
        ),
        pytest.param(
            {"answer": {"success": False}}, "HTTP 200: success is not true, no reason given. ", id="no reason"
        ),
        pytest.param({"answer": {"result": {}}}, f"{NEITHER}. {SOMETHING_ELSE}", id="no success"),
        pytest.param({"answer": {"success": "true"}}, f"{NEITHER}. {SOMETHING_ELSE}", id="success as text"),
        pytest.param({"answer": {"success": 1}}, f"{NEITHER}. {SOMETHING_ELSE}", id="success as number"),
        pytest.param({"answer": {"success": None}}, f"{NEITHER}. {SOMETHING_ELSE}", id="success of null"),
        pytest.param({"answer": {"message": "Hi."}}, f"{NEITHER}: Hi. {SOMETHING_ELSE}", id="a message"),
        pytest.param({"answer": []}, f"{NEITHER}. {SOMETHING_ELSE}", id="a list"),
        pytest.param({"answer": "text"}, f"{NEITHER}. {SOMETHING_ELSE}", id="a string"),
        pytest.param({"answer": None}, f"{NEITHER}. {SOMETHING_ELSE}", id="null"),
        pytest.param({"text": "[" * 100_000}, "HTTP 200: the response is not JSON: [[[", id="too deep"),
        pytest.param(
            {"status": 301, "text": "", "headers": {"location": "https://elsewhere.example/x"}},
            "HTTP 301: the server redirects to https://elsewhere.example/x. "
            "Redirects are not followed, because they would forward the credentials. Check api_url. ",
            id="redirect",
        ),
        pytest.param({"status": 307}, "HTTP 307: no reason given. (", id="307"),
        pytest.param({"status": 300, "answer": envelope({"id": ID})}, "HTTP 300: no reason given. (", id="300"),
        pytest.param({"status": 400, "text": ""}, "HTTP 400: no reason given. ", id="400 and nothing"),
        pytest.param({"status": 400, "answer": {"errors": []}}, "HTTP 400: no reason given. ", id="400, no errors"),
        pytest.param({"status": 400, "answer": {"errors": "x"}}, "HTTP 400: no reason given. ", id="errors as text"),
        pytest.param({"status": 400, "answer": "x"}, "HTTP 400: no reason given. ", id="400, a string"),
    ],
)
def test_a_response_that_is_not_from_the_api_is_always_an_error(
    run: Callable[..., Run], sample: Sample, exchange: dict[str, Any], sentence: str
) -> None:
    for script, params in (
        ([sample.lookup(**exchange)], sample.key),
        ([sample.reading(**exchange)], {sample.id_option: sample.id}),
        ([sample.found(), sample.patching(**exchange)], {**sample.key, **sample.change}),
    ):
        ran = run(sample.module, Script(*script), **params)

        assert ran.failed
        assert ran.msg.startswith(sentence)
        assert ran.failure["status"] == exchange.get("status", 200)
