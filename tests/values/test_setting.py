"""`--set` and its siblings in the grammar of Helm's own reader of them, and where Helm gives up."""

from __future__ import annotations

from typing import Any

import pytest

from rea_xcom_tui.values.charts import Engine, MergeFailed
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.merged import Merged, Part, plain
from rea_xcom_tui.values.setting import assigned

BASE = "a: {b: 1}\nlist: [1, {x: 2}, [3]]\ntext: word\nnothing: null\n"


def after(rule: str, path: str, value: str = "", engine: Engine = "4.2") -> Any:
    """What the values are after one assignment over `BASE`."""
    root = Merged(read_documents(BASE).roots[0], Part(0))
    return plain(assigned(root, Part(1, rule=rule, path=path, value=value), engine))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "path", "value", "key", "outcome"),
    [
        ("set", "a.b", "2", "a", {"b": 2}),
        ("set", "a.b", "TRUE", "a", {"b": True}),
        ("set", "a.b", "Null", "a", {"b": None}),
        ("set", "a.b", "0", "a", {"b": 0}),
        ("set", "a.b", "012", "a", {"b": "012"}),
        ("set", "a.b", "9223372036854775807", "a", {"b": 2**63 - 1}),
        ("set", "a.b", "9223372036854775808", "a", {"b": "9223372036854775808"}),
        ("set", "a.b", "-9223372036854775808", "a", {"b": -(2**63)}),
        ("set", "a.b", "", "a", {"b": ""}),
        ("set", "a.b", "x,a.c=y", "a", {"b": "x", "c": "y"}),
        ("set", "a.b", "x\\,y", "a", {"b": "x,y"}),
        ("set", "a.b", "x\\", "a", {"b": "x"}),
        ("set", "a.b", "{1,two}", "a", {"b": [1, "two"]}),
        ("set", "a.b", "{1},a.c=2", "a", {"b": [1], "c": 2}),
        ("set", "a\\.b", "1", "a.b", 1),
        ("set", "list[0]", "9", "list", [9, {"x": 2}, [3]]),
        ("set", "list[1].y", "9", "list", [1, {"x": 2, "y": 9}, [3]]),
        ("set", "list[2][1]", "9", "list", [1, {"x": 2}, [3, 9]]),
        ("set", "list[4]", "9", "list", [1, {"x": 2}, [3], None, 9]),
        ("set", "list[3][0]", "9", "list", [1, {"x": 2}, [3], [9]]),
        ("set", "list[3].k", "", "list", [1, {"x": 2}, [3]]),
        ("set", "list[1].k", "", "list", [1, {"x": 2, "k": ""}, [3]]),
        ("set", "new[0]", "1", "new", [1]),
        ("set", "a.", "1", "a", {"b": 1}),
        ("set-string", "a.b", "1", "a", {"b": "1"}),
        ("set-string", "a.b", "{true}", "a", {"b": ["true"]}),
        ("set-literal", "a.b", "{x\\,y}=z", "a", {"b": "{x\\,y}=z"}),
        ("set-file", "a.b", "line\n", "a", {"b": "line\n"}),
        ("set-json", "a.b", ' {"k": [1]} , text=2', "a", {"b": {"k": [1]}}),
        ("set-json", "a.b", " ,a.c=[2]", "a", {"b": None, "c": [2]}),
        ("set-json", "", '{"a": {"c": 2}}', "a", {"b": 1, "c": 2}),
    ],
)
def test_what_helm_makes_of_an_assignment(rule: str, path: str, value: str, key: str, outcome: object) -> None:
    assert after(rule, path, value)[key] == outcome


def test_thirty_levels_are_deep_enough_for_helm_and_one_more_is_not() -> None:
    assert after("set", "a.c" + ".c" * 29, "1")["a"]["c"]
    with pytest.raises(MergeFailed, match="more than 30 levels deep"):
        after("set", "a.c" + ".c" * 30, "1")


@pytest.mark.parametrize(
    ("rule", "path", "value", "why"),
    [
        ("set", "a,b", "1", "the key a has no value"),
        ("set", "a.b", "1,c", "the key c has no value"),
        ("set", "a.b", "1,new.x", "the key x has no value"),
        ("set", "new.", "1", "the key new has no value"),
        ("set", "text.x", "1", "text is a single value, not a mapping"),
        ("set", "list.x", "1", "list is a list, not a mapping"),
        ("set", "nothing.x", "1", "nothing is null, not a mapping"),
        ("set", "a[0]", "1", "a is a mapping, not a list"),
        ("set", "list[-1]", "1", "there is no item -1"),
        ("set", "list[x]", "1", r"\[x\] is not an index"),
        ("set", "list[0", "1", "is not an index"),
        ("set", "list[0]x", "1", "x follows an index"),
        ("set", "list[1][0]", "1", "item 1 is a mapping, not a list"),
        ("set", "new[65537]", "1", "Helm stops at 65536"),
        ("set", "a.b", "{1,2", "its list has no closing brace"),
        ("set-json", "a.b", "{", "its value is not JSON"),
        ("set-json", "", "{", "The value for --set-json is not JSON."),
    ],
)
def test_where_helm_gives_up_the_reason_is_told(rule: str, path: str, value: str, why: str) -> None:
    with pytest.raises(MergeFailed, match=why):
        after(rule, path, value)


def test_only_helm_4_takes_a_whole_object() -> None:
    with pytest.raises(MergeFailed, match="Helm 3 takes no whole object"):
        after("set-json", "", "{}", "3")
