"""Runs at the other end, in a Python that has Airflow: one round trip of values through the real XCom backend.

The text of this file goes through standard input, so it is one file of standard Python (3.9 and later) and nothing is
installed or left there. The order comes as one line of JSON on standard input after it; answers are lines of
`MARK` and JSON on what was standard output. Airflow's own output goes to standard error.

The end of standard input is the leash: when it comes before the work is done, the work stops and what was written
is removed, also when the program that held the pipe was killed.
"""

from __future__ import annotations

import contextlib
import getpass
import importlib
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from types import FrameType, SimpleNamespace
from typing import Any, Iterator, NoReturn, TextIO  # noqa: UP035 (also there in 3.9)

MARK = "rea-xcom-probe "
PACKAGES = (
    "apache-airflow", "apache-airflow-task-sdk", "apache-airflow-providers-common-io",
    "apache-airflow-providers-amazon", "apache-airflow-providers-microsoft-azure", "apache-airflow-providers-google",
    "s3fs", "adlfs", "gcsfs", "fsspec",
)  # fmt: skip
STORES = {
    "s3": "airflow.providers.amazon.aws.fs.s3", "s3a": "airflow.providers.amazon.aws.fs.s3",
    "abfs": "airflow.providers.microsoft.azure.fs.adls", "abfss": "airflow.providers.microsoft.azure.fs.adls",
    "adl": "airflow.providers.microsoft.azure.fs.adls",
    "gs": "airflow.providers.google.cloud.fs.gcs", "gcs": "airflow.providers.google.cloud.fs.gcs",
}  # fmt: skip


class Stopped(BaseException):
    """The other end let go of the leash. No `Exception`, because libraries catch those and go on."""


class OutOfTime(BaseException):
    """A step took longer than its limit."""


