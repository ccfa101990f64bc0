from __future__ import annotations

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.xcom.rules.examples import ROLE, example
from rea_xcom_tui.xcom.rules.policy import parse_policy
from rea_xcom_tui.xcom.rules.settings import RuleSettings
from tests.xcom.rules.helpers import found


def messages(policy: str, text: str, env: str | None = "prod") -> list[str]:
    settings = RuleSettings(policies=(parse_policy(policy),))
    return [f.message for f in found(text, settings=settings, env=env) if f.code == "XC904"]


def test_a_policy_is_one_line() -> None:
    policy = parse_policy("threshold must be 0 in prod, dr")
    assert (policy.field, policy.test, policy.values, policy.envs) == ("threshold", "is", ("0",), ("prod", "dr"))
    text = example(threshold='"4096"')
    assert messages("threshold must be 0 in prod, dr", text) == [
        'threshold is "4096", but this repo demands: threshold must be 0 in prod, dr'
    ]
    assert messages("threshold must be 0 in prod, dr", text, env="dev") == []
    assert messages("threshold must be 0 in prod, dr", text, env=None) == []
    assert messages("threshold must be 0 in prod, dr", example()) == []


SECRET = "null\n    valueFrom:\n      secretKeyRef: {name: xcom, key: path}"


@pytest.mark.parametrize(
    ("policy", "text", "met"),
    [
        ("threshold must be always", example(), True),
        ("threshold must be 0 or 4 KiB", example(threshold='"4096"'), True),
        ("threshold must be at most 1 MiB", example(threshold='"1048576"'), True),
        ("threshold must be at most 1 MiB", example(threshold='"1048577"'), False),
        ("threshold must be at most 1 MiB", example(threshold='"-1"'), False),
        ("threshold must be at most 1 MiB", example(threshold=None), False),
        ("threshold must be at least 1k", example(threshold='"1024"'), True),
        ("threshold must be at least 1k", example(threshold='"-1"'), True),
        ("threshold must be at least 1k", example(), False),
        ("threshold must not be never", example(threshold='"-5"'), False),
        ("threshold must not be never", example(), True),
        ("threshold must be 0", example(threshold='"10MB"'), False),
        ("compression must be zip or gzip", example(compression='"gzip"'), True),
        ("compression must be zip or gzip", example(), False),
        ("compression must be none", example(), True),
        ("compression must not be set", example(compression='"zip"'), False),
        ("compression must be set", example(compression='"zip"'), True),
        ("path must match s3://acme-* or gs://acme-*", example(), True),
        ("path must match s3://corp-*", example(), False),
        ("path must not match *tmp*", example(path='"s3://tmp-kim/x"'), False),
        ("path must match s3://corp-*", example(path=SECRET), True),
        ("path must be set", example(path=SECRET), True),
        ("path must be set", example(path=None), False),
        (f"identity must be {ROLE}", example(rest=f"annotations:\n  eks.amazonaws.com/role-arn: {ROLE}"), True),
        ("identity must be set", example(), False),
    ],
)
def test_each_form(policy: str, text: str, met: bool) -> None:
    assert (messages(policy, text) == []) == met


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("threshold should be 0", "is not understood"),
        ("treshold must be 0", "names no field"),
        ("threshold must be large", "is not a size"),
        ("path must be at least s3", "compares sizes"),
        ("", "is not understood"),
    ],
)
def test_a_line_that_is_no_policy_is_refused_with_a_sentence(line: str, said: str) -> None:
    with pytest.raises(ToolError, match=said):
        parse_policy(line)
