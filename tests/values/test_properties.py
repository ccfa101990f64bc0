"""What holds for every file and every edit, tried on random ones."""

from __future__ import annotations

import json
import random
from typing import Any

import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from rea_xcom_tui.values import AddKey, AppendItem, Node, RefusedEdit, Remove, SetMember, SetText, ValuesFile, edit

from .documents import Model, Path, Writer, addresses, random_json, random_model, replaced, value_at, write_json

MODEST = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

seeds = st.integers(0, 2**32)
texts = st.one_of(
    st.sampled_from(
        ["new", "0", "y", "1e3", "", "~", "a: b # c", "two\nlines\n", " x ", "{{ t }}", "'\"\\", "it's", "😀"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)


def written(seed: int) -> tuple[random.Random, Model, bytes]:
    """A random model and a file that holds it, in one of the forms files come in."""
    r = random.Random(seed)
    model = random_model(r)
    text = Writer(r).write(model)
    form = r.randrange(4)
    if form == 1:
        text = text.replace("\n", "\r\n")
    data = text.encode()
    if form == 2:
        data = b"\xef\xbb\xbf" + data
    return r, model, data.rstrip(b"\r\n") if form == 3 else data


def as_helm(node: Node) -> Model:
    if node.kind == "mapping":
        return {key.name: as_helm(value) for key, value in node.entries}
    return [as_helm(item) for item in node.items] if node.kind == "sequence" else node.text


def all_readings(data: bytes) -> list[Model]:
    """What PyYAML, ruamel.yaml and our own reader see; the pure readers get blanks for tabs between tokens."""
    text = data.decode("utf-8-sig")
    spaced = "\n".join(line if line.strip() != "" else "" for line in text.replace("\t#", " #").split("\n"))
    return [
        yaml.load(text, yaml.CBaseLoader),
        YAML(typ="base", pure=True).load(spaced),
        as_helm(ValuesFile.parse(data).root),
    ]


@MODEST
@given(seeds)
def test_three_readers_see_the_model(seed: int) -> None:
    _, model, data = written(seed)
    readings = all_readings(data)
    assume(not data.endswith(b"\n") or readings[0] == model)  # without a last newline a block text may lose it
    assert all(reading == readings[0] for reading in readings)


@MODEST
@given(seeds, texts)
def test_a_set_changes_exactly_one_value_and_no_byte_outside_of_it(seed: int, text: str) -> None:
    r, _, data = written(seed)
    old = all_readings(data)[0]
    strings = addresses(old)
    assume(strings)
    address = r.choice(strings)
    file = ValuesFile.parse(data)
    node = file.find(address)
    assert node is not None
    assume(node.kind == "scalar")
    new = edit(data, [SetText(address, text)])
    changed = replaced(old, address, text)
    assert all(reading == changed for reading in all_readings(new))
    found = ValuesFile.parse(new).find(address)
    assert found is not None
    assert found.value == text
    before, after = file.text[: node.start], file.text[node.end :]
    result = new.decode("utf-8-sig")
    assert result.startswith(before)
    assert result.endswith(after)
    assert new.startswith(b"\xef\xbb\xbf") == data.startswith(b"\xef\xbb\xbf")


@MODEST
@given(seeds)
def test_the_same_text_is_no_change(seed: int) -> None:
    r, _, data = written(seed)
    model = all_readings(data)[0]
    pairs = [(address, value_at(model, address)) for address in addresses(model)]
    strings = [SetText(address, text) for address, text in pairs if isinstance(text, str)]
    chosen = r.sample(strings, min(5, len(strings)))
    assert edit(data, chosen) == data


@MODEST
@given(seeds)
def test_a_set_and_its_inverse_are_the_identity(seed: int) -> None:
    r, _, data = written(seed)
    model = all_readings(data)[0]
    usual = [address for address in addresses(model) if isinstance(value_at(model, address), str)]
    assume(usual)
    address = r.choice(usual)
    old = value_at(model, address)
    node = ValuesFile.parse(data).find(address)
    assert node is not None
    in_env = len(address) > 2 and address[-1] == "value"
    assume(node.style or not in_env)  # plain env values end up quoted, and stay so
    assume(node.style not in ("|", ">") or (old.endswith("\n") and not old.endswith("\n\n")))
    new_text = "other\n" if node.style == "|" else "other"
    there = edit(data, [SetText(address, new_text)])
    assert edit(there, [SetText(address, old)]) == data


@MODEST
@given(seeds, texts)
def test_an_added_key_goes_again_without_a_trace(seed: int, text: str) -> None:
    r, _, data = written(seed)
    model = all_readings(data)[0]
    mappings = [a for a in holders(model, dict) if value_at(model, a)]
    address = r.choice(mappings)
    there = edit(data, [AddKey(address, "added", text)])
    assert all(
        reading == replaced(model, address, {**value_at(model, address), "added": text})
        for reading in all_readings(there)
    )
    assert edit(there, [Remove((*address, "added"))]) == data


@MODEST
@given(seeds, texts)
def test_an_added_item_goes_again_without_a_trace(seed: int, text: str) -> None:
    r, _, data = written(seed)
    model = all_readings(data)[0]
    lists = [a for a in holders(model, list) if value_at(model, a)]
    assume(lists)
    address = r.choice(lists)
    there = edit(data, [AppendItem(address, (("name", "ADDED"), ("value", text)))])
    wanted = [*value_at(model, address), {"name": "ADDED", "value": text}]
    assert all(reading == replaced(model, address, wanted) for reading in all_readings(there))
    assert edit(there, [Remove((*address, ("name", "ADDED")))]) == data


@MODEST
@given(seeds)
def test_a_removal_takes_one_thing_away(seed: int) -> None:
    r, _, data = written(seed)
    model = all_readings(data)[0]
    address = r.choice([a for a in every_address(model) if a])
    holder = value_at(model, address[:-1])
    if isinstance(holder, dict):
        left: Model = {key: value for key, value in holder.items() if key != address[-1]}
    else:
        left = [value for at, value in enumerate(holder) if at != address[-1]]
    try:
        new = edit(data, [Remove(address)])
    except RefusedEdit as refused:
        if refused.code in ("shape", "final-newline"):
            return
        raise
    assert all(reading == replaced(model, address[:-1], left) for reading in all_readings(new))


@MODEST
@given(seeds)
def test_comments_blank_lines_order_and_quotes_change_nothing_in_what_is_read(seed: int) -> None:
    r = random.Random(seed)
    model = random_model(r)
    shuffled = dict(r.sample(list(model.items()), len(model)))
    bare = ValuesFile.parse(Writer(r, comments=False).write(model).encode())
    adorned = ValuesFile.parse(Writer(r).write(shuffled).encode())
    for address in addresses(model):
        one, other = bare.find(address), adorned.find(address)
        assert one is not None
        assert other is not None
        assert one.text == other.text
        assert (one.kind, other.kind) == (other.kind, one.kind)


@MODEST
@given(seeds, st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), st.integers(), st.booleans()))
def test_one_member_of_a_json_text_changes(seed: int, value: str | int | bool) -> None:
    r = random.Random(seed)
    old = random_json(r)
    text = write_json(r, old)
    quotes = r.choice(
        (
            lambda t: "'" + t.replace("'", "''") + "'",
            in_double_quotes,
            lambda t: f"|-\n      {t}",
            lambda t: f">-\n      {t}",
        )
    )
    data = f"# {{\nenv:\n  - name: C\n    value: {quotes(text)}\n  - name: D\n    value: x # c\n".encode()
    pointer = pointer_into(r, old)
    new = edit(data, [SetMember(("env", 0, "value"), pointer, value)])
    found = ValuesFile.parse(new).find(("env", 0, "value"))
    assert found is not None
    assert opened(json.loads(found.text)) == with_member(opened(old), pointer, value)
    assert new.startswith(b"# {\nenv:\n  - name: C\n    value: ")
    assert new.endswith(b"\n  - name: D\n    value: x # c\n")
    assert edit(new, [SetMember(("env", 0, "value"), pointer, value)]) == new


