from __future__ import annotations

import json
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.edit.plan import FilePlan
from rea_xcom_tui.fleet.masking import display_lines, shown_lines
from rea_xcom_tui.reports.changes import unified
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.values.sectioned import SectionedFile, in_sections
from rea_xcom_tui.xcom.secrets import MASK

SAMPLES = Path(__file__).parents[2] / "sample_repos"

CANARY = "CANARYsecret"
CONNECTION = json.dumps(
    {"conn_type": "azure", "login": "acc", "password": CANARY, "extra": json.dumps({"sas_token": CANARY})}
)


def connection(style: str) -> str:
    head = "commonEnv:\n  - name: AIRFLOW_CONN_WASB_XCOM\n    value: "
    if style == "single":
        return head + "'" + CONNECTION + "'\n"
    if style == "double":
        return head + json.dumps(CONNECTION) + "\n"
    if style in (">-", "|"):
        lines = json.dumps(json.loads(CONNECTION), indent=2).splitlines()
        return head + style + "\n" + "".join(f"      {line}\n" for line in lines)
    if style == "flow":
        return "commonEnv: [" + json.dumps({"name": "AIRFLOW_CONN_X", "value": CONNECTION}) + "]\n"
    return head + f"wasb://acc:{CANARY}@host/?key={CANARY}\n"


