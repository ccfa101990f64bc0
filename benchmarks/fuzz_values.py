"""Random edits of values files, each checked by readers that have no part in making it.

    python benchmarks/fuzz_values.py --edits 100000 --seed 1

The files are generated in the shapes of the Remote Execution Agent's chart (the commented download with one line
of compact JSON, the file trimmed by hand, the short one of a how-to) and taken from the hand-made situations of
the tests. Every file is used as it is, with Windows line ends, with a byte order mark, and without a last newline.

After each edit, PyYAML's base loader must see exactly the planned change and nothing else, its safe loader must
see a string where one was written, and comments, line ends, byte order mark and last newline must be as before.
The script ends with 1 if any edit was wrong or failed with anything but a refusal.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from rea_xcom_tui.values import (
    AddKey,
    Address,
    AppendItem,
    Edit,
    InBlock,
    Node,
    RefusedEdit,
    Remove,
    RenameKey,
    SetMember,
    SetText,
    Unreadable,
    ValuesFile,
    edit,
)

SITUATIONS = Path(__file__).resolve().parent.parent / "tests/values/situations"
BOM = "\ufeff"
WORDS = (
    "s3://conn@bucket/new/path 0 1048576 True zip null 0777 0o17 1e3 yes y ~ .inf 1:30 2024-01-01 08 it's *star "
    "@at a,b]c} abfs://wasb_xcom@cont/p arn:aws:iam::123456789012:role/R 00000012-0000-4000-8000-00000000000c = <<"
)
TEXTS = (
    *WORDS.split(" "),
    *("", "a: b # c", "two\nlines\n", "one\n\nthree", "ünï 😀", "x" * 300, " lead", "trail ", "- dash", "tab\there"),
    *('{"a":"b\\n","c":\'d\'}', "{{ .Values.x }}", "#", "end:", "\\", '"', "'", "'\"\\", "x\x07", "\u2028", "a\nb\n\n"),
)
NAMES = ("XCOM_PATH", "A", "NEW", "y", "with space", "eks.amazonaws.com/role-arn", "1", "ключ", 'q"k', "a: b", "#k")


# -- files ------------------------------------------------------------------------------------------------


def quoted(r: random.Random, text: str) -> str:
    """A string in one of the styles people use, if it can be."""
    style = r.random()
    plain = text[:1].isalpha() and text[-1] != ":" and not set("#{}[],&*!|>'\"%@`") & set(text)
    if style < 0.3 and plain and text.lower() not in ("true", "false", "yes", "no", "on", "off", "y", "n", "null"):
        return text
    return "'" + text.replace("'", "''") + "'" if style < 0.55 else json.dumps(text, ensure_ascii=False)


def env_entries(r: random.Random) -> list[tuple[str, str | None]]:
    extra = json.dumps({"anon": False, "account_name": "acct", "client_id": "11-aa"})
    connection = {"conn_type": r.choice(("aws", "azure")), "login": "acct", "extra": extra}
    entries: list[tuple[str, str | None]] = [
        ("ASTRO_ORGANIZATION_ID", "org1"),
        ("ASTRO_DEPLOYMENT_ID", None if r.random() < 0.3 else "dep000001"),
        ("AIRFLOW_CONN_WASB_XCOM", json.dumps(connection)),
        ("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH", "abfs://wasb_xcom@xcom/etl"),
        ("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD", r.choice(("0", "1048576", "-1"))),
        ("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_COMPRESSION", "zip"),
    ]
    return [entry for entry in entries if r.random() < 0.85]


def block_list(r: random.Random, key: str, entries: list[tuple[str, str | None]]) -> str:
    dash, gap = r.choice(("", "  ", "    ")), r.choice((" ", " ", "   "))
    out = [f"{key}:{r.choice(('', '', '  # everywhere'))}"]
    for name, value in entries:
        if r.random() < 0.15:
            out.append(f"{dash}# about {name}: value")
        note = r.choice(("", "", "  # a note", "\t# tab"))
        out += [f"{dash}-{gap}name: {name}", f"{dash} {gap}value: {'~' if value is None else quoted(r, value)}{note}"]
        if r.random() < 0.1:
            out.append("")
    return "\n".join(out) if entries else f"{key}: []"


def mapping(r: random.Random, key: str) -> str:
    shapes = (f"{key}: {{}}", f"{key}:", f"{key}: {{a: b, c: 'd'}}", f"{key}:\n  a.b/c: x\n  d: {quoted(r, 'true')}")
    return r.choice(shapes)


def agent_file(r: random.Random) -> str:
    """A values file in one of the chart's shapes."""
    compact = json.dumps([{"name": k, "value": v} for k, v in env_entries(r)], separators=(",", ":"))
    listed = f"commonEnv: {compact}" if r.random() < 0.4 else block_list(r, "commonEnv", env_entries(r))
    bundle = '\'[{"name": "dags", "classpath": "a.B", "kwargs": {"x": 1}}]\''
    script = "|\n  # a script\n  set -e\n  echo 'x: y'\n" + r.choice(("", "\n", "\n\n"))
    parts = [
        f"# Header of the chart {r.randint(1, 9)}.0.0\nresourceNamePrefix: {quoted(r, 'team-etl')}\nnamespace: default",
        "# Airflow xcom backend class\n# xcomBackend: example\nxcomBackend: a.b.XComObjectStorageBackend",
        f"dagBundleConfigList: {bundle}",
        f"# Example:\n# commonEnv:\n#   - name: X\n#     value: True\n{listed}",
        mapping(r, "labels"),
        mapping(r, "annotations"),
        "workers:\n  - name: default-worker\n    queues: default # q\n    replicas: 2\n    env: []\n"
        '    resources:\n      limits: {cpu: "1", memory: 2Gi}',
        block_list(r, "triggererEnv", env_entries(r)),
        f"hook: {script}tail: >-\n  folded {r.randint(1, 99)}\n  text",
        "shared: &shared\n  region: eu\n  tier: [a, b]\nuse:\n  <<: *shared\n  own: 1\nalso: *shared",
        'nested: |\n  replicas: 2\n  commonEnv:\n    - name: A\n      value: "1"\n\n  labels: {}',
    ]
    head, *rest = parts
    chosen = [part for part in rest if r.random() < 0.75]
    return r.choice(("\n\n", "\n")).join([head, *chosen]) + "\n"


