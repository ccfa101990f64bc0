"""XC6: the identity that a cloud gives to the agent's pods."""

from __future__ import annotations

from collections.abc import Iterator

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.xcom.chart_entries import Note, components, rendered
from rea_xcom_tui.xcom.clouds import CLOUD_NAMES
from rea_xcom_tui.xcom.identities import client_id_problem, identity_problem
from rea_xcom_tui.xcom.model import Change, Cloud, Node, Severity, add_key
from rea_xcom_tui.xcom.names import ANNOTATIONS, AZURE_LABEL, connection_variable
from rea_xcom_tui.xcom.rules.connection import has_credentials, uses
from rea_xcom_tui.xcom.rules.examples import ROLE, azure, example
from rea_xcom_tui.xcom.rules.path import sound_paths
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import Shape, annotates, marked
from rea_xcom_tui.xcom.rules.subject import Subject, mapping, show

_TENANT = "azure.workload.identity/tenant-id"
_ROLE_KEY = ANNOTATIONS["aws"]
_IDENTITY_KEYS = frozenset((*ANNOTATIONS.values(), _TENANT))
_PARTS = ("workers", "dagProcessor", "triggerer")
_AMBIENT = frozenset((
    "AWS_ACCESS_KEY_ID", "AWS_ROLE_ARN", "AWS_PROFILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AZURE_CLIENT_ID",
    "AZURE_STORAGE_KEY", "AZURE_STORAGE_CONNECTION_STRING", "GOOGLE_APPLICATION_CREDENTIALS",
))  # fmt: skip
"""Variables that give a container an identity without any annotation."""


def _role(arn: str) -> str:
    return f"annotations:\n  {_ROLE_KEY}: {arn}\n"


_RIGHT = example(rest=_role(ROLE))
_GCP = '"gs://acme-xcom/etl"'


def _google(account: str) -> str:
    return example(path=_GCP, rest=f"annotations:\n  {ANNOTATIONS['gcp']}: {account}\n")


def _texts(subject: Subject, key: str) -> Iterator[tuple[Note, str]]:
    """The annotations with this key whose text is a string that Git knows."""
    for note in subject.annotations:
        text = note.value.value
        if note.key == key and isinstance(text, str) and text and not subject.filled_in(text):
            yield note, text


def _malformed(subject: Subject, cloud: Cloud) -> Iterator[Hit]:
    for note, text in _texts(subject, ANNOTATIONS[cloud]):
        problem = identity_problem(cloud, text)
        if problem is None:
            continue
        trimmed = identity_problem(cloud, text.strip()) is None
        fix: tuple[Change, ...] = (SetText(note.address, text.strip()),) if trimmed else ()
        said = "It has blanks around it" if trimmed else problem.rstrip(".")
        yield at(note.value, f"{note.key} {show(text)}: {said}", fix=fix)


@rule(
    "XC601",
    "error",
    title="The role's ARN is malformed",
    what="The annotation eks.amazonaws.com/role-arn is not the ARN of an IAM role, in any of AWS's partitions.",
    why="EKS hands the pods a role that does not exist: every access to S3 fails.",
    wrong=example(rest=_role("arn:aws:iam::12345678901:role/AgentRole")),
    right=_RIGHT,
    source="The pattern of role ARNs in AWS CloudFormation's reference.",
    when=marked("odd identity"),
)
def identity_role_arn(subject: Subject) -> Iterator[Hit]:
    """An account of 11 digits, a placeholder, a user instead of a role."""
    yield from _malformed(subject, "aws")


@rule(
    "XC602",
    "error",
    title="The Azure client id is not a UUID",
    what="The annotation azure.workload.identity/client-id is not a UUID.",
    why="Azure's webhook passes it on as it is, and every request for a token fails.",
    wrong=azure(client_id="agent-identity"),
    right=azure(),
    source="Azure's documentation on workload identity.",
    when=marked("odd identity"),
)
def identity_client_id(subject: Subject) -> Iterator[Hit]:
    """A name or a resource id instead of the client id."""
    yield from _malformed(subject, "azure")


@rule(
    "XC603",
    "error",
    title="The Azure tenant id is not a UUID",
    what="The annotation azure.workload.identity/tenant-id is not a UUID.",
    why="Every request for a token fails. Without the annotation the webhook uses the cluster's tenant.",
    wrong=azure(rest=f"  {_TENANT}: contoso\n"),
    right=azure(),
    source="Azure's documentation on workload identity.",
    when=annotates(_TENANT),
)
def identity_tenant_id(subject: Subject) -> Iterator[Hit]:
    """A domain name instead of the tenant's id."""
    for note, text in _texts(subject, _TENANT):
        if client_id_problem(text):
            yield at(note.value, f"{_TENANT} {show(text)} is not a UUID")


