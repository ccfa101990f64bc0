"""Ways in which people write the same env list: each builds the file for any entries, so it also tells what an edit of
it has to give, to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from tests.work import BACKEND, IO

Entries = Sequence[tuple[str, str]]
Style = Callable[[Entries], bytes]

ENTRIES: Entries = (
    ("ASTRO_DEPLOYMENT_ID", "dep"),
    (f"{IO}PATH", "s3://aws_xcom@team-xcom/etl"),
    (f"{IO}THRESHOLD", "1048576"),
    (f"{IO}COMPRESSION", "zip"),
)
HEAD = f"# a deployment\nresourceNamePrefix: etl   # its name\nxcomBackend: {BACKEND}\n\n"
TAIL = (
    "\n# who it is\nannotations:\n  eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/etl\nlabels: {}\n"
    "notes: |\n  commonEnv:\n    - name: not me\nworkers:\n  - name: default\n    env: []\n"
)


def changed(name: str, value: str | None) -> Entries:
    """The entries with another value for one of them; without it for None; with it at the end where it is missing."""
    found = [(key, value if key == name else old) for key, old in ENTRIES]
    return [(key, text) for key, text in found if text is not None]


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _block(indent: int, quote: Callable[[str], str], end: str = "") -> Style:
    dash = " " * indent

    def build(entries: Entries) -> bytes:
        lines = (f"{dash}- name: {name}\n{dash}  value: {quote(value)}{end}\n" for name, value in entries)
        return (HEAD + "commonEnv:\n" + "".join(lines) + TAIL).encode()

    return build


def _lines(template: str) -> Style:
    """A block list in which every entry looks like this."""

    def build(entries: Entries) -> bytes:
        return (HEAD + "commonEnv:\n" + "".join(template % entry for entry in entries) + TAIL).encode()

    return build


def _flow(template: str, opening: str, comma: str, closing: str) -> Style:
    def build(entries: Entries) -> bytes:
        inner = comma.join(template % entry for entry in entries)
        return (HEAD + f"commonEnv: {opening}{inner}{closing}\n" + TAIL).encode()

    return build


def _commented(entries: Entries) -> bytes:
    comments = {
        "ASTRO_DEPLOYMENT_ID": ("  # written by the download\n", "  # keep"),
        f"{IO}THRESHOLD": ("  # bytes, see the wiki\n", "   # one mebibyte"),
    }
    lines = ["commonEnv:\n  # what every component gets\n\n"]
    for name, value in entries:
        above, behind = comments.get(name, ("", ""))
        lines.append(f"{above}  - name: {name}\n    # not a value: 5\n    value: {json.dumps(value)}{behind}\n")
    return (HEAD + "".join(lines) + TAIL).encode()


def _last_without_newline(entries: Entries) -> bytes:
    lines = "".join(f'  - name: {name}\n    value: "{value}"\n' for name, value in entries)
    notes = "annotations:\n  eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/etl\n"
    return (HEAD + notes + "commonEnv:\n" + lines).rstrip("\n").encode()


def _json(entries: Entries) -> bytes:
    env = ",\n".join(f'    {{"name": "{name}", "value": "{value}"}}' for name, value in entries)
    return f'{{\n  "xcomBackend": "{BACKEND}",\n  "commonEnv": [\n{env}\n  ],\n  "namespace": "x"\n}}\n'.encode()


def _with(style: Style, change: Callable[[bytes], bytes]) -> Style:
    return lambda entries: change(style(entries))


def _crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")


def _bom(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


_BLOCK = _block(2, json.dumps)

STYLES: dict[str, Style] = {
    "block-0-double": _block(0, json.dumps),
    "block-0-single": _block(0, _single),
    "block-2-double": _BLOCK,
    "block-2-single": _block(2, _single),
    "block-4-double": _block(4, json.dumps),
    "block-7-single": _block(7, _single),
    "crlf": _with(_BLOCK, _crlf),
    "bom": _with(_BLOCK, _bom),
    "bom-crlf": _with(_BLOCK, lambda data: _bom(_crlf(data))),
    "document-start": _with(_BLOCK, lambda data: b"---\n" + data),
    "document-end": _with(_BLOCK, lambda data: data + b"...\n"),
    "no-last-newline": _last_without_newline,
    "comments": _commented,
    "dash-alone": _lines('  -\n    name: %s\n    value: "%s"\n'),
    "quoted-keys": _lines('  - "name": "%s"\n    "value": "%s"\n'),
    "blank-before-colon": _lines('  - name : %s\n    value : "%s"\n'),
    "one-line-items": _lines('  - {name: %s, value: "%s"}\n'),
    "one-line-items-compact": _lines('  - {"name":"%s","value":"%s"}\n'),
    "flow-compact": _flow('{"name":"%s","value":"%s"}', "[", ",", "]"),
    "flow-spaced": _flow('{ name: %s, value: "%s" }', "[ ", ", ", " ]  # flow"),
    "flow-lines": _flow('  {"name": "%s", "value": "%s"}', "[\n", ",\n", "\n]"),
    "flow-lines-last-comma": _flow('  {"name": "%s", "value": "%s"}', "[\n", ",\n", ",\n]"),
    "json": _json,
}
"""Every style by name; a file is `fleet/prod/NAME/values.yaml`."""

TABS: Style = _block(2, json.dumps, "\t# a tab\t")
"""Tabs before a comment, which Helm and libyaml read and the pure Python parsers do not."""


def file_of(name: str) -> str:
    """Where a style's file lies in the repo."""
    return f"fleet/prod/{name}/values.yaml"


def files(entries: Entries = ENTRIES) -> dict[str, str | bytes]:
    """A repo with the same entries in every style."""
    return {file_of(name): style(entries) for name, style in STYLES.items()}
