"""What the file systems of S3, Azure and Google Cloud make of a connection's settings.

Each fact was recorded by building the store on Airflow 3.1.8 and 3.3.2 (amazon 9.39.0, microsoft-azure 15.2.1, google
22.8.0, adlfs 2026.2.0 and 2026.8.0) or by asking servers of each cloud's protocol. Sentences name members, never their
values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Final
from urllib.parse import urlsplit

from rea_xcom_tui.xcom.connections import Connection
from rea_xcom_tui.xcom.identities import arn_problem
from rea_xcom_tui.xcom.model import Cloud

_BOTOCORE_OPTIONS: Final = frozenset((
    "account_id_endpoint_mode", "auth_scheme_preference", "client_cert", "client_context_params", "connect_timeout",
    "defaults_mode", "disable_request_compression", "endpoint_discovery_enabled", "ignore_configured_endpoint_urls",
    "inject_host_prefix", "max_pool_connections", "parameter_validation", "proxies", "proxies_config",
    "read_timeout", "region_name", "request_checksum_calculation", "request_min_compression_size_bytes",
    "response_checksum_validation", "retries", "s3", "s3_disable_express_session_auth", "sigv4a_signing_region_set",
    "signature_version", "tcp_keepalive", "use_dualstack_endpoint", "use_fips_endpoint", "user_agent",
    "user_agent_appid", "user_agent_extra",
))  # fmt: skip
"""What botocore's Config takes; any other name in `config_kwargs` is a TypeError."""