def hand_made() -> list[str]:
    texts = [
        item["before"] for path in sorted(SITUATIONS.glob("*.yaml")) for item in yaml.safe_load(path.read_text("utf-8"))
    ]
    return sorted({text for text in texts if text})


def forms(text: str) -> Iterator[tuple[str, bytes]]:
    yield "as is", text.encode()
    yield "CRLF", text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    yield "BOM", (BOM + text.removeprefix(BOM)).encode()
    yield "no last newline", text.rstrip("\r\n").encode()


# -- edits and what they must do to a model of the file ---------------------------------------------------

Model = Any
Plan = tuple[str, Edit, Callable[[Model], Model]]


def changed(model: Model, address: Address, change: Callable[[Any], Any]) -> Model:
    """A copy of a model with the part at `address` changed."""
    if not address:
        return change(model)
    out = copy.copy(model)
    out[address[0]] = changed(model[address[0]], address[1:], change)
    return out


def places(file: ValuesFile) -> list[tuple[Address, Node]]:
    out: list[tuple[Address, Node]] = []
    ahead: list[tuple[Address, Node]] = [((), file.root)]
    while ahead:
        address, node = ahead.pop()
        out.append((address, node))
        if not node.is_alias:
            ahead += [((*address, at), item) for at, item in enumerate(node.items)]
            ahead += [((*address, key.name), value) for key, value in node.entries if key.name == key.text != "<<"]
    return out


def without(children: Any, step: Any) -> Any:
    if isinstance(children, dict):
        return {key: value for key, value in children.items() if key != step}
    return [value for at, value in enumerate(children) if at != step]