@rule(
    "XC604",
    "error",
    title="The Google service account is malformed",
    what="The annotation iam.gke.io/gcp-service-account is not the e-mail of a Google service account.",
    why="GKE cannot impersonate it: every access to Google Cloud Storage fails.",
    wrong=_google("agent@acme-project"),
    right=_google("xcom-agent@acme-project.iam.gserviceaccount.com"),
    source="Google's documentation on service accounts: 6 to 30 characters, starting with a letter.",
    when=marked("odd identity"),
)
def identity_service_account(subject: Subject) -> Iterator[Hit]:
    """An e-mail of another form."""
    yield from _malformed(subject, "gcp")


def _client_id_notes(subject: Subject) -> list[Note]:
    return [n for n in subject.annotations if n.key == ANNOTATIONS["azure"] and n.component != "sentinel"]


def _labels(subject: Subject) -> list[Note]:
    return [note for note in subject.labels if note.key == AZURE_LABEL and rendered(note.value) != ""]


def _stray_labels(subject: Subject) -> Iterator[Node]:
    """Where the label is without reaching a pod: among annotations, or below a key the chart does not have."""
    for note in subject.annotations:
        if note.key == AZURE_LABEL:
            yield note.value
    accounts = mapping(subject.root.get("serviceAccount"))
    holders = [holder for holder, _, _, hidden in components(subject.root) if not hidden]
    holders += [h for h in (mapping(h.get("serviceAccount")) for h in holders) if h is not None]
    if accounts is not None:
        holders += [accounts, *(h for part in _PARTS if (h := mapping(accounts.get(part))) is not None)]
    for holder in [*holders, subject.root]:
        for key in ("labels", "podLabels"):
            if holder is subject.root and key == "labels":
                continue
            found = mapping(holder.get(key))
            label = found.get(AZURE_LABEL) if found is not None else None
            if label is not None:
                yield label


_ADD_LABEL = (add_key(("labels",), AZURE_LABEL, "true"),)


@rule(
    "XC605",
    "error",
    title="The pods lack Azure's label",
    what="An annotation azure.workload.identity/client-id is set, and `labels` has no azure.workload.identity/use.",
    why="Azure's webhook looks at pods with the label only: without it the pods get no token, and access fails.",
    wrong=azure(label=None),
    right=azure(),
    source="Azure's documentation on workload identity; Astronomer's example.",
    when=lambda shape: ANNOTATIONS["azure"] in shape.notes and "label" not in shape.marks,
)
def identity_label_missing(subject: Subject) -> Iterator[Hit]:
    """The annotation without the label."""
    notes = _client_id_notes(subject)
    if notes and not _labels(subject) and not any(_stray_labels(subject)):
        yield at(
            notes[0].value,
            f'the label {AZURE_LABEL}: "true" is missing, so the pods get no token for this client id',
            fix=_ADD_LABEL,
        )


@rule(
    "XC606",
    "error",
    title='Azure\'s label is not the string "true"',
    what='`labels` has azure.workload.identity/use with a value other than the string "true". Not reported for "false" '
    "without a client id, which switches it off.",
    why="Kubernetes takes strings only and refuses an unquoted true; Azure's webhook ignores every other text.",
    wrong=azure(label="true"),
    right=azure(),
    source="Azure's documentation on workload identity; an unquoted true was decoded with kubectl 1.32.",
    when=marked("odd label"),
)
def identity_label_value(subject: Subject) -> Iterator[Hit]:
    """`true` without quotes, "True", "yes"."""
    for note in _labels(subject):
        value = note.value.value
        text = rendered(note.value) or ""
        if value == "true" or subject.filled_in(text) or (text == "false" and not _client_id_notes(subject)):
            continue
        said = (
            f"{show(text)} instead of" if isinstance(value, str) else f"{note.value.text or text} without quotes, not"
        )
        yield at(note.value, f'{AZURE_LABEL} is {said} the string "true"', fix=(SetText(note.address, "true"),))


def _may_have_stray_label(shape: Shape) -> bool:
    return "label" not in shape.marks and (AZURE_LABEL in shape.notes or shape.may_have("label"))


@rule(
    "XC607",
    "error",
    title="Azure's label is where it has no effect",
    what="azure.workload.identity/use is among annotations, below a service account or below a component, and "
    "not in the top-level `labels`.",
    why="Azure's webhook looks at the labels of pods, which this chart takes from the top-level `labels` only: the "
    "pods get no token.",
    wrong=azure(label=None, rest=f'  {AZURE_LABEL}: "true"\n'),
    right=azure(),
    source="The chart's downloaded values file; Azure's documentation on workload identity.",
    when=_may_have_stray_label,
)
def identity_label_place(subject: Subject) -> Iterator[Hit]:
    """The label among the annotations."""
    if not _labels(subject):
        for node in _stray_labels(subject):
            yield at(node, f"{AZURE_LABEL} has no effect here: it belongs in the top-level labels", fix=_ADD_LABEL)


