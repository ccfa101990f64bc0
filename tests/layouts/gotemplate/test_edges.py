"""Where a template's text is Go's by its documentation, and where it is left to the real engine, with the reason."""

from __future__ import annotations

import pytest

from rea_xcom_tui.layouts.gotemplate import HELM, Failed, Renderer, TemplateError, Unsupported
from rea_xcom_tui.layouts.gotemplate.errors import TooMuch

VALUES = {"one": {"a": 1.0}, "two": {"a": 1.0, "b": 2.0}, "list": [1.0, 2.0], "big": 1e30, "small": 2e-7, "none": None}


def rendered(template: str) -> str:
    renderer = Renderer(HELM)
    renderer.add("t.yaml", template)
    return renderer.render("t.yaml", {"Values": VALUES})


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{{ "\\x41\\u00e4\\U0001F600\\101\\n" }}', "Aä😀A\n"),
        ('{{ substr -1 2 "abc" }}', "ab"),
        ('{{ substr 1 -1 "abc" }}', "bc"),
        ('{{ (splitn "-" 2 "a-b-c")._1 }}', "b-c"),
        ('{{ snakecase "a-b c" }} {{ kebabcase "a_b" }}', "a_b_c a-b"),
        ('{{ fromYaml "" }}', "map[]"),
        ('{{ deepEqual (dict "a" (list 1 2)) (dict "a" (list 1 2)) }}', "true"),
        ('{{ deepEqual (dict "a" (list 1 2)) (dict "a" (list 1 3)) }}', "false"),
        ('{{ deepEqual (dict "a" 1) (dict "b" 1) }}', "false"),
        ("{{ seq 1 2 3 4 }}|{{ seq 1 2 7 }}|{{ seq 3 1 }}|{{ seq -2 }}", "|1 3 5 7|3 2 1|1 0 -1 -2"),
        ("{{ until -3 }}{{ untilStep 0 9 0 }}{{ untilStep 0 9 -1 }}", "[0 -1 -2][][]"),
        ("{{ .Values.big }} {{ .Values.small }}", "1e+30 2e-07"),
        ("{{ toJson .Values.big }} {{ toJson .Values.small }}", "1e+30 2e-7"),
        ('{{ printf "%x %5d|%-4s|%04d|%+d" 255 7 "a" -5 3 }}', "ff     7|a   |-005|+3"),
        ('{{ printf "%s" nil }}{{ printf "%d" }}', "%!s(<nil>)%!d(MISSING)"),
        ('{{ printf "%d" "a" }}', "%!d(string=a)"),
        ('{{ printf "x" 1 nil }}', "x%!(EXTRA int=1, <nil>)"),
        ('{{ kindOf nil }} {{ kindIs "invalid" nil }}', "invalid true"),
        ('{{ values .Values.one }} {{ dig "x" "else" .Values.one }}', "[1] else"),
        ("{{ range .Values.list }}{{ if eq . 2.0 }}{{ break }}{{ end }}{{ . }}{{ end }}", "1"),
        ("{{ range .Values.list }}{{ if eq . 1.0 }}{{ continue }}{{ end }}{{ . }}{{ end }}", "2"),
        ("a {{- /* gone */ -}} b", "ab"),
    ],
)
def test_what_go_writes(template: str, text: str) -> None:
    assert rendered(template) == text


@pytest.mark.parametrize(
    ("template", "kind", "why"),
    [
        ("{{/* open", Failed, "t.yaml:1: a comment is not closed"),
        ("\n{{/* x */ .Values }}", Failed, "t.yaml:2: a comment has to end right before"),
        ("{{ if .Values.one", Failed, "is not closed"),
        ("{{ if .Values.one }}", Failed, "has no end"),
        ("{{ define x }}{{ end }}", Failed, "the name of a template has to be a text in quotes"),
        ("{{ if }}x{{ end }}", Failed, ""),
        ("{{ else }}", Failed, "does not belong to any block"),
        ("{{ 1 | 2 }}", Failed, "a constant cannot take what is piped into it"),
        ("{{ (1 }}", Failed, "a bracket is not closed"),
        ("{{ | }}", Failed, "a command is missing"),
        ("{{ .Values.one ) }}", Failed, "is not allowed there"),
        ("{{ 1.x }}", Failed, ""),
        ('{{ "a".x }}', Failed, "has no fields"),
        ("{{ $x }}", Failed, ""),
        ("{{ $x = 1 }}", Failed, ""),
        ("{{ div 1 0 }}", Failed, "divides by zero"),
        ("{{ mod 1 0 }}", Failed, "divides by zero"),
        ('{{ repeat -1 "a" }}', Failed, "below zero"),
        ('{{ substr 2 1 "abc" }}', Failed, "beyond the end"),
        ("{{ index .Values.none 1 }}", Failed, "index of nothing"),
        ('{{ index .Values.list "x" }}', Failed, "index of a"),
        ("{{ len 1 }}", Failed, "len of a int"),
        ('{{ dig "a" "b" "else" .Values.one }}', Failed, "not a map"),
        ("{{ dig .Values.one }}", Failed, "dig needs keys"),
        ('{{ set .Values.one "x" .Values.one }}', Failed, "puts a map into itself"),
        ('{{ merge .Values.one (dict "x" (dict "y" .Values.one)) }}', Failed, "puts a map into itself"),
        ("{{ deepCopy nil }}", Failed, ""),
        ('{{ index "abc" 1 }}', Unsupported, "a byte out of a text"),
        ('{{ slice .Values.list "a" }}', Unsupported, "slice in a way"),
        ("{{ values .Values.two }}", Unsupported, "random order"),
        ("{{ typeOf .Values.list }}", Unsupported, "type of a list's items"),
        ('{{ splitn "" 2 "a" }}', Unsupported, "splitn in a way"),
        ('{{ b64dec "*" }}', Unsupported, "not base64"),
        ('{{ fromYaml "- 1" }}', Unsupported, "not a mapping"),
        ('{{ fromYamlArray "a: 1" }}', Unsupported, "not a list"),
        ('{{ fromYaml "a: [" }}', Unsupported, ""),
        ('{{ fromJson "[1]" }}', Unsupported, "not a mapping"),
        ('{{ fromJsonArray "{}" }}', Unsupported, "not a list"),
        ('{{ fromJson "{NaN}" }}', Unsupported, "not JSON"),
        ('{{ fromJson "{\\"a\\": NaN}" }}', Unsupported, "not JSON"),
        ('{{ snakecase "aB" }}', Unsupported, "capitals"),
        ('{{ trunc 1 "ä" }}', Unsupported, "plain ASCII"),
        ("{{ int .Values.big }}", Unsupported, "beyond 64 bits"),
        ('{{ int "1e3" }}', Unsupported, "readers disagree"),
        ('{{ printf "x" .Values.list }}', Unsupported, "a list too many"),
        ('{{ printf "%q" "\\x00" }}', Unsupported, "invisible"),
        ('{{ printf "%x" .Values.list }}', Unsupported, "It formats a"),
        ("{{ untilStep 0 999999 1 }}", TooMuch, "counts further"),
    ],
)
def test_what_go_refuses_or_only_the_real_engine_answers(template: str, kind: type[TemplateError], why: str) -> None:
    with pytest.raises(kind) as stopped:
        rendered(template)
    assert why in str(stopped.value)
