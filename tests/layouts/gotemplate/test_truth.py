"""The reader against what a real Helm made of the same templates (`scripts/template_truth` recorded it)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rea_xcom_tui.layouts.gotemplate import HELM, Failed, Renderer, TemplateError, Unsupported, render_chart
from rea_xcom_tui.layouts.gotemplate.yamltext import go_data
from rea_xcom_tui.values.documents import read_documents

DATA = Path(__file__).parent / "data"
OUTCOMES: dict[str, str | None] = json.loads((DATA / "outcomes.json").read_text())["outcomes"]

LEFT_TO_HELM = {
    "{{ .Release.name }}",
    "{{ .Values.env | nothing }}",
    '{{ printf "%s" .Values.names }} {{ printf "%v" .Values.mixed }}',
    "{{ .Capabilities.KubeVersion.Version }}",
    "{{ now }}",
    '{{ regexMatch "^a" "abc" }}',
    '{{ semverCompare ">=1.0" "1.2.3" }}',
}
"""What the reader says it cannot read; anything else has to come out as Helm has it."""


def values() -> dict[str, object]:
    """As Helm 4.2 gives them to templates: nulls of the chart's own defaults are gone."""
    found = go_data(read_documents((DATA / "values.yaml").read_bytes()).roots[0])
    assert isinstance(found, dict)
    without_nulls = json.loads(json.dumps(found), parse_int=float)
    del without_nulls["nothing"], without_nulls["mixed"]["q"]
    del without_nulls["teams"]["mesa"]["values"]["agent"]["nulls"]
    assert isinstance(without_nulls, dict)
    return without_nulls


def rendered(template: str) -> str:
    renderer = Renderer(HELM, steps=100_000)
    out = render_chart(
        "truth", "0.1.0", {"t.txt": template}, values(), release="release", namespace="space", renderer=renderer
    )["t.txt"]
    if isinstance(out, TemplateError):
        raise out
    return out


@pytest.mark.parametrize("template", sorted(OUTCOMES.keys() - LEFT_TO_HELM))
def test_a_template_gives_what_helm_gives(template: str) -> None:
    try:
        got: str | None = rendered(template)
    except Failed:
        got = None
    assert got == OUTCOMES[template]


@pytest.mark.parametrize("template", sorted(LEFT_TO_HELM))
def test_what_only_helm_can_answer_is_said(template: str) -> None:
    with pytest.raises(Unsupported, match=r"t\.txt:1: It "):
        rendered(template)


@pytest.mark.parametrize(
    "template",
    [
        "{{ range until 99999 }}{{ range until 99999 }}x{{ end }}{{ end }}",
        '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
        '{{ repeat 99999999 "x" }}',
        '{{ $x := "xxxxxxxxxx" }}{{ range until 60 }}{{ $x = print $x $x }}{{ end }}',
        "{{ $l := list 1 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}",
        '{{ $d := dict }}{{ range until 90000 }}{{ $d = dict "a" $d "b" $d }}{{ end }}{{ toJson $d }}',
        '{{ range until 60000 }}{{ indent 999 "x" }}{{ end }}',
        "{{ until 999999999 }}",
        '{{ $x := replace "" "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" (repeat 999999 "y") }}{{ $x }}',
    ],
)
def test_a_hostile_template_ends_soon(template: str) -> None:
    with pytest.raises(TemplateError):
        rendered(template)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{{" * 50_000, id="actions"),
        pytest.param("{{ " + "(" * 5_000, id="brackets"),
        pytest.param("{{ if 1 }}" * 5_000, id="blocks"),
        pytest.param("{{ ." + ".a" * 50_000, id="fields"),
    ],
)
def test_a_hostile_text_is_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        rendered(template)


def test_an_error_names_the_template_and_the_line() -> None:
    with pytest.raises(Failed, match=r"^t\.txt:3: The template stops with: no$"):
        rendered("a\nb\n{{ fail `no` }}")
