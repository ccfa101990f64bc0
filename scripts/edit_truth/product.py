"""The tool's own edits of a fleet in memory: the same planning and proof that `set --write` and the app go through."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.expressions import INHERIT
from rea_xcom_tui.fleet.edit.layers import LayerEdits
from rea_xcom_tui.fleet.edit.pending import Fix, LayerEdit, SetField, fixable
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.layered import layered_in, look
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.user.layout_models import LayoutsSection, joined
from rea_xcom_tui.user.layout_settings import HelmEngine, LayoutSettings
from rea_xcom_tui.xcom.compare import current_value
from rea_xcom_tui.xcom.editing import check
from rea_xcom_tui.xcom.model import FieldName

from .fleets import TEXTS, Fleet

FIX = "fix"
QUOTES = "XC701"
"""The rule whose fix puts a number into quotes."""
FIELDS: tuple[FieldName, ...] = ("path", "threshold", "compression", "backend")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: a field of some deployments, and the layer that is named for it."""

    names: tuple[str, ...]
    field: FieldName
    text: str | None
    """None takes the field away; `inherit` takes away an override; `fix` puts numbers into quotes."""
    layer: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a request."""

    contents: dict[str, str]
    """The files that change."""
    done: tuple[str, ...]
    """The deployments whose edits are made."""
    refused: tuple[str, ...]
    """Why the others' are not."""
    expected: Mapping[str, str | None] = field(default_factory=dict)
    """What the tool says that the field will be, by deployment, of those whose edits are made."""


def asked(random: Random, fleet: Fleet) -> Asked:
    """A random request: mostly one deployment, sometimes all; a layer is named in half of them."""
    names = tuple(fleet.stacks)
    chosen = names if random.random() < 0.25 else (random.choice(names),)
    field = random.choice(FIELDS)
    kind = random.random()
    if kind < 0.1:
        return Asked(chosen, "threshold", FIX, None)
    text = None if kind < 0.22 else INHERIT if kind < 0.35 else random.choice(TEXTS[field])
    files = sorted({piece.file for name in chosen for piece in fleet.stacks[name] if not piece.keys})
    layer = random.choice(files) if random.random() < 0.5 else None
    return Asked(chosen, field, text, layer)


def carried_out(fleet: Fleet, request: Asked, engine: HelmEngine) -> Made:
    """What the tool makes of a request."""
    contents = {name: text.encode() for name, text in fleet.files.items()}
    tree = Tree(contents, contents.get, links=fleet.links)
    reading = Reading(layouts=_settings(fleet), engine=engine, judged=request.text == FIX)
    layouts = look(tree, reading)
    rows = {row.name: row for row in layered_in(layouts, reading).rows}
    editor = LayerEdits(layouts, reading, contents.__getitem__)
    edits: list[LayerEdit] = []
    refused: list[str] = []
    for name in request.names:
        try:
            edits += _edits(editor, rows[name], request, fleet)
        except (Refused, ValueError) as error:
            refused.append(str(error))
    changing = [edit for edit in edits if edit.changes]

    def touched(files: Iterable[str]) -> list[Deployment]:
        names = frozenset(files)
        real = {row.id: {fleet.links.get(file, file) for file in row.files} for row in rows.values()}
        return [row for row in rows.values() if names & real[row.id]]

    plan = editor.plan(changing, touched)
    bad = {refusal.deployment for refusal in plan.refused}
    by_id = {row.id: name for name, row in rows.items()}
    done = tuple(by_id[edit.deployment] for edit in edits if edit.deployment not in bad)
    after = {file.file: file.after.decode() for file in plan.files}
    expected = {
        by_id[edit.deployment]: None if edit.new is None else str(edit.new)
        for edit in edits
        if isinstance(edit, SetField) and edit.deployment not in bad
    }
    return Made(after, done, (*refused, *(refusal.reason for refusal in plan.refused)), expected)


def _edits(editor: LayerEdits, row: Deployment, request: Asked, fleet: Fleet) -> Iterator[LayerEdit]:
    field = request.field
    if request.text == FIX:
        for finding in fixable(one for one in row.findings if one.code == QUOTES):
            info = row.layer_at(editor.layer_of_fix(row, finding))
            yield Fix(row.id, finding, fleet.links.get(info.file, info.file), layer=info.source)
        return
    old = current_value(row.field(field))
    inherits = request.text == INHERIT
    new = check(field, request.text, row.config).value if request.text is not None and not inherits else None
    info = row.layer_at(editor.choose(row, field, request.layer))
    file = fleet.links.get(info.file, info.file)
    named = request.layer is not None
    edit = SetField(row.id, field, old, new, request.text or "", file, False, "", info.source, named, inherits)
    yield replace(edit, new=editor.inherited(row, edit)) if inherits else edit


def _settings(fleet: Fleet) -> LayoutSettings:
    text = fleet.files.get(".rea-xcom-tui.toml")
    if text is None:
        return LayoutSettings()
    return joined(LayoutSettings(), LayoutsSection.model_validate(tomllib.loads(text)["layouts"]))