_REGION = re.compile(r"(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)")
_SIGNATURES: Final = frozenset((
    "s3v4", "s3", "v4", "s3v4a", "v4a", "s3v4-query", "s3-query", "v4-query", "v4-s3express", "v4-s3express-query",
    "s3-presign-post", "s3v4-presign-post", "v4-s3express-presign-post", "bearer", "none",
))  # fmt: skip
"""Names of signatures that botocore has, without those that were tried and cannot write to S3 (v2, v3, v3https)."""
_ROLE_METHODS: Final = ("assume_role", "assume_role_with_saml", "assume_role_with_web_identity")
_STS_VARIABLES: Final = frozenset(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"))
_AMAZON = re.compile(r"\.amazonaws\.com(?:\.cn)?(?:[:/]|$)")
_ENDPOINT_VARIABLES: Final = frozenset(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"))
_GOOGLE_PREFIX: Final = "extra__google_cloud_platform__"
_GOOGLE_KEYS: Final = ("keyfile_dict", "key_path", "credential_config_file", "is_anonymous", "key_secret_name")
_AZURE_DOMAIN = re.compile(r"(?:blob|dfs)\.core\.[a-z.]+")

AZURE_KEY_VARIABLES: Final = frozenset((
    "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING",
    "AZURE_STORAGE_CLIENT_SECRET",
))  # fmt: skip
"""Variables that give Azure's file system credentials without any connection."""


def azure_field(found: Connection, name: str) -> object:
    """A setting of an Azure connection: under its own name, else under `extra__TYPE__` with the connection's own type.

    An empty text counts as not set. A prefix of another type is not looked at.
    """
    prefixed = f"extra__{found.type or 'azure_data_lake'}__{name}"
    value = found.extra[name] if name in found.extra else found.extra.get(prefixed)
    return None if value == "" else value


def google_field(found: Connection, name: str) -> object:
    """A setting of a Google connection, under its own name or the older prefixed one."""
    return found.extra.get(name) or found.extra.get(_GOOGLE_PREFIX + name)


def s3_endpoint(found: Connection) -> object:
    """The endpoint that S3 is asked at, or None for Amazon's own: that of `service_config.s3` wins where it has one."""
    config = found.extra.get("service_config")
    s3 = config.get("s3") if isinstance(config, dict) else None
    return s3["endpoint_url"] if isinstance(s3, dict) and "endpoint_url" in s3 else found.extra.get("endpoint_url")


def brings_azure_key(found: Connection) -> bool:
    """True when an Azure connection has credentials that are used whatever `anon` says."""
    keys = ("account_key", "sas_token", "connection_string")
    return bool(found.members.get("password")) or any(azure_field(found, key) for key in keys)


def failing(cloud: Cloud, found: Connection, names: Collection[str]) -> Iterator[str]:
    """Why the path's store cannot be built from this connection, or refuses every call: one sentence each.

    `names` are the variables of the container.
    """
    if cloud == "aws":
        yield from _s3_failing(found)
    elif cloud == "azure":
        yield from _azure_failing(found, names)
    elif cloud == "gcp":
        yield from _google_failing(found)


def _s3_failing(found: Connection) -> Iterator[str]:
    extra = found.extra
    for name in ("config_kwargs", "service_config"):
        if name in extra and not isinstance(extra[name], dict):
            yield f"{name} is not an object; leave it out or write one"
    config = extra.get("config_kwargs")
    if isinstance(config, dict):
        for name in sorted(set(config) - _BOTOCORE_OPTIONS):
            more = "; it belongs beside config_kwargs" if name == "endpoint_url" else ""
            yield f"config_kwargs has the unknown option {name[:40]}{more}"
        signature = config.get("signature_version")
        if signature and signature not in _SIGNATURES:
            yield f"signature_version {str(signature)[:20]} is not one that S3's client can write with: s3v4, s3, v4"
    endpoint = s3_endpoint(found)
    if endpoint and not (isinstance(endpoint, str) and re.match(r"https?://[^/]", endpoint, re.I)):
        yield "endpoint_url does not start with http:// or https://"
    region = extra.get("region_name")
    if region and not (isinstance(region, str) and _REGION.fullmatch(region)):
        yield "region_name is not a region's name"
    role = extra.get("role_arn")
    if role and not (isinstance(role, str) and ("{" in role or "$" in role or arn_problem(role) is None)):
        yield "role_arn is not the ARN of a role"
    if role and extra.get("assume_role_method", "assume_role") not in _ROLE_METHODS:
        yield f"assume_role_method is none of {', '.join(_ROLE_METHODS)}"


def _azure_failing(found: Connection, names: Collection[str]) -> Iterator[str]:
    text = azure_field(found, "connection_string")
    if text:
        if problem := _connection_string_problem(text):
            yield problem
        return
    if "AZURE_STORAGE_CONNECTION_STRING" in names:
        return
    for name in ("account_name", "account_key", "sas_token"):
        if name == "account_name" and azure_field(found, "account_host"):
            continue  # the host's name is used then
        value = azure_field(found, name)
        if value is not None and not isinstance(value, str):
            yield f"{name} is not a string"
    login, keys = found.members.get("login"), (azure_field(found, "account_key"), azure_field(found, "sas_token"))
    principal = azure_field(found, "tenant_id") and login and not any(keys)
    if principal and not found.members.get("password") and not set(names) & AZURE_KEY_VARIABLES:
        yield "login and tenant_id without a password: a service principal needs its secret"
    host = azure_field(found, "account_host")
    if isinstance(host, str) and "://" in host:
        yield "account_host has a scheme; it takes the host name alone"
    elif isinstance(host, str) and _AZURE_DOMAIN.fullmatch(host):
        yield "account_host is the domain alone; it takes the account's whole host name"


def _connection_string_problem(text: object) -> str | None:
    if not isinstance(text, str):
        return "connection_string is not a string"
    if text != text.strip() or text[0] in "'\"" or text[-1] in "'\"":
        return "connection_string has quotes or blanks around it"
    if "{" in text or "$" in text or "<" in text:
        return None
    pairs = [part.split("=", 1) for part in text.rstrip(";").split(";")]
    if any(len(pair) != 2 for pair in pairs):
        return "connection_string is not a list of NAME=VALUE separated by semicolons"
    if not {pair[0].upper() for pair in pairs} & {"BLOBENDPOINT", "ACCOUNTNAME"}:
        return "connection_string names no account: it has neither AccountName nor BlobEndpoint"
    return None


def _google_failing(found: Connection) -> Iterator[str]:
    given = [name for name in _GOOGLE_KEYS if google_field(found, name)]
    if len(given) > 1:
        yield f"{' and '.join(given)} are set together; Airflow takes one of them"
        return
    yield from _keyfile_problems(google_field(found, "keyfile_dict"))
    path = google_field(found, "key_path")
    if isinstance(path, str) and path:
        if path.endswith(".p12"):
            yield "key_path is a P12 key, which Airflow does not support; use a JSON key"
        elif path.startswith(("~", "gs://")) or not path.endswith(".json"):
            yield "key_path is not the absolute path of a .json file"
    elif path:
        yield "key_path is not a string"
    scope = google_field(found, "scope")
    if scope and not isinstance(scope, str):
        yield "scope is not a string; write several with commas between them"
    chain = google_field(found, "impersonation_chain")
    if chain and not isinstance(chain, str | list):
        yield "impersonation_chain is not a string"
    if google_field(found, "idp_issuer_url") and not google_field(found, "credential_config_file"):
        yield "idp_issuer_url needs credential_config_file beside it"


def _keyfile_problems(key: object) -> Iterator[str]:
    """A text that is not JSON is left to the rule that looks at every connection's key."""
    if isinstance(key, str) and key:
        try:
            key = json.loads(key)
        except (ValueError, RecursionError):
            return
        if not isinstance(key, dict):
            yield "keyfile_dict is JSON but not an object: it may have been encoded twice"
            return
    if isinstance(key, dict):
        if key and not isinstance(key.get("private_key"), str):
            yield "keyfile_dict has no private_key"
    elif key:
        yield "keyfile_dict is neither JSON in a string nor an object"


def ignored(cloud: Cloud, found: Connection, names: Collection[str]) -> Iterator[str]:
    """Settings that the path's store does not look at, though somebody meant something by them: one sentence each."""
    if cloud == "aws":
        yield from _s3_ignored(found, names)
    elif cloud == "azure":
        yield from _azure_ignored(found)
    elif cloud == "gcp" and google_field(found, "anonymous"):
        yield "anonymous is not read; the name is is_anonymous"


def _s3_ignored(found: Connection, names: Collection[str]) -> Iterator[str]:
    extra, asked = found.extra, "so AWS itself is asked; the name is endpoint_url in extra"
    if not s3_endpoint(found) and not set(names) & _ENDPOINT_VARIABLES:
        if found.members.get("host") and found.cloud in ("aws", None):
            yield f"the connection's host is not read, {asked}"
        for name in ("host", "aws_endpoint_url"):
            if extra.get(name):
                yield f"{name} in extra is not read, {asked}"
    config = extra.get("service_config")
    services = config if isinstance(config, dict) else {}
    s3, sts = services.get("s3"), services.get("sts")
    if isinstance(s3, dict) and "endpoint_url" in s3 and s3["endpoint_url"] is None and extra.get("endpoint_url"):
        yield "service_config.s3.endpoint_url is null, which switches endpoint_url off, so AWS itself is asked"
    own = s3_endpoint(found)
    elsewhere = (isinstance(sts, dict) and sts.get("endpoint_url")) or set(names) & _STS_VARIABLES
    if extra.get("role_arn") and isinstance(own, str) and not _AMAZON.search(own) and not elsewhere:
        yield "role_arn is asked of AWS's own STS, not of endpoint_url; service_config.sts.endpoint_url is for that"
    client = extra.get("client_kwargs")
    if isinstance(client, dict) and client.get("endpoint_url"):
        yield f"client_kwargs.endpoint_url is not read, {asked}"
    session = extra.get("session_kwargs")
    if isinstance(session, dict) and session.get("profile_name"):
        yield "session_kwargs.profile_name is not read; the name is profile_name in extra"
    if found.members.get("login") and not found.members.get("password") and found.cloud == "aws":
        yield "login without a password is not read: keys come in pairs"


def _azure_ignored(found: Connection) -> Iterator[str]:
    own = f"extra__{found.type or 'azure_data_lake'}__"
    for name in sorted(found.extra):
        if name.startswith("extra__") and not name.startswith(own):
            yield f"{name[:60]} is not read with the type {(found.type or '')[:30]}; write the name without its prefix"
    if azure_field(found, "connection_string"):
        return
    for name in ("client_id", "client_secret"):
        if found.extra.get(name):
            where = "login" if name == "client_id" else "password"
            yield f"{name} in extra is not read; a service principal's is in {where}, with tenant_id in extra"
    account = azure_field(found, "account_name")
    host = found.members.get("host")
    if isinstance(account, str) and isinstance(host, str) and "." in host:
        named = (urlsplit(host if "://" in host else f"//{host}").hostname or "").split(".")[0]
        if named != account.lower():
            yield "the connection's host names another account than account_name, and is not read"


def endpoint_bucket(found: Connection, bucket: str) -> bool:
    """True when the endpoint's URL already has the bucket in its path, which then becomes part of every key."""
    endpoint = s3_endpoint(found)
    if not isinstance(endpoint, str):
        return False
    return endpoint.partition("://")[2].partition("/")[2].strip("/").split("/")[0] == bucket
