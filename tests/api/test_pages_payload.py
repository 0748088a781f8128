"""How a payload is shown: as lists, tables and text, long values folded, no more than a page can hold."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.pages.forms import NotAnObjectError, read_object
from services.api.pages.payload_view import LONG_CHARACTERS, MAX_NODES, Node, Shape, payload_view
from services.api.pages.rendering import TEMPLATES

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=30,
)


def html(value: object) -> str:
    page = TEMPLATES.from_string('{% import "payload.html" as payload %}{{ payload.show(node) }}')
    return page.render(node=payload_view(value))


def count(node: Node) -> int:
    inner = [one for _, one in node.entries] + [cell for row in node.rows for cell in row]
    return 1 + sum(count(one) for one in inner)


def test_an_object_is_shown_field_by_field_in_its_own_order() -> None:
    node = payload_view({"payee": "Kestrel", "amount": 12.5, "urgent": True, "note": None})

    assert node.shape is Shape.OBJECT
    assert [(key, one.text) for key, one in node.entries] == [
        ("payee", "Kestrel"),
        ("amount", "12.5"),
        ("urgent", "yes"),
        ("note", "none"),
    ]


def test_a_list_of_like_objects_is_a_table() -> None:
    node = payload_view([{"item": "sensor", "price": 3900}, {"item": "cable", "price": 12}])

    assert node.shape is Shape.TABLE
    assert node.columns == ["item", "price"]
    assert [[cell.text for cell in row] for row in node.rows] == [["sensor", "3900"], ["cable", "12"]]


@pytest.mark.parametrize(
    "items", [[{"a": 1, "b": 2}, {"a": 1}], [{"a": 1, "b": [1]}, {"a": 1, "b": 2}], [1, 2]]
)
def test_a_list_of_unlike_items_is_a_list(items: list[object]) -> None:
    assert payload_view(items).shape is Shape.ITEMS


def test_a_long_text_is_folded_and_whole() -> None:
    text = "word " * LONG_CHARACTERS

    node = payload_view(text)

    assert node.shape is Shape.LONG
    assert node.text == text


def test_a_large_payload_is_shown_in_bounded_parts_and_nothing_of_it_is_lost() -> None:
    value = {str(number): {"a": [number, number], "b": "x"} for number in range(5000)}

    assert count(payload_view(value)) <= MAX_NODES
    assert json.dumps(value["4999"]["a"][0]) in html(value)


def test_a_deep_payload_is_shown() -> None:
    value: object = "the innermost"
    for _ in range(400):
        value = {"inner": value}

    assert "the innermost" in html(value)


def test_markup_in_keys_and_values_is_text() -> None:
    shown = html({"<b>key</b>": "<script>alert(1)</script>", "list": [{"<i>": "'\"><img>", "b": 1}] * 2})

    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


@given(value=JSON)
def test_any_payload_is_shown_and_is_never_markup(value: object) -> None:
    shown = html({"<x": value})

    assert "<x" not in shown


@given(value=st.dictionaries(st.text(), JSON, max_size=5))
def test_an_edited_payload_is_read_as_it_was_written(value: dict[str, object]) -> None:
    assert read_object(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1 column 1"),
        ('{\n  "a": 1,\n}', "line 3 column 1"),
        ("[1]", "a JSON object"),
        ("null", "a JSON object"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1, "a": 2}', "twice"),
        ('{"a": {"b": 1, "b": 2}}', "twice"),
        ("[" * 100_000, "Nested"),
    ],
)
def test_what_is_no_object_is_refused_with_the_place(text: str, said: str) -> None:
    with pytest.raises(NotAnObjectError, match=said):
        read_object(text)