@pytest.mark.parametrize("style", ["single", "double", ">-", "|", "flow", "uri"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_no_style_of_a_connection_shows_its_secret(style: str, newline: str) -> None:
    text = ("xcomBackend: a.b.C\n" + connection(style) + f"agentToken: {CANARY}\n" + "last: 1\n").replace("\n", newline)
    lines = display_lines(text.encode())
    assert CANARY not in "\n".join(lines)
    assert len(lines) == text.count("\n") + 1
    assert "last: 1" in lines


@pytest.mark.parametrize(
    "text",
    [
        f"imagePullSecretData: {CANARY}\n",
        f"sentinelAuthSecret: {CANARY}\n",
        f"openLineage:\n  apiKey: {CANARY}\n",
        f"workers:\n  - env:\n      - name: AWS_SECRET_ACCESS_KEY\n        value: {CANARY}\n",
        f"workers:\n  - env:\n      - value: {CANARY}\n        name: DB_PASSWORD\n",
        f"commonEnv:\n  - &x {{name: AIRFLOW_CONN_A, value: '{CANARY}'}}\n  - *x\n",
        f"x: &c '{CANARY}'\ncommonEnv:\n  - name: AIRFLOW_CONN_A\n    value: *c\n",
        f"x: &c\n  value: '{CANARY}'\ncommonEnv:\n  - name: AIRFLOW_CONN_A\n    <<: *c\n",
        f"commonEnv:\n  - name: AIRFLOW_CONN_A\n    value: {CANARY}\n    name: OTHER\n",
        f"commonEnv:\n  - name: AIRFLOW_CONN_A\n    value: a\n    value: {CANARY}\n",
        f"commonEnv:\n  - name: AIRFLOW_CONN_A\n    value:\n      password: {CANARY}\n      extra: [x://{CANARY}]\n",
    ],
)
def test_other_secrets_are_masked_too(text: str) -> None:
    assert CANARY not in "\n".join(display_lines(text.encode()))
    assert CANARY not in "\n".join(shown_in_pieces(f"a: 1\n{text}z: 1\n"))


def shown_in_pieces(text: str) -> list[str]:
    """Every two lines of a file as they are shown where it is read in sections if possible."""
    file = in_sections(text.encode())
    starts = [*file.line_starts(), len(text) + 1]
    return [line for start, end in zip(starts, starts[2:], strict=False) for line in shown_lines(file, start, end - 1)]


def test_a_file_in_sections_is_masked_as_a_whole_one() -> None:
    texts = [file.read_text("utf-8") for file in sorted(SAMPLES.glob("az*-fleet/**/*.yaml"))]
    styles = [connection(style) for style in ("single", "double", ">-", "|", "flow", "uri")]
    texts += [f"a: 1\n# password: {CANARY}\n{style}# - name: A_TOKEN\n#   value: {CANARY}\nb: 2\n" for style in styles]
    taken = 0
    for text in texts:
        file = in_sections(text.encode())
        taken += isinstance(file, SectionedFile)
        whole = ValuesFile.parse(text.encode())
        starts = [*whole.line_starts(), len(whole.text) + 1]
        for lines in (1, 5):
            for start, end in zip(starts, starts[lines:], strict=False):
                assert shown_lines(file, start, end - 1) == shown_lines(whole, start, end - 1)
    assert taken > 10


@pytest.mark.parametrize(
    "text",
    [
        f"# - name: AIRFLOW_CONN_A\n#   value: {CANARY}\n",
        f"# - name: AIRFLOW_CONN_A\n#   value: >-\n#     {{\n#       {CANARY}}}\n",
        f"# - {{name: DB_PASSWORD, value: {CANARY}}}\n",
        f'#commonEnv: [{{"name":"AIRFLOW_CONN_A","value":"{CANARY}"}}]\n',
        f"commonEnv:\n  - name: AIRFLOW_CONN_A\n    # value: {CANARY}\n    value: a\n",
        f"commonEnv:\n  - name: AIRFLOW_CONN_A\n    value: a # was {CANARY}\n",
        f"path: x  # was s3://user:{CANARY}@bucket\n",
        f'# the connection was {{"conn_type": "aws", "password": "{CANARY}"}}\n',
        f'# "extra": "{{\\"account_key\\": \\"{CANARY}\\"}}"\n',
        f"# agentToken: {CANARY}\n",
    ],
)
def test_secrets_in_comments_are_masked_too(text: str) -> None:
    lines = display_lines(("a: 1\n" + text + "z: 2\n").encode())
    assert CANARY not in "\n".join(lines)
    assert (lines[0], lines[-2], len(lines)) == ("a: 1", "z: 2", text.count("\n") + 3)


def test_comments_without_secrets_stay() -> None:
    text = "# agentToken:\n# - name: LOG_LEVEL\n#   value: debug\n# s3://conn@bucket/x # why\npath: 1 # one\n"
    assert display_lines(text.encode()) == text.split("\n")


def test_a_diff_shows_the_changed_line_and_masks_its_neighbours() -> None:
    before = "commonEnv:\n  - name: AIRFLOW_CONN_A\n    value: '" + CONNECTION + "'\n  - name: X\n    value: '1'\n"
    plan = FilePlan("a/values.yaml", before.encode(), before.replace("'1'", "'2'").encode(), ())
    lines = list(unified(plan))
    assert [line for line in lines if line[:1] in "+-"][2:] == ["-    value: '1'", "+    value: '2'"]
    assert CANARY not in "\n".join(lines)
    assert any('"conn_type": "azure"' in line for line in lines)


@pytest.mark.parametrize("quote", ["'", '"'])
def test_what_is_shown_is_quoted_as_in_the_file(quote: str) -> None:
    def entry(connection: dict[str, str]) -> str:
        text = json.dumps(connection)
        quoted = json.dumps(text) if quote == '"' else "'" + text.replace("'", "''") + "'"
        return f"commonEnv:\n  - name: AIRFLOW_CONN_A\n    value: {quoted}\n"

    harmless = {"conn_type": "aws", "host": "it's"}
    assert display_lines(entry(harmless).encode()) == entry(harmless).split("\n")
    shown = entry({**harmless, "password": MASK})
    assert display_lines(entry({**harmless, "password": CANARY}).encode()) == shown.split("\n")


def test_a_line_cannot_drive_the_terminal() -> None:
    text = 'note: "a\\u001b]0;x\\u0007"\nplain: \u202eevil\n'
    assert "\x1b" not in "".join(display_lines(text.encode()))
    assert "\u202e" not in "".join(display_lines(text.encode()))


def test_the_samples_keep_their_line_numbers() -> None:
    for path in (Path(__file__).resolve().parents[2] / "sample_repos").rglob("values.yaml"):
        data = path.read_bytes()
        if b"xcomBackend" in data and "audiences" not in str(path):
            assert len(display_lines(data)) == data.count(b"\n") + 1