@rule(
    "XC608",
    "warning",
    title="The annotation is on a service account that the chart does not create",
    what="An identity annotation is below a service account with `create: false`. The top-level `annotations`, "
    "which reach more than service accounts, are not reported.",
    why="The chart creates no service account there, so nothing carries the annotation. The account that exists must "
    "have it, outside this file.",
    wrong=example(
        rest=f"serviceAccount:\n  workers:\n    create: false\n    name: agent\n    annotations:\n      {_ROLE_KEY}: "
        f"{ROLE}"
    ),
    right=example(rest=f"serviceAccount:\n  workers:\n    create: true\n    annotations:\n      {_ROLE_KEY}: {ROLE}"),
    source="The chart's downloaded values file.",
    when=marked("placed"),
)
def identity_account_not_created(subject: Subject) -> Iterator[Hit]:
    """`create: false` with annotations."""
    accounts = mapping(subject.root.get("serviceAccount"))
    for note in subject.annotations:
        if note.key not in _IDENTITY_KEYS or not rendered(note.value) or note.level == ("annotations",):
            continue
        if not _is_created(subject, accounts, note):
            yield at(note.value, f"{note.key} has no effect: the chart does not create this service account")


def _is_created(subject: Subject, accounts: Node | None, note: Note) -> bool:
    if note.level[0] == "workers":
        worker = next((h for h, _, name, _ in components(subject.root) if name == note.component), None)
        return not _says_no(mapping(worker.get("serviceAccount")) if worker is not None else None)
    if accounts is None:
        return True
    if len(note.level) == 2:
        return not all(_says_no(mapping(accounts.get(part))) for part in _PARTS)
    return not _says_no(mapping(accounts.get(note.level[1])))


def _says_no(account: Node | None) -> bool:
    create = account.get("create") if account is not None else None
    return create is not None and create.value is False


def _clouds(subject: Subject) -> dict[Cloud, Note]:
    """The clouds that the file's annotations name an identity of."""
    by_key = {key: cloud for cloud, key in ANNOTATIONS.items()}
    return {
        by_key[note.key]: note
        for note in subject.annotations
        if note.key in by_key and rendered(note.value) and note.component != "sentinel"
    }


def _connection_brings_one(subject: Subject) -> bool:
    return any(has_credentials(one.connection) for _, one in uses(subject))


def _leads_elsewhere(shape: Shape) -> bool:
    """Whether a path may be in a cloud that no annotation names an identity of."""
    return "odd path" in shape.marks or any(store.cloud not in shape.clouds for store in shape.stores)


@rule(
    "XC609",
    "warning",
    title="The identity is for a different cloud than the path",
    what="The annotations name identities of other clouds than the path's, and the connection brings no credentials "
    "of its own. Info where the connection is not defined in this file.",
    why="The pods have no identity to show to the path's cloud: access fails, or is anonymous.",
    wrong=example(path=_GCP, rest=_role(ROLE)),
    right=_RIGHT,
    source="The clouds' documentation on identities of pods.",
    when=lambda shape: shape.clouds and _leads_elsewhere(shape),
)
def identity_other_cloud(subject: Subject) -> Iterator[Hit]:
    """A role of AWS beside `gs://`."""
    clouds = _clouds(subject)
    for _, parsed in sound_paths(subject):
        if not clouds or parsed.cloud not in ANNOTATIONS or parsed.cloud in clouds:
            continue
        if _connection_brings_one(subject):
            continue
        cloud, note = next(iter(clouds.items()))
        unknown = parsed.conn_id and connection_variable(parsed.conn_id) not in subject.env_names
        severity: Severity = "info" if unknown else "warning"
        yield at(
            note.value,
            f"this identity is of {CLOUD_NAMES[cloud]}, but the path is on {CLOUD_NAMES[parsed.cloud]}",
            severity=severity,
        )
        return


@rule(
    "XC610",
    "info",
    title="No identity is visible",
    what="The path is in a cloud, and the file has no identity annotation, no service account of its own, no "
    "credentials in its connection, and no variable that brings them.",
    why="EKS Pod Identity, direct federation on GKE and a node's own identity leave no trace in the file and are fine. "
    "Without any of them access fails, or is anonymous.",
    wrong=example(),
    right=_RIGHT,
    source="The clouds' documentation on identities of pods.",
    when=lambda shape: not shape.clouds and "label" not in shape.marks,
)
def identity_none(subject: Subject) -> Iterator[Hit]:
    """Nothing in the file that a cloud could check."""
    if _clouds(subject) or _labels(subject) or subject.env_names & _AMBIENT or _own_accounts(subject):
        return
    for site, parsed in sound_paths(subject):
        elsewhere = parsed.conn_id and connection_variable(parsed.conn_id) not in subject.env_names
        if parsed.cloud not in ANNOTATIONS or elsewhere or _connection_brings_one(subject):
            continue
        if parsed.conn_id and any(entry.text is None for entry in subject.named(connection_variable(parsed.conn_id))):
            continue
        yield at(site.node, f"no identity for {CLOUD_NAMES[parsed.cloud]} is visible in this file")
        return


def _own_accounts(subject: Subject) -> bool:
    accounts = mapping(subject.root.get("serviceAccount"))
    return accounts is not None and any(_says_no(mapping(accounts.get(part))) for part in _PARTS)