class Failed(Exception):
    """A step found out by itself that going on makes no sense."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def leash() -> None:
    """Wait in a thread for the end of standard input, then interrupt the main thread."""
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGUSR1)


class Probe:
    """One order carried out, step by step."""

    def __init__(self, order: dict[str, Any], out: TextIO) -> None:
        self.order = order
        self.out = out
        self.addresses: list[str] = []
        self.backend: Any = None
        self.base: Any = None
        self.step = "start"
        self.made_folder: Any = None
        self.wrote = False
        self.home: str | None = None

    def tell(self, event: str, **facts: object) -> None:
        """Send one answer."""
        with contextlib.suppress(OSError, ValueError):  # whoever listened may be gone; cleaning up goes on
            self.out.write(MARK + json.dumps({"event": event, **facts}) + "\n")
            self.out.flush()

    @contextlib.contextmanager
    def within(self, step: str, seconds: float | None = None) -> Iterator[None]:
        """A step with its limit of time."""
        self.step = step
        self.tell("step", step=step)

        def late(_number: int, _frame: FrameType | None) -> NoReturn:
            raise OutOfTime(step)

        signal.signal(signal.SIGALRM, late)
        # It fires again each second, should a library swallow the first one.
        signal.setitimer(signal.ITIMER_REAL, seconds or self.order["seconds"], 1.0)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def run(self) -> None:
        """Do all steps; whatever happens, remove what was written."""
        try:
            self.settings()
            self.load()
            self.look()
            for size in self.order["sizes"]:
                self.round_trip(size)
            self.tell("passed")
        except Stopped:
            self.tell("failed", step=self.step, kind="stopped", chain=["stopped"])
        except OutOfTime:
            self.tell("failed", step=self.step, kind="time", chain=[f"no answer within {self.order['seconds']} s"])
        except Failed as error:
            self.tell("failed", step=self.step, kind=error.kind, chain=[str(error)])
        except BaseException as error:  # a backend of the user's own may raise anything, SystemExit included
            self.tell("failed", step=self.step, kind="error", chain=chain(error))
        finally:
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            self.clean_up()
            self.tell("end")

    def settings(self) -> None:
        """Put the deployment's settings in force in this process alone."""
        missing = [name for name in self.order["taken"] if name not in os.environ]
        if missing:
            sources = ", ".join(f"{name} ({self.order['taken'][name]})" for name in missing)
            raise Failed("reference", f"the environment there lacks {sources}")
        for name in self.order["drop"]:
            os.environ.pop(name, None)
        os.environ.update(self.order["env"])
        if "AIRFLOW_HOME" not in os.environ and not os.path.exists(os.path.expanduser("~/airflow")):
            # Airflow writes a configuration and logs into its home when it is imported.
            self.home = os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="rea-xcom-probe-")

    def load(self) -> None:
        """Import Airflow and the backend's class, as a task does."""
        with self.within("airflow", self.order["start_seconds"]):
            if importlib.util.find_spec("airflow") is None:
                raise Failed("no-airflow", f"{sys.executable} (Python {sys.version.split()[0]}) has no Airflow")
            versions: dict[str, str] = {}
            for name in PACKAGES:
                with contextlib.suppress(importlib.metadata.PackageNotFoundError):
                    versions[name] = importlib.metadata.version(name)
            self.tell("versions", python=sys.version.split()[0], packages=versions)
            airflow = versions.get("apache-airflow", "3")
            if not airflow.partition(".")[0].isdigit() or int(airflow.partition(".")[0]) < 3:
                raise Failed("version", f"Airflow {airflow} is there; agents run Airflow 3 and later")
            conf = importlib.import_module("airflow.configuration").conf
        with self.within("backend", self.order["start_seconds"]):
            supervise()
            self.backend = conf.getimport("core", "xcom_backend")
            if self.backend is None:
                raise Failed("error", "Airflow finds no xcom_backend in these settings")
            self.tell("backend", name=f"{self.backend.__module__}.{self.backend.__name__}")

    def look(self) -> None:
        """Reach the store, by the provider itself, because Airflow 3.3 hides why a connection does not work."""
        path = self.order["path"]
        if not path or all(size["where"] == "db" for size in self.order["sizes"]):
            return
        with self.within("path"):
            storage_path = importlib.import_module("airflow.sdk").ObjectStoragePath
            self.base = storage_path(path)
            conn_id = getattr(self.base, "conn_id", None) or self.order["conn_id"]
        module = STORES.get(self.order["scheme"])
        if module is not None:
            with self.within("connection"):
                fs = importlib.import_module(module).get_fs(conn_id, {})
            with (
                contextlib.suppress(Exception, OutOfTime),
                self.within("identity", 10),
            ):  # a nicety: without it, less is told
                self.tell("identity", who=who(self.order["scheme"], fs, conn_id))
        with self.within("bucket"):
            self.look_at_bucket(module is None)

    def look_at_bucket(self, local: bool) -> None:
        """See that the bucket is there: a write would make it, and a probe leaves nothing behind."""
        if local:
            if not self.base.exists():
                self.made_folder = self.base
            return
        # Airflow 3.1 leaves the connection's id in front.
        place = str(self.base.path).lstrip("/").removeprefix(f"{self.order['conn_id']}@")
        bucket = place.partition("/")[0]
        with contextlib.suppress(AttributeError, TypeError, ValueError):
            bucket = self.base.fs.split_path(place)[0] or bucket  # the bucket of S3 may be an ARN with a slash
        try:
            self.base.fs.info(bucket)
        except FileNotFoundError:
            if not is_empty_bucket(self.base.fs, bucket):
                raise Failed("no-bucket", f"{bucket} does not exist, or this identity may not see it") from None
        except PermissionError:
            pass  # who may write need not be allowed to look at the bucket; the write will tell

    def round_trip(self, size: dict[str, Any]) -> None:
        """Write one value as a task does, read it back, and purge it."""
        value = text_of(size["bytes"])
        name = self.order["own"]
        with self.within("write"):
            self.wrote = True
            start = time.monotonic()
            stored = self.backend.serialize_value(
                value, key="return_value", dag_id=name, run_id="probe", task_id="round_trip", map_index=-1
            )
            seconds = time.monotonic() - start
            address = stored if isinstance(stored, str) and stored != value else None
            if address is not None:
                self.addresses.append(address)
            facts: dict[str, Any] = {"bytes": size["bytes"], "expected": size["where"], "seconds": seconds,
                     "where": "object" if address else "db", "address": address}  # fmt: skip
        if address is not None:
            with self.within("size"), contextlib.suppress(OSError, ValueError, AttributeError):
                place = self.backend._get_full_path(address)
                facts.update(stored=place.stat().st_size, bucket=place.bucket, key=place.key)
        with self.within("read"):
            start = time.monotonic()
            row = SimpleNamespace(key="return_value", value=stored)
            back = self.backend.deserialize_value(row)
            facts.update(read_seconds=time.monotonic() - start, equal=back == value)
        with self.within("purge"):
            self.backend.purge(row)
            if address is not None:
                facts["purged"] = not exists(self.backend, address)
        self.tell("value", **facts)

    def clean_up(self) -> None:
        """Remove what the probe has written, and say what could not be removed."""
        left: list[str] = []
        try:
            with self.within("clean up"):
                for address in self.addresses:
                    self.backend.purge(SimpleNamespace(key="return_value", value=address))
                if self.base is not None and self.wrote:
                    left = self.sweep()
        except BaseException as error:  # a store that hangs or refuses: what may be left has to be told all the same
            left = [f"perhaps something in {self.order['own']}: looking there failed ({chain(error)[0]})"]
        if left:
            self.tell("left", objects=left)
        if self.home is not None:
            shutil.rmtree(self.home, ignore_errors=True)

    def sweep(self) -> list[str]:
        """Look under the probe's own prefix and remove whatever is still there."""
        own = self.base / self.order["own"]
        fs = own.fs
        with contextlib.suppress(AttributeError):
            fs.invalidate_cache()
        place = own.path
        for found in objects_below(fs, place):
            fs.rm(found)
        if self.order["scheme"] not in STORES:
            if fs.exists(place):
                fs.rm(place, recursive=True)
            if self.made_folder is not None and fs.exists(self.made_folder.path):
                fs.rm(self.made_folder.path, recursive=True)
        with contextlib.suppress(AttributeError):
            fs.invalidate_cache()
        return objects_below(fs, place)


