"""Forms of identities and names of buckets, by the clouds' own rules."""

from __future__ import annotations

import pytest

from rea_xcom_tui.xcom.clouds import account_problem, bucket_problem
from rea_xcom_tui.xcom.identities import identity_cloud, identity_problem
from rea_xcom_tui.xcom.model import Cloud

GOOD: list[tuple[Cloud, str]] = [
    ("aws", "arn:aws:iam::123456789012:role/AgentRole"),
    ("aws", "arn:aws-cn:iam::123456789012:role/AgentRole"),
    ("aws", "arn:aws-us-gov:iam::123456789012:role/AgentRole"),
    ("aws", "arn:aws-iso:iam::123456789012:role/AgentRole"),
    ("aws", "arn:aws-iso-b:iam::123456789012:role/team/x/Agent+Role=,.@_-"),
    ("aws", "arn:aws:iam::123456789012:role/" + "a" * 64),
    ("azure", "11111111-2222-3333-4444-555555555555"),
    ("azure", "AAAAAAAA-bbbb-3333-4444-555555555555"),
    ("gcp", "xcom-agent@team-project.iam.gserviceaccount.com"),
    ("gcp", "xcom-agent@project-1.example.com.iam.gserviceaccount.com"),
    ("gcp", "123456-compute@developer.gserviceaccount.com"),
]

BAD: list[tuple[Cloud, str, str]] = [
    ("aws", "arn:aws:iam::<AWS_ACCOUNT_ID>:role/AgentRole", "placeholder <AWS_ACCOUNT_ID>"),
    ("aws", "arn:aws:iam::12345678901:role/X", "12 digits"),
    ("aws", "arn:aws:iam::１２３４５６７８９０１２:role/X", "12 digits"),
    ("aws", "arn:aws:iam:eu-west-1:123456789012:role/X", "no region"),
    ("aws", "arn:aws:sts::123456789012:assumed-role/X", "iam"),
    ("aws", "arn:aws:iam::123456789012:user/X", "not a role"),
    ("aws", "arn:aws:iam::123456789012:role/" + "a" * 65, "64"),
    ("aws", "arn:aws:iam::123456789012:role/", "64"),
    ("aws", "arn:aws:iam::123456789012:role/A B", "letters"),
    ("aws", "arn:amazon:iam::123456789012:role/X", "partition"),
    ("aws", "AgentRole", "looks like"),
    ("aws", "arn:aws:iam::123456789012:role/X ", "letters"),
    ("azure", "<managed-identity-client-id>", "placeholder"),
    ("azure", "11111111222233334444555555555555", "UUID"),
    ("azure", "{11111111-2222-3333-4444-555555555555}", "UUID"),
    ("gcp", "short@team-project.iam.gserviceaccount.com", "6 to 30"),
    ("gcp", "Xcom-Agent@team-project.iam.gserviceaccount.com", "6 to 30"),
    ("gcp", "xcom-agent@example.com", "looks like"),
    ("gcp", "xcom-agent", "looks like"),
]


@pytest.mark.parametrize(("cloud", "text"), GOOD)
def test_well_formed(cloud: Cloud, text: str) -> None:
    assert identity_problem(cloud, text) is None
    assert identity_cloud(text) == cloud


@pytest.mark.parametrize(("cloud", "text", "part"), BAD)
def test_malformed(cloud: Cloud, text: str, part: str) -> None:
    problem = identity_problem(cloud, text)
    assert problem is not None
    assert part in problem


BUCKETS: list[tuple[Cloud, str, bool]] = [
    ("aws", "team-bucket", True), ("aws", "a.b-c.1", True), ("aws", "ab", False), ("aws", "a" * 63, True),
    ("aws", "a" * 64, False), ("aws", "Team", False), ("aws", "a_b", False), ("aws", "-ab", False),
    ("aws", "ab-", False),
    ("aws", "a..b", False), ("aws", "192.168.0.1", False), ("aws", "xn--abc", False), ("aws", "sthree-x", False),
    ("aws", "amzn-s3-demo-x", False), ("aws", "x--ol-s3", False), ("aws", "name-s3alias", True),
    ("aws", "<bucket>", False),
    ("azure", "container", True), ("azure", "c-1", True), ("azure", "c--1", False), ("azure", "$web", True),
    ("azure", "C1x", False), ("azure", "c.1", False), ("azure", "-c1", False), ("azure", "ab", False),
    ("gcp", "team_bucket", True), ("gcp", "a.b_c", True), ("gcp", "goog-x", False), ("gcp", "my-google", False),
    ("gcp", "1.2.3.4", False), ("gcp", "a..b", False), ("gcp", "_ab", False), ("gcp", "a" * 64, False),
    ("gcp", f"{'a' * 63}.{'b' * 63}", True), ("gcp", f"{'a' * 64}.b", False), ("gcp", "ÄÖÜ", False),
    ("local", "", True), ("other", "Anything", True),
]  # fmt: skip


@pytest.mark.parametrize(("cloud", "name", "good"), BUCKETS)
def test_bucket_names(cloud: Cloud, name: str, good: bool) -> None:
    assert (bucket_problem(cloud, name) is None) is good


@pytest.mark.parametrize(
    ("name", "good"), [("acct1", True), ("ab", False), ("a" * 25, False), ("Acct", False), ("a-b", False)]
)
def test_account_names(name: str, good: bool) -> None:
    assert (account_problem(name) is None) is good
