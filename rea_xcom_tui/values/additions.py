"""Adding: an item to a list, a key to a mapping, in block style, in brackets, or where there is nothing yet."""

from __future__ import annotations

from dataclasses import replace

from rea_xcom_tui.edits import AddKey, AppendItem, Step
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.brackets import add_in_brackets
from rea_xcom_tui.values.content import (
    Content,
    Habits,
    Items,
    Map,
    Text,
    block_lines,
    entry_events,
    events_of,
    flow_habits,
    flow_text,
    habits_of,
    local_habits,
)
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.fill_empty import fill_empty, is_fillable
from rea_xcom_tui.values.locating import Spot, describe, locate, refuse_merge_key, refuse_twin
from rea_xcom_tui.values.nodes import Node, is_merge
from rea_xcom_tui.values.positions import (
    after_own_comments,
    column_of,
    content_end,
    content_start,
    dash_of,
    is_line_opener,
    last_leaf,
    line_start,
    newline_at,
    odd_shape,
    refuse_open_end,
)
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.scalars import plan_text
from rea_xcom_tui.values.splice import Expected, Splice, event_range


def plan_append(file: ValuesFile, edit: AppendItem) -> Splice | None:
    """The splice for `AppendItem`, or None when the same item is there already."""
    item = Map(tuple((key, _content(given, quoted=key in edit.quoted)) for key, given in edit.entries))
    spot = locate(file, edit.address, partly=True)
    if spot.missing:
        return _add_path(file, spot, Items((item,)), edit.after)
    node = spot.node
    if node.is_alias:
        raise _alias_in_the_way(spot)
    if is_fillable(node, "sequence"):
        return fill_empty(file, spot, Items((item,)), habits_of(file))
    if node.kind != "sequence":
        raise _wrong_kind(spot, "list")
    if _present(node, edit):
        return None
    if node.is_flow:
        habits = flow_habits(file, node, habits_of(file))
        return add_in_brackets(file, spot, flow_text(item, habits), events_of(item), habits)
    return _append_block_item(file, node, item)


def _content(given: str | tuple[str, ...], *, quoted: bool) -> Text | Items:
    if isinstance(given, str):
        return Text(given, quoted)
    return Items(tuple(Text(text, quoted) for text in given))


def _present(sequence: Node, edit: AppendItem) -> bool:
    """Whether exactly this item is there. Raises `RefusedEdit` when another one has its name."""
    wanted = dict(edit.entries)
    for item in sequence.items:
        name = item.get("name")
        if "name" not in wanted or name is None or name.value != wanted["name"]:
            continue
        found = {key.name: value.value for key, value in item.entries}
        if found == wanted:
            return True
        raise RefusedEdit(
            "exists",
            f"{describe((*edit.address, ('name', str(wanted['name']))))} is there already, at line {item.line}; "
            "change it instead of adding it.",
            item.line,
            item.column,
        )
    return False


def plan_add_key(file: ValuesFile, edit: AddKey) -> Splice | None:
    """The splice for `AddKey`, or None when the key is there with the same text. Raises `RefusedEdit`."""
    spot = locate(file, edit.address, partly=True)
    refuse_merge_key(edit.key, spot.node)
    quoted = edit.key == "value" and bool(edit.address) and not isinstance(edit.address[-1], str)
    text = Text(edit.text, quoted)
    if spot.missing:
        return _add_path(file, spot, Map(((edit.key, text),)), edit.after)
    if spot.node.is_alias:
        raise _alias_in_the_way(spot)
    present = [value for key, value in spot.node.entries if not is_merge(key.raw) and key.name == edit.key]
    if not present:
        return _add_entry(file, spot, edit.key, text, edit.after)
    value = locate(file, (*edit.address, edit.key))
    if value.node.kind == "scalar" and value.node.value is None:
        return plan_text(file, value, edit.text)
    if value.node.kind == "scalar" and value.node.value == edit.text:
        return None
    raise RefusedEdit(
        "exists",
        f"{describe(value.address)} is there already, at line {value.node.line}; change it instead of adding it.",
        value.node.line,
        value.node.column,
    )


def _add_path(file: ValuesFile, spot: Spot, content: Map | Items, after: str | None) -> Splice:
    """Add the missing keys of a path, with `content` at its end, as one nested entry."""
    keys = [_as_key(spot, step) for step in spot.missing]
    nested: Content = content
    for key in reversed(keys[1:]):
        nested = Map(((key, nested),))
    if spot.node.is_alias:
        raise _alias_in_the_way(spot)
    return _add_entry(file, spot, keys[0], nested, after)


def _as_key(spot: Spot, step: Step) -> str:
    if isinstance(step, str):
        return step
    raise RefusedEdit(
        "missing",
        f"{describe((*spot.address, *spot.missing))} cannot be added: there is no such list item.",
        spot.node.line,
        0,
    )


def _add_entry(file: ValuesFile, spot: Spot, key: str, value: Content, after: str | None) -> Splice:
    node = spot.node
    refuse_twin(node, key)
    content = Map(((key, value),))
    if is_fillable(node, "mapping"):
        return fill_empty(file, spot, content, habits_of(file))
    if node.kind != "mapping":
        raise _wrong_kind(spot, "mapping")
    habits = local_habits(habits_of(file), [each for _, each in node.entries], [each for each, _ in node.entries])
    if node.is_flow:
        habits = flow_habits(file, node, habits)
        written = flow_text(content, replace(habits, pad=""))[1:-1]
        return add_in_brackets(file, spot, written, entry_events(content), habits)
    if isinstance(value, Map | Items):
        habits = replace(habits, plain_values=True)
    return _add_block_entry(file, spot, content, habits, after)


