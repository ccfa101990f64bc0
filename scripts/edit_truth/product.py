"""The tool's own edits of a fleet in memory: the same planning and proof that `set --write` and the app go through."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, cast

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.expressions import INHERIT
from rea_xcom_tui.fleet.edit.layers import LayerEdits
from rea_xcom_tui.fleet.edit.pending import Fix, LayerEdit, SetField, fixable
from rea_xcom_tui.fleet.edit.placing import USUAL, Placing
from rea_xcom_tui.fleet.edit.ways import places
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.model import Fleet as FleetRows
from rea_xcom_tui.fleet.scan.layered import layered_in, look
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.user.layout_models import LayoutsSection, joined
from rea_xcom_tui.user.layout_settings import HelmEngine, LayoutSettings
from rea_xcom_tui.xcom.compare import current_value
from rea_xcom_tui.xcom.editing import check
from rea_xcom_tui.xcom.model import FieldName

from .fleets import TEXTS, Fleet

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.state import FleetState

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


WAYS = ("own", "shared")
"""What `--layer` takes beside the name of a file."""


def asked(random: Random, fleet: Fleet) -> Asked:
    """A random request: mostly one deployment, sometimes all; a layer is named in half of them, by its
    file or by `own` or `shared`."""
    names = tuple(fleet.stacks)
    chosen = names if random.random() < 0.25 else (random.choice(names),)
    field = random.choice(FIELDS)
    kind = random.random()
    if kind < 0.1:
        return Asked(chosen, "threshold", FIX, None)
    text = None if kind < 0.22 else INHERIT if kind < 0.35 else random.choice(TEXTS[field])
    files = sorted({piece.file for name in chosen for piece in fleet.stacks[name] if not piece.keys})
    layer = random.choice(files) if random.random() < 0.5 else None
    if random.random() < 0.45:
        layer = random.choice(WAYS)
    return Asked(chosen, field, text, layer)


def carried_out(fleet: Fleet, request: Asked, engine: HelmEngine) -> Made:
    """What the tool makes of a request."""
    contents = {name: text.encode() for name, text in fleet.files.items()}
    tree = Tree(contents, contents.get, links=fleet.links)
    reading = Reading(layouts=_settings(fleet), engine=engine, judged=request.text == FIX)
    layouts = look(tree, reading)
    rows = {fleet.called(row): row for row in layered_in(layouts, reading).rows}
    editor = LayerEdits(layouts, reading, contents.__getitem__)
    edits: list[LayerEdit] = []
    refused: list[str] = []
    placed = _placed(editor, rows, request, fleet)
    for name in request.names:
        try:
            edits += _edits(editor, rows[name], request, fleet, placed.get(rows[name].id, USUAL))
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


class _State:
    """As much of a workspace as choosing layers asks for."""

    def __init__(self, editor: LayerEdits, rows: Mapping[str, Deployment], links: Mapping[str, str]) -> None:
        self.fleet = FleetRows(Path(), None, "main", tuple(rows.values()), ())
        self._editor = editor
        self._links = links

    def real_file(self, file: str) -> str:
        return self._links.get(file, file)

    def home_of(self, _: str) -> tuple[str, _State]:
        return "", self

    def chooser(self) -> LayerEdits:
        return self._editor

    def deployment(self, id_: str) -> Deployment:
        return self.fleet.by_id[id_]


def _placed(editor: LayerEdits, rows: Mapping[str, Deployment], request: Asked, fleet: Fleet) -> Mapping[str, Placing]:
    """The layers that `own` and `shared` come to, as the session has them."""
    if request.layer not in WAYS or request.text == FIX:
        return {}
    state = cast("FleetState", _State(editor, rows, fleet.links))
    chosen = [rows[name] for name in request.names]
    return {id_: Placing.of(found) for id_, found in places(state, chosen, request.field, request.layer).items()}  # type: ignore[arg-type]


def _edits(editor: LayerEdits, row: Deployment, request: Asked, fleet: Fleet, place: Placing) -> Iterator[LayerEdit]:
    field = request.field
    if request.text == FIX:
        for finding in fixable(one for one in row.findings if one.code == QUOTES):
            info = row.layer_at(editor.layer_of_fix(row, finding))
            yield Fix(row.id, finding, fleet.links.get(info.file, info.file), layer=info.source)
        return
    old = current_value(row.field(field))
    inherits = request.text == INHERIT
    new = check(field, request.text, row.config).value if request.text is not None and not inherits else None
    named = request.layer is not None and request.layer not in WAYS
    info = row.layer_at(editor.choose(row, field, request.layer if named else place.source()))
    file = fleet.links.get(info.file, info.file)
    edit = SetField(
        row.id, field, old, new, request.text or "", file, shared=named, inherits=inherits, layer=info.source
    )
    yield replace(edit, new=editor.inherited(row, edit)) if inherits else edit


def _settings(fleet: Fleet) -> LayoutSettings:
    if fleet.layout == "helmfile":
        return LayoutSettings(engine="3", helmfile=(0, 166))
    text = fleet.files.get(".rea-xcom-tui.toml")
    if text is None:
        return LayoutSettings()
    return joined(LayoutSettings(), LayoutsSection.model_validate(tomllib.loads(text)["layouts"]))
