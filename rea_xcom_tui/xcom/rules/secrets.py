"""XC8: secrets in plain text. Messages tell the place and the kind, never the secret."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rea_xcom_tui.xcom.chart_entries import rendered
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.rules.connection_text import Defined, defined
from rea_xcom_tui.xcom.rules.examples import AZURE_CONNECTION, azure, example
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import has_key, odd_connection, sets
from rea_xcom_tui.xcom.rules.subject import Subject, is_stand_in, is_template, mapping, name_node

_WHY = "Anyone who can read the repo has it, and the history keeps it even after it is removed from the file."
_CHART = "The chart's reference, which discourages it and names a Secret instead."
_DUMMY = re.compile(r"<.*>|\*+|x+|X+|\.+|-+|REDACTED|CHANGE_?ME|REPLACE_?ME|TODO|null|none", re.S | re.I)
_SECRET_MEMBER = re.compile(
    r"(?:^|_)(?:password|account_key|sas_token|connection_string|secret_access_key|session_token|keyfile_dict|"
    r"client_secret|private_key|shared_access_key|api_key|token|secret)$",
    re.I,
)
_PAIR = re.compile(r'"(?P<name>\w+)"\s*:\s*"(?P<secret>[^"]+)"')
_USER_INFO = re.compile(r"://[^/?#@\s:]*:(?P<secret>[^/?#@\s]+)@")
_AZURE_PART = re.compile(r"(?:^|[;?\"'\s])(?P<name>AccountKey|SharedAccessSignature)=(?P<secret>[^;\"'\s]+)", re.I)
_VARIABLES = frozenset((
    "ASTRO_AGENT_CLIENT_API_TOKEN", "ASTRO_API_TOKEN", "OPENLINEAGE_API_KEY", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET", "AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING", "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__API__SECRET_KEY", "AIRFLOW__API_AUTH__JWT_SECRET", "AIRFLOW__WEBSERVER__SECRET_KEY",
    "VAULT_TOKEN", "GITHUB_TOKEN",
))  # fmt: skip
"""Variables whose value is always a secret."""


def is_plain(text: str | None) -> bool:
    """True for text that can only be the secret itself: no reference, no template, no placeholder."""
    if not text or not text.strip() or is_stand_in(text) or is_template(text):
        return False
    return "$(" not in text and not text.startswith("$") and _DUMMY.fullmatch(text.strip()) is None


def _key(holder: Node | None, key: str, said: str, instead: str) -> Iterator[Hit]:
    node = holder.get(key) if holder is not None else None
    if node is None:
        return
    if node.kind != "scalar" or is_plain(rendered(node)):
        yield at(node, f"{said} is in plain text; put it in a Secret and name that in {instead}")


@rule(
    "XC801",
    "error",
    title="The agent's token is in plain text",
    what="`agentToken` holds a value.",
    why=_WHY + " With the token anyone can act as an agent of the deployment.",
    wrong="agentToken: not-a-real-token\n" + example(),
    right="agentTokenSecretName: agent-token\n" + example(),
    source=_CHART,
    when=has_key("agentToken"),
)
def secret_agent_token(subject: Subject) -> Iterator[Hit]:
    """`agentToken`."""
    yield from _key(subject.root, "agentToken", "the agent's token", "agentTokenSecretName")


@rule(
    "XC802",
    "error",
    title="The registry's credentials are in plain text",
    what="`imagePullSecretData` holds a value.",
    why=_WHY,
    wrong='imagePullSecretData: \'{"auths": {"registry.example.com": {"auth": "bm90LXJlYWw="}}}\'\n' + example(),
    right="imagePullSecretName: image-pull-secret\n" + example(),
    source=_CHART,
    when=has_key("imagePullSecretData"),
)
def secret_image_pull(subject: Subject) -> Iterator[Hit]:
    """`imagePullSecretData`."""
    yield from _key(subject.root, "imagePullSecretData", "the registry's credentials", "imagePullSecretName")


@rule(
    "XC803",
    "error",
    title="The OpenLineage key is in plain text",
    what="`openLineage.apiKey` holds a value.",
    why=_WHY,
    wrong=example(rest="openLineage:\n  apiKey: not-a-real-key"),
    right=example(rest="openLineage:\n  apiKeySecret: deployment-api-token"),
    source=_CHART,
    when=lambda shape: shape.may_have("apiKey", "openLineage"),
)
def secret_open_lineage(subject: Subject) -> Iterator[Hit]:
    """`openLineage.apiKey`."""
    yield from _key(
        mapping(subject.root.get("openLineage")), "apiKey", "the OpenLineage key", "openLineage.apiKeySecret"
    )


@rule(
    "XC804",
    "error",
    title="The sentinel's secret is in plain text",
    what="`sentinelAuthSecret` holds a value.",
    why=_WHY,
    wrong="sentinelAuthSecret: not-a-real-secret\n" + example(),
    right="sentinelAuthSecretName: sentinel-auth\n" + example(),
    source=_CHART,
    when=has_key("sentinelAuthSecret"),
)
def secret_sentinel(subject: Subject) -> Iterator[Hit]:
    """`sentinelAuthSecret`."""
    yield from _key(subject.root, "sentinelAuthSecret", "the sentinel's secret", "sentinelAuthSecretName")


@rule(
    "XC805",
    "error",
    title="A connection holds a secret in plain text",
    what="A connection's JSON or URI has a password, or a key, token or connection string in its extra, even where "
    "Airflow cannot read it.",
    why=_WHY + " Pods with an identity need no key; a Secret (`valueFrom`) or a secrets backend keeps one out of Git.",
    wrong=azure(connection=AZURE_CONNECTION.replace('"account_name"', '"account_key": "bm90LXJlYWw=", "account_name"')),
    right=azure(),
    source="Airflow's documentation on connections.",
    when=odd_connection,
)
def secret_connection(subject: Subject) -> Iterator[Hit]:
    """`password`, `account_key`, `aws_secret_access_key`."""
    for found in defined(subject):
        known = _secret_members(found.connection.members) + _secret_members(found.connection.extra)
        names = sorted(set(known or _secrets_unread(found)))
        if names:
            yield at(found.node, f"{found.entry.name} holds {', '.join(names)} in plain text; take it from a Secret")


def _secrets_unread(found: Defined) -> Iterator[str]:
    """The names of secrets in a text of which Airflow makes nothing, such as JSON with a comma too many, or a URI in
    quotes: whoever reads the file makes something of it."""
    if found.connection.problem is None and found.connection.type:
        return
    for match in _PAIR.finditer(found.text):
        if _SECRET_MEMBER.search(match["name"]) and is_plain(match["secret"]):
            yield match["name"]
    for match in _AZURE_PART.finditer(found.text):
        if is_plain(match["secret"]):
            yield match["name"]
    if any(is_plain(match["secret"]) for match in _USER_INFO.finditer(found.text)):
        yield "password"


def _secret_members(members: dict[str, object]) -> list[str]:
    """The names of members that hold a secret, those one level deeper included."""
    names = []
    for name, value in members.items():
        if _SECRET_MEMBER.search(name):
            if (isinstance(value, str) and is_plain(value)) or (isinstance(value, dict) and value):
                names.append(name)
        elif isinstance(value, dict) and name != "extra":
            names += [f"{name}.{n}" for n, v in value.items() if _SECRET_MEMBER.search(n) and is_plain(str(v or ""))]
    return names


@rule(
    "XC806",
    "error",
    title="A variable holds a secret in plain text",
    what="A variable that is always a secret, such as AWS_SECRET_ACCESS_KEY or ASTRO_AGENT_CLIENT_API_TOKEN, has a "
    "`value`.",
    why=_WHY,
    wrong=example(env=(("AWS_SECRET_ACCESS_KEY", '"not-a-real-key"'),)),
    right=example(
        env=(
            (
                "AWS_SECRET_ACCESS_KEY",
                "null\n    valueFrom:\n      secretKeyRef:\n        name: aws\n        key: secret",
            ),
        )
    ).replace("    value: null\n", ""),
    source="The documentation of AWS, Azure and Airflow on these variables.",
    when=sets(*_VARIABLES),
)
def secret_variable(subject: Subject) -> Iterator[Hit]:
    """AWS_SECRET_ACCESS_KEY and its like."""
    for entry in subject.entries:
        if entry.name in _VARIABLES and is_plain(entry.text):
            yield at(entry.value or name_node(entry), f"{entry.name} is in plain text; take it from a Secret")