def plan_for(r: random.Random, address: Address, node: Node) -> Plan | None:
    """A random edit that fits a place, and what it must do to the file's model."""
    text, name = r.choice(TEXTS), r.choice(NAMES)
    if node.is_alias or (node.kind == "scalar" and node.value is not None):
        if node.text.lstrip().startswith("{") and r.random() < 0.7:
            return member_plan(r, address, node)
        if node.style == "|" and "commonEnv" in node.text and r.random() < 0.7:
            return inner_plan(r, address, node)
        if r.random() < 0.8:
            return "set", SetText(address, text), lambda m: changed(m, address, lambda _: text)
    if address and r.random() < 0.25:
        step = address[-1]
        if isinstance(step, str) and r.random() < 0.5:
            return (
                "rename",
                RenameKey(address, name),
                lambda m: changed(m, address[:-1], lambda c: {name if k == step else k: v for k, v in c.items()}),
            )
        return "remove", Remove(address), lambda m: changed(m, address[:-1], lambda c: without(c, step))
    is_null = node.kind == "scalar" and node.value is None and bool(address)
    if node.kind == "sequence" or (is_null and r.random() < 0.4):
        entry = {"name": name, "value": text}
        return (
            "append",
            AppendItem(address, tuple(entry.items())),
            lambda m: changed(m, address, lambda c: [*(c if isinstance(c, list) else []), entry]),
        )
    if node.kind == "mapping" or (is_null and r.random() < 0.5):
        return (
            "add",
            AddKey(address, name, text, after=r.choice((None, "xcomBackend"))),
            lambda m: changed(m, address, lambda c: {**(c if isinstance(c, dict) else {}), name: text}),
        )
    if is_null:
        return "set", SetText(address, text), lambda m: changed(m, address, lambda _: text)
    return None


def opened(connection: Any) -> Any:
    """A connection whose `extra` is an object, if it is there at all."""
    if isinstance(connection.get("extra"), str):
        connection["extra"] = json.loads(connection["extra"])
    return connection


def member_plan(r: random.Random, address: Address, node: Node) -> Plan | None:
    value = r.choice(("new", "it's", 'say "x"', 5, True, None, "😀", "a\\b"))
    pointer = r.choice((("conn_type",), ("extra", "client_id"), ("new",), ("extra", "tenant"), ("k",)))

    def change(old: Any) -> Any:
        outer = json.loads(old)
        holder = opened(outer)["extra"] if pointer[0] == "extra" else outer
        holder.pop(pointer[-1], None) if value is None else holder.update({pointer[-1]: value})
        return ("json", {**outer, "extra": holder} if pointer[0] == "extra" else outer, pointer)

    return "member", SetMember(address, pointer, value), lambda m: changed(m, address, change)


def inner_plan(r: random.Random, address: Address, node: Node) -> Plan | None:
    inner = [place for place in places(ValuesFile.parse(node.text.encode())) if place[0]]
    found = plan_for(r, *r.choice(inner))
    if found is None or found[0] in ("member", "inside"):
        return None
    _, inner_edit, change = found

    def changed_text(old: Any) -> Any:
        return ("yaml", change(yaml.load(old, yaml.CBaseLoader)))

    return "inside", InBlock(address, (inner_edit,)), lambda m: changed(m, address, changed_text)


# -- the check --------------------------------------------------------------------------------------------