def objects_below(fs: Any, place: str) -> list[str]:
    """The objects there; s3fs up to 2025 raises for a bucket that has none."""
    try:
        return list(fs.find(place))
    except FileNotFoundError:
        return []


def is_empty_bucket(fs: Any, bucket: str) -> bool:
    """Whether a bucket of S3 is there after all: s3fs up to 2025 takes one without any object for missing."""
    call = getattr(fs, "call_s3", None)
    if call is None:
        return False
    try:
        call("head_bucket", Bucket=bucket)
    except FileNotFoundError:
        return False
    return True


def exists(backend: Any, address: str) -> bool:
    """Whether an address still leads to an object."""
    try:
        return bool(backend._get_full_path(address).exists())
    except (OSError, ValueError, TypeError, AttributeError):
        return False


def supervise() -> None:
    """Stand for the process that a task asks for connections its environment lacks: it knows none."""
    try:
        comms = importlib.import_module("airflow.sdk.execution_time.comms")
        kind = importlib.import_module("airflow.sdk.exceptions").ErrorType.CONNECTION_NOT_FOUND
        runner: Any = importlib.import_module("airflow.sdk.execution_time.task_runner")
        answer = comms.ErrorResponse(error=kind, detail={})
    except (ImportError, AttributeError):
        return  # another version of the SDK, which then asks whom it likes
    runner.SUPERVISOR_COMMS = SimpleNamespace(
        send=lambda _message: answer, send_request=lambda *_: None, get_message=lambda: answer
    )


def who(scheme: str, fs: Any, conn_id: str | None) -> str:
    """Who this is to the cloud, or None where it does not say."""
    if scheme in ("s3", "s3a"):
        hook = importlib.import_module("airflow.providers.amazon.aws.hooks.base_aws").AwsBaseHook(
            aws_conn_id=conn_id, client_type="sts"
        )
        ask = hook.conn_config.get_service_endpoint_url
        elsewhere = ask("s3") or os.environ.get("AWS_ENDPOINT_URL_S3")
        if elsewhere and not ask("sts") and "AWS_ENDPOINT_URL" not in os.environ:
            return f"a user of {elsewhere}"  # AWS itself must not be asked for a user of another store
        return str(hook.get_conn().get_caller_identity()["Arn"])
    if scheme in ("abfs", "abfss", "adl"):
        named = re.search(r"AccountName=([^;]+)", fs.connection_string or "")
        if getattr(fs, "anon", False) and not fs.account_key and not fs.connection_string:
            how = "anonymously"
        elif fs.connection_string:
            how = "by connection string"
        elif fs.account_key:
            how = "by account key"
        elif fs.sas_token:
            how = "by SAS token"
        else:
            how = f"as {type(fs.credential).__name__}"
        return f"account {named[1] if named else fs.account_name} {how}"
    credentials = fs.credentials.credentials
    if credentials is None:
        return "nobody (anonymous)"
    return str(getattr(credentials, "service_account_email", None) or type(credentials).__name__)


def text_of(size: int) -> str:
    """A text whose JSON has `size` bytes (at least 2): numbers and words, about as regular as rows of a table."""
    rows: list[str] = []
    length = 0
    while length < size:
        rows.append(f"row {len(rows)} of the probe, {len(rows) * 7919 % 10007}; ")
        length += len(rows[-1])
    return "".join(rows)[: max(0, size - 2)]


def chain(error: BaseException | None) -> list[str]:
    """An error and its causes in words, the outermost first."""
    told: list[str] = []
    while error is not None and len(told) < 6:
        words = " ".join(str(error).split())[:600]
        told.append(f"{type(error).__name__}: {words}" if words else type(error).__name__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told


def stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """Take the signal of the leash, or Ctrl-C, for an order to stop."""
    raise Stopped


def begin(order: dict[str, Any], out: TextIO) -> NoReturn:
    """Carry out an order and leave, without waiting for a library's hanging threads."""
    probe = Probe(order, out)
    probe.run()
    out.flush()
    sys.stderr.flush()
    os._exit(0)


def main() -> NoReturn:
    """Take the order from standard input and hold on to the leash."""
    order = json.loads(sys.stdin.readline())
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what Airflow prints is not an answer
    signal.signal(signal.SIGUSR1, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=leash, daemon=True).start()
    begin(order, out)


def by_hand(order: dict[str, Any]) -> NoReturn:
    """Run from a file that a person has pasted: ask before anything is written, and ask for what was left out."""
    sys.stdout.write(f"Values will be written below {order['where']}/{order['own']}, read back and removed.\n")
    if input("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise SystemExit("nothing was written")
    for name in order["ask"]:
        order["env"][name] = getpass.getpass(f"{name} (not shown): ")
    signal.signal(signal.SIGINT, stop)
    begin(order, sys.stdout)