def in_double_quotes(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def holders(model: Model, kind: type) -> list[Path]:
    return [address for address in every_address(model) if isinstance(value_at(model, address), kind)]


def every_address(model: Model) -> list[Path]:
    children: list[tuple[Any, Model]] = []
    if isinstance(model, dict):
        children = list(model.items())
    elif isinstance(model, list):
        children = list(enumerate(model))
    return [(), *((key, *rest) for key, value in children for rest in every_address(value))]


def opened(value: Any) -> Any:
    """A JSON value with every string that holds an object opened."""
    if isinstance(value, dict):
        return {key: opened(item) for key, item in value.items()}
    inner = object_in(value)
    return (type(value).__name__, value) if inner is None else {"a text with": opened(inner)}


def object_in(value: Any) -> dict[str, Any] | None:
    """The JSON object that a string holds, if it holds one."""
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def pointer_into(r: random.Random, value: dict[str, Any]) -> tuple[str, ...]:
    key = r.choice([*value, "fresh"])
    inner = object_in(value.get(key)) or value.get(key)
    return (key, *pointer_into(r, inner)) if isinstance(inner, dict) and inner and r.random() < 0.8 else (key,)


def with_member(value: Any, pointer: tuple[str, ...], new: Any) -> Any:
    if "a text with" in value:
        return {"a text with": with_member(value["a text with"], pointer, new)}
    if len(pointer) == 1:
        return {**value, pointer[0]: opened(new)}
    return {**value, pointer[0]: with_member(value[pointer[0]], pointer[1:], new)}
