"""How a file is written never changes what is read from it."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from rea_xcom_tui.xcom.model import FIELDS, State
from tests.xcom.trees import BACKEND, COMPRESSION, PATH, ROLE, THRESHOLD, config

Settings = dict[str, str]

PLAIN = st.sampled_from(["s3://bucket/x", "s3://c@bucket/x", "gs://bucket", "/local", "x y"])
SETTINGS = st.fixed_dictionaries(
    {PATH: PLAIN, "ASTRO_DEPLOYMENT_ID": st.just("d")},
    optional={
        THRESHOLD: st.sampled_from(["0", "-1", "1048576", "abc", "1e6", ""]),
        COMPRESSION: st.sampled_from(["zip", "gz", "xz", ""]),
        "AIRFLOW_CONN_C": st.sampled_from(["aws://", '{"conn_type": "aws"}', "{bad"]),
        "OTHER": st.sampled_from(["1", "true", "# no comment", "a: b"]),
    },
)


@st.composite
def written(draw: st.DrawFn, items: Settings) -> str:
    """The same settings in some order, style, quoting, indentation and with comments and blank lines."""
    names = draw(st.permutations(list(items)))
    if draw(st.booleans()):
        body = ", ".join(f"{{name: {name}, value: {json.dumps(items[name])}}}" for name in names)
        env = f"commonEnv: [{body}]\n"
    else:
        dash = draw(st.sampled_from(["", " ", "  "]))
        env = "commonEnv:\n" + "".join(draw(entry(name, items[name], dash)) for name in names)
    blocks = [
        env,
        f"xcomBackend: {BACKEND}\n",
        f'annotations: {{eks.amazonaws.com/role-arn: "{ROLE}"}}\n',
        "labels: {}\n",
    ]
    noise = [f"# commonEnv: [{{name: {PATH}, value: s3://comment/no}}]\n", "\n", "# xcomBackend: no\n"]
    text = "".join(draw(st.permutations(blocks + noise)))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@st.composite
def entry(draw: st.DrawFn, name: str, value: str, dash: str) -> str:
    quoted = draw(st.sampled_from([json.dumps(value), "'" + value.replace("'", "''") + "'"]))
    comment = draw(st.sampled_from(["", "  # Zero means always"]))
    lines = [f"name: {name}", f"value: {quoted}{comment}"]
    first, second = draw(st.permutations(lines))
    above = draw(st.sampled_from(["", f"{dash}# next setting\n", "\n"]))
    return f"{above}{dash}- {first}\n{dash}  {second}\n"


def meaning(text: str) -> dict[str, tuple[str | int | None, str | None, State, str | None]]:
    fields = config(text).fields
    return {name: (fields[name].value, fields[name].raw, fields[name].state, fields[name].type) for name in FIELDS}


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_order_quotes_style_and_comments_change_nothing(data: st.DataObject) -> None:
    items = data.draw(SETTINGS)
    one, two = data.draw(written(items)), data.draw(written(items))
    assert meaning(one) == meaning(two)
    assert config(one).cloud == config(two).cloud


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_places_point_at_what_they_say(data: st.DataObject) -> None:
    text = data.draw(written(data.draw(SETTINGS)))
    lines = text.replace("\r\n", "\n").split("\n")
    for name in ("path", "threshold", "compression", "identity"):
        for place in config(text).fields[name].places:
            assert lines[place.line - 1][place.column - 1 :].lstrip("\"'").startswith(place.raw)
