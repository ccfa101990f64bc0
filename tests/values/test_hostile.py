"""Hostile files: each is read or refused within two seconds of CPU time and 200 MB, and never kills the process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CHILD = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
from rea_xcom_tui.values import AddKey, RefusedEdit, SetMember, SetText, Unreadable, ValuesFile, edit
data = eval(sys.stdin.read())
outcome, times = "read", [time.process_time()]
try:
    file = ValuesFile.parse(data)
    file.duplicates, file.merges, file.find(("k", "k", ("name", "x"))), file.comment_on(1)
    for key, value in list(file.root.entries)[:50]:
        value.get("k1"), value.get("absent"), value.text[:1]
        if value.kind == "scalar" and len(value.text) < 1000:
            value.value
    times.append(time.process_time())
    for change in (AddKey((), "new", "x"), SetText(("k",), "x"), SetMember(("k",), ("a", "b"), 1)):
        try:
            edit(data, [change])
        except RefusedEdit as refused:
            outcome += " " + refused.code
        times.append(time.process_time())
except Unreadable as error:
    outcome = "unreadable"
    assert len(str(error)) < 500
times.append(time.process_time())
slowest = max(b - a for a, b in zip(times, times[1:]))
# The peak of this program alone: ru_maxrss would start from what the parent held when it was forked.
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps([outcome, slowest, peak / 1024]))
"""

MANY = "b', '.join([b'*a%d' % (i - 1)] * 10)"
LAUGHS = f"b'a0: &a0 [x, x]\\n' + b''.join(b'a%d: &a%d [%s]\\n' % (i, i, {MANY}) for i in range(1, 10))"
MERGES = (
    f"b'a0: &a0 {{k: 1}}\\n' + b''.join(b'a%d: &a%d {{<<: [%s], k%d: 1}}\\n' % (i, i, {MANY}, i) for i in range(1, 10))"
)
CHAIN = (
    "b'a0: &a0 {z: 1}\\n' + b''.join(b'a%d: &a%d {<<: *a%d, k%d: 1}\\n' % (i, i, i - 1, i) for i in range(1, 12000))"
)

INPUTS = {
    "billion laughs": (LAUGHS, "read"),
    "merge bomb": (MERGES, "read"),
    "a chain of 12,000 merges": (CHAIN, "read"),
    "100 MB of keys": ("b'k: 1\\n' * 16_000_000", "unreadable"),
    "49,000 keys": ("b''.join(b'k%d: 1\\n' % i for i in range(49_000))", "read"),
    "99,000 keys": ("b''.join(b'k%d: 1\\n' % i for i in range(99_000))", "unreadable"),
    "2 MB of one scalar": ("b'k: \"' + b'x' * 1_990_000 + b'\"\\n'", "read"),
    "2 MB of comments": ("b'# x\\n' * 399_000 + b'k: 1\\n'", "read"),
    "50,000 opening brackets": ("b'k: ' + b'[' * 50_000", "unreadable"),
    "50,000 bare opening brackets": ("b'[' * 50_000", "unreadable"),
    "50,000 dashes": ("b'- ' * 50_000", "unreadable"),
    "50,000 braces": ("b'{' * 50_000", "unreadable"),
    "block depth 2,000": ("b''.join(b' ' * i + b'k:\\n' for i in range(1_900))", "unreadable"),
    "3,000 complex keys": ("b'? ' * 3_000 + b'a\\n'", "unreadable"),
    "30,000 explicit keys": ("b''.join(b'? k%d\\n: v\\n' % i for i in range(30_000))", "read"),
    "NUL": ("b'k: a\\0b\\n'", "unreadable"),
    "a control byte": ("b'k: a\\x01b\\n'", "unreadable"),
    "invalid UTF-8": ("b'k: \\xff\\xfeabc\\n'", "unreadable"),
    "Latin-1": ("'k: é\\n'.encode('latin-1')", "unreadable"),
    "UTF-16": ("'k: v\\n'.encode('utf-16')", "unreadable"),
    "a Python object": ("b'k: !!python/object/apply:os.system [\"exit 1\"]\\n'", "read"),
    "a recursive alias": ("b'k: &a [*a]\\n'", "unreadable"),
    "a recursive mapping": ("b'k: &a\\n  x: *a\\n'", "unreadable"),
    "50,000 documents": ("b'---\\nk: 1\\n' * 50_000", "unreadable"),
    "a long plain line": ("b'k: ' + b'ab ' * 600_000 + b'\\n'", "read"),
    "45,000 anchors": ("b''.join(b'k%d: &a%d 1\\n' % (i, i) for i in range(45_000))", "read"),
    "20,000 aliases of one anchor": ("b'k: &a {x: 1}\\n' + b''.join(b'k%d: *a\\n' % i for i in range(14_000))", "read"),
    "a number of 100,000 digits": ("b'k: ' + b'9' * 100_000 + b'\\n'", "read"),
    "a hexadecimal number of 100,000 digits": ("b'k: 0x' + b'f' * 100_000 + b'\\n'", "read"),
    "duplicate keys": ("b'k: 1\\n' * 10_000", "read"),
    "90,000 blank lines": ("b'k: |+\\n  x' + b'\\n' * 90_000 + b'j: 1\\n'", "read"),
    "JSON of 40,000 brackets": ("b\"k: '\" + b'[' * 40_000 + b\"'\\n\"", "read"),
    "JSON of 30,000 backslashes": ('b"k: \'{\\"a\\": \\"" + b\'\\\\\\\\\' * 15_000 + b"\\"}\'\\n"', "read"),
    "a quote that never ends": ("b'k: \"' + b'x\\n' * 500_000", "unreadable"),
    "a flow list that never ends": ("b'k: [' + b'x, ' * 60_000", "unreadable"),
    "a list of 60,000": ("b'k: [' + b'x, ' * 60_000 + b']\\n'", "read"),
    "nested block texts": (
        "b'k: |\\n' + b''.join(b' ' * i + b'k: |\\n' for i in range(1, 300)) + b' ' * 301 + b'x\\n'",
        "read",
    ),
    "bidirectional and invisible characters": ("'k: \"\\u202e\\u2066\\u200b\\u0301\"\\n'.encode()", "read"),
    "terminal escapes": ("b'k: \"\\\\e[2J\\\\a\"\\n'", "read"),
    "a key of 2,000 characters": ("b'k' * 2_000 + b': 1\\n'", "unreadable"),
}


@pytest.mark.parametrize("name", INPUTS)
def test_hostile_input(name: str) -> None:
    expression, expected = INPUTS[name]
    child = subprocess.run([sys.executable, "-c", CHILD], input=expression, capture_output=True, text=True, check=False)
    assert child.returncode == 0, child.stderr[-2000:]
    outcome, seconds, megabytes = json.loads(child.stdout)
    assert outcome.split(" ")[0] == expected
    assert seconds < 2  # for the reading, and for each of the three edits
    assert megabytes < (400 if name == "100 MB of keys" else 200)  # the input itself is among them