def same(expected: Model, found: Model) -> bool:
    """Whether a model is the expected one; expected JSON or YAML texts are compared by what they mean."""
    if isinstance(expected, tuple) and expected[0] == "json":
        outer = json.loads(found)
        return bool((opened(outer) if expected[2][0] == "extra" else outer) == expected[1])
    if isinstance(expected, tuple):
        return same(expected[1], yaml.load(found, yaml.CBaseLoader))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(same(expected[key], found[key]) for key in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    return bool(expected == found)


def comments(data: bytes) -> Counter[str]:
    file = ValuesFile.parse(data)
    found = (file.comment_on(line) for line in range(1, len(file.line_starts()) + 1))
    return Counter(each for each in found if each is not None)


def fault(kind: str, old: bytes, new: bytes, each: Edit, change: Callable[[Model], Model]) -> str | None:
    """What is wrong with the outcome of an edit, or None."""
    before, after = (yaml.load(data.removeprefix(b"\xef\xbb\xbf"), yaml.CBaseLoader) for data in (old, new))
    if not same(change(before if before is not None else {}), after):
        return "another model"
    if isinstance(each, SetText) and not isinstance(ValuesFile.parse(new).find(each.address).value, str):  # type: ignore[union-attr]
        return "no string"
    if old.startswith(b"\xef\xbb\xbf") != new.startswith(b"\xef\xbb\xbf"):
        return "byte order mark"
    # what was removed may leave a blank line at the end of a file without a last newline
    if kind != "remove" and old.endswith(b"\n") != new.endswith(b"\n"):
        return "last newline"
    if b"\r\n" in old and b"\n" not in old.replace(b"\r\n", b"") and b"\n" in new.replace(b"\r\n", b""):
        return "line ends"
    lost = comments(old) - comments(new)
    return f"lost comments {list(lost)}" if lost and kind not in ("remove", "inside") else None


def run(count: int, seed: int, show: str) -> int:
    r, made = random.Random(seed), hand_made()
    tried: Counter[str] = Counter()
    outcomes: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    parse_time = edit_time = 0.0
    parsed = 0
    while sum(tried.values()) < count:
        text = r.choice(made) if r.random() < 0.5 else agent_file(r)
        for form, data in forms(text):
            start = time.perf_counter()
            try:
                found = places(ValuesFile.parse(data))
            except Unreadable:
                continue
            parse_time += time.perf_counter() - start
            parsed += 1
            for address, node in r.sample(found, min(4, len(found))):
                plan = plan_for(r, address, node)
                if plan is None:
                    continue
                kind, each, change = plan
                tried[kind] += 1
                start = time.perf_counter()
                try:
                    new = edit(data, [each])
                except RefusedEdit as refused:
                    outcomes[kind, refused.code] += 1
                    if refused.code == show:
                        print(f"{form}: {each!r}\n{data!r}\n{refused}\n")
                    continue
                finally:
                    edit_time += time.perf_counter() - start
                problem = None if new == data else fault(kind, data, new, each, change)
                outcomes[kind, "unchanged" if new == data else "wrong" if problem else "done"] += 1
                if problem:
                    wrong.append(f"{form}, {problem}: {each!r}\n{data!r}\n{new!r}")
    report(tried, outcomes, parse_time / max(parsed, 1), edit_time / max(sum(tried.values()), 1))
    print("\n".join(wrong[:10]))
    return 1 if wrong else 0


def report(tried: Counter[str], outcomes: Counter[tuple[str, str]], parse: float, change: float) -> None:
    total = sum(tried.values())
    refused = sum(n for (_, outcome), n in outcomes.items() if outcome not in ("done", "unchanged", "wrong"))
    wrong = sum(n for (_, outcome), n in outcomes.items() if outcome == "wrong")
    print(f"{total} edits tried, {refused} refused ({refused / total:.1%}), {wrong} wrong")
    print(f"{parse * 1000:.2f} ms to parse a file, {change * 1000:.2f} ms to make and prove (or refuse) an edit")
    for kind, number in sorted(tried.items()):
        parts = sorted((n, outcome) for (which, outcome), n in outcomes.items() if which == kind)
        print(f"  {kind:8} {number:7}  " + ", ".join(f"{outcome} {n}" for n, outcome in reversed(parts)))


def main() -> int:
    parser = argparse.ArgumentParser(description="Random edits of values files, checked by other readers.")
    parser.add_argument("--edits", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", default="", metavar="CODE", help="print the edits that are refused with this code")
    arguments = parser.parse_args()
    return run(arguments.edits, arguments.seed, arguments.show)


if __name__ == "__main__":
    sys.exit(main())
