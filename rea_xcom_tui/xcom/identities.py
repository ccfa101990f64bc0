"""Cloud identities of an agent's service accounts: their form, and the cloud each form belongs to."""

from __future__ import annotations

import re
from functools import lru_cache

from rea_xcom_tui.xcom.model import Cloud

_ROLE_ARN = re.compile(
    r"arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-[a-z]|aws-eusc):iam::([0-9]{12}):role/"
    r"(?P<path>(?:[\x21-\x7e]+/)?)(?P<name>[A-Za-z0-9+=,.@_-]{1,64})"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SERVICE_ACCOUNT = re.compile(
    r"(?P<name>[a-z][a-z0-9-]{4,28}[a-z0-9])@(?P<project>[a-z][a-z0-9-]{4,28}[a-z0-9])"
    r"(?:\.[a-z0-9.-]+)?\.iam\.gserviceaccount\.com"
)
_DEFAULT_SERVICE_ACCOUNT = re.compile(
    r"[0-9]+-compute@developer\.gserviceaccount\.com|[a-z0-9-]+@appspot\.gserviceaccount\.com"
)


def identity_cloud(text: str) -> Cloud | None:
    """The cloud whose identities look like this, by rough form; None when it looks like none."""
    bare = text.strip()
    if bare.startswith("arn:"):
        return "aws"
    if _UUID.fullmatch(bare):
        return "azure"
    return "gcp" if "@" in bare and bare.endswith(".gserviceaccount.com") else None


@lru_cache(maxsize=256)
def identity_problem(cloud: Cloud, text: str) -> str | None:
    """Why a cloud would refuse this as the identity of a service account, in one sentence, or None."""
    if cloud == "aws":
        return arn_problem(text)
    if cloud == "azure":
        return client_id_problem(text)
    return service_account_problem(text) if cloud == "gcp" else None


def arn_problem(text: str) -> str | None:
    """Why this is not the ARN of an IAM role, or None.

    By CloudFormation's pattern for role ARNs: the partitions `aws`, `aws-cn`, `aws-us-gov`, `aws-iso` and
    `aws-iso-b` and the like, a 12-digit account, an optional path, a name of at most 64 characters.
    """
    if _ROLE_ARN.fullmatch(text):
        return None
    if (placeholder := _placeholder(text)) is not None:
        return f"The role ARN still has the placeholder {placeholder}."
    parts = text.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:
        return "A role ARN looks like arn:aws:iam::123456789012:role/NAME."
    if parts[2] != "iam" or parts[3]:
        return "A role ARN belongs to iam and has no region: arn:aws:iam::123456789012:role/NAME."
    if not re.fullmatch(r"[0-9]{12}", parts[4]):
        return f'The account in a role ARN has 12 digits, not "{parts[4][:40]}".'
    if not parts[5].startswith("role/"):
        return f'The ARN names "{parts[5].split("/")[0][:40]}", not a role.'
    name = parts[5].rpartition("/")[2]
    if not re.fullmatch(r"[A-Za-z0-9+=,.@_-]{1,64}", name):
        return "A role's name has 1 to 64 letters, digits or + = , . @ _ -."
    return f'"{parts[1][:40]}" is not a partition of AWS.'


def client_id_problem(text: str) -> str | None:
    """Why this is not the client id of an Azure identity (a UUID), or None."""
    if _UUID.fullmatch(text):
        return None
    if (placeholder := _placeholder(text)) is not None:
        return f"The client id still has the placeholder {placeholder}."
    return "An Azure client id is a UUID such as 11111111-2222-3333-4444-555555555555."


def service_account_problem(text: str) -> str | None:
    """Why this is not the e-mail of a Google service account, or None.

    A name of 6 to 30 lower-case letters, digits and hyphens at the project's domain. The default accounts of
    Compute Engine and App Engine, and projects of an organisation's own domain, have forms of their own.
    """
    if _SERVICE_ACCOUNT.fullmatch(text) or _DEFAULT_SERVICE_ACCOUNT.fullmatch(text):
        return None
    if (placeholder := _placeholder(text)) is not None:
        return f"The service account still has the placeholder {placeholder}."
    name, at, domain = text.partition("@")
    if at and domain.endswith(".iam.gserviceaccount.com") and not re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", name):
        return "A service account's name has 6 to 30 lower-case letters, digits or hyphens and starts with a letter."
    return "A Google service account looks like NAME@PROJECT.iam.gserviceaccount.com."


def _placeholder(text: str) -> str | None:
    match = re.search(r"<[^<>]*>|\{\{.*?\}\}|\$\{[^}]*\}", text)
    return match[0] if match else None


def identity_key(text: object) -> str:
    """A text to compare identities by."""
    shown = str(text)
    return shown.lower() if _UUID.fullmatch(shown) else shown