def _add_block_entry(
    file: ValuesFile,
    spot: Spot,
    content: Map,
    habits: Habits,
    after: str | None,
) -> Splice:
    """A new entry below the one called `after`, else below the last one that leaves a safe place."""
    node = spot.node
    entries = node.entries
    column = column_of(file.text, entries[0][0].start)
    before = file.text[line_start(file.text, entries[0][0].start) : entries[0][0].start]
    if before.strip(" \t-"):
        raise odd_shape(node.line, "its first key does not begin its line")
    by_name = [at for at, (key, _) in enumerate(entries) if key.name == after]
    merges = [at for at, (key, _) in enumerate(entries) if is_merge(key.raw)]
    order = [*by_name[-1:], *range(len(entries) - 1, -1, -1)]
    # above a merge the new key would be overridden by it
    order = [at for at in order if not merges or at >= merges[-1]]
    top = not spot.parents
    safe = (at for at in order if _is_safe(file, entries[at][1], top_level=top))
    chosen = next(safe, order[0])
    lines = block_lines(content, column, habits)
    return _insert_lines(file, entries[chosen][1], column, lines, tuple(entry_events(content)))


def _is_safe(file: ValuesFile, value: Node, *, top_level: bool) -> bool:
    """Whether a line can follow `value` without making it longer, or the file's last line look changed."""
    if content_end(file, value) < len(file.text):
        return True
    in_block_text = last_leaf(value).style in ("|", ">")
    if file.text.endswith("\n"):
        return not (top_level and in_block_text)
    return not top_level and not in_block_text


def _append_block_item(file: ValuesFile, sequence: Node, item: Map) -> Splice:
    last = sequence.items[-1]
    dash = dash_of(file, sequence, len(sequence.items) - 1)
    if not is_line_opener(file.text, dash):
        raise odd_shape(last.line, "its list begins in the middle of a line")
    column = column_of(file.text, dash)
    habits, in_braces = _item_habits(file, sequence, item)
    item = _quoted_alike(sequence, item)
    if in_braces:
        lines = [f"{' ' * column}-{habits.dash_gap}{flow_text(item, habits)}"]
    else:
        lines = block_lines(Items((item,)), column, habits)
    return _insert_lines(file, last, column, lines, tuple(events_of(item)))


def _quoted_alike(sequence: Node, item: Map) -> Map:
    """The item with quotes around those texts that have quotes in the list's last item of the same keys."""
    wanted = {key for key, _ in item.entries}
    for other in reversed(sequence.items):
        styles = {key.name: value.style for key, value in other.entries}
        if wanted <= styles.keys():
            pairs = ((key, text, bool(styles[key])) for key, text in item.entries)
            return Map(
                tuple(
                    (key, replace(text, quoted=text.quoted or quoted) if isinstance(text, Text) else text)
                    for key, text, quoted in pairs
                )
            )
    return item


def _item_habits(file: ValuesFile, sequence: Node, item: Map) -> tuple[Habits, bool]:
    """How the list's items are written, and whether the last of them is in braces."""
    habits = habits_of(file)
    mappings = [each for each in sequence.items if each.kind == "mapping" and not each.is_alias and each.entries]
    wanted = {key for key, _ in item.entries}
    alike = [each for each in mappings if {key.name for key, _ in each.entries} == wanted] or mappings
    if not alike:
        return habits, False
    template = alike[-1]
    if template.is_flow:
        return flow_habits(file, template, habits), True
    pairs = [pair for each in alike for pair in each.entries]
    quoted = [value for key, value in pairs if key.name == "value"]
    habits = local_habits(habits, quoted or [value for _, value in pairs], [key for key, _ in template.entries])
    at = next(at for at, each in enumerate(sequence.items) if each is template)
    gap = file.text[dash_of(file, sequence, at) + 1 : content_start(file, template)]
    spaces = gap if gap and not gap.strip(" ") else " "
    return replace(habits, plain_values=True, dash_gap=spaces), False


def _insert_lines(
    file: ValuesFile,
    neighbour: Node,
    column: int,
    lines: list[str],
    events: tuple[Expected, ...],
) -> Splice:
    """Put lines of a new sibling below `neighbour`, whose own lines start at `column`."""
    at = after_own_comments(file.text, content_end(file, neighbour), column)
    position = event_range(file, neighbour)[1]
    newline = newline_at(file, at)
    at_open_end = at == len(file.text) and at > 0 and not file.text.endswith("\n")
    if at_open_end:
        refuse_open_end(file, neighbour)
    joined = newline.join(lines)
    written = newline + joined if at_open_end else joined + newline
    return Splice(at, at, written, position, position, events)


def _alias_in_the_way(spot: Spot) -> RefusedEdit:
    return RefusedEdit(
        "alias",
        f"{describe(spot.address)} at line {spot.node.line} is the alias *{clean(spot.node.anchor)}; what is "
        "added to it would reach every place that uses it. Edit the anchor, or give this place a value of its own.",
        spot.node.line,
        spot.node.column,
    )


def _wrong_kind(spot: Spot, wanted: str) -> RefusedEdit:
    return RefusedEdit(
        "wrong-kind",
        f"{describe(spot.address)} at line {spot.node.line} is not a {wanted}, so nothing can be added to it.",
        spot.node.line,
        spot.node.column,
    )
