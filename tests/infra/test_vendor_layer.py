"""The layer of third-party code, trimmed and compiled, holds all that the functions need."""

import json
import os
import ssl
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra import assets
from layers.vendor import build as vendor

FUNCTIONS = sorted(path.parent.name for path in (assets.ROOT / "functions").glob("*/handler.py"))
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def _as_uploaded(directory: Path, target: Path) -> None:
    """Zip and unzip it, with the one date that the CDK gives to every file."""
    archive = target.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as written:
        for file in sorted(directory.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(str(file.relative_to(directory)), LONG_AGO)
                written.writestr(entry, file.read_bytes())
    with zipfile.ZipFile(archive) as read:
        read.extractall(target)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("built")
    vendor.build(vendor.HOST, directory / "third_party")
    assets.build_package(directory / "package")
    for name in FUNCTIONS:
        assets.build_function(name, directory / "functions")
    return directory


@pytest.fixture(scope="session")
def deployed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Where a function's modules are found: nowhere but in what was uploaded."""
    target = tmp_path_factory.mktemp("deployed")
    for part in ("third_party", "package", "functions"):
        _as_uploaded(built / part, target / part)
    return [str(target / path) for path in ("functions", "package/python", "third_party/python")]


def _run(deployed: list[str], code: str) -> Any:
    """What this code prints as JSON, in a Python that knows the standard library and the deployed modules."""
    script = f"import sys; sys.path += {deployed!r}\n{code}"
    command = [sys.executable, "-I", "-S", "-B", "-c", script]
    done = subprocess.run(command, env=os.environ.copy(), check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_starts_with_what_is_deployed(deployed: list[str], name: str) -> None:
    code = f"import json, {name}.handler as it; print(json.dumps(it.__file__))"
    assert _run(deployed, code).startswith(deployed[0])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_module_is_compiled_when_a_function_starts(deployed: list[str], name: str) -> None:
    code = f"""
import json
compiled = []
def note(event, details):
    if event == "compile" and str(details[1]).endswith(".py"):
        compiled.append(str(details[1]))
sys.addaudithook(note)
import {name}.handler
print(json.dumps(compiled))"""
    assert _run(deployed, code) == []


def test_clients_offer_the_operations_kept_and_understand_all_of_their_shapes(deployed: list[str]) -> None:
    code = f"""
import json, botocore.session
def visit(shape, seen):
    if shape is None or shape.name in seen:
        return
    seen.add(shape.name)
    members = list(getattr(shape, "members", {{}}).values())
    members += [getattr(shape, part, None) for part in ("member", "key", "value")]
    for member in members:
        visit(member, seen)
offered = {{}}
for service in {sorted(vendor.OPERATIONS)!r}:
    model = botocore.session.get_session().create_client(service).meta.service_model
    for name in model.operation_names:
        operation = model.operation_model(name)
        for shape in (operation.input_shape, operation.output_shape, *operation.error_shapes):
            visit(shape, set())
    offered[service] = sorted(model.operation_names)
print(json.dumps(offered))"""
    assert _run(deployed, code) == {name: sorted(kept) for name, kept in vendor.OPERATIONS.items()}


def test_regions_and_partitions_have_their_endpoints(deployed: list[str]) -> None:
    code = """
import json, botocore.session
session = botocore.session.get_session()
regions = ("us-east-1", "eu-central-2", "cn-north-1", "us-gov-west-1")
print(json.dumps([session.create_client(service, region).meta.endpoint_url
                  for service in ("dynamodb", "s3") for region in regions]))"""
    assert _run(deployed, code) == [
        "https://dynamodb.us-east-1.amazonaws.com",
        "https://dynamodb.eu-central-2.amazonaws.com",
        "https://dynamodb.cn-north-1.amazonaws.com.cn",
        "https://dynamodb.us-gov-west-1.amazonaws.com",
        "https://s3.amazonaws.com",
        "https://s3.eu-central-2.amazonaws.com",
        "https://s3.cn-north-1.amazonaws.com.cn",
        "https://s3.us-gov-west-1.amazonaws.com",
    ]


def test_certificates_are_amazons_own(built: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(built / "third_party" / "python" / "botocore" / "cacert.pem")
    subjects: list[Any] = [certificate["subject"] for certificate in context.get_ca_certs()]
    names = {value for subject in subjects for ((key, value),) in subject if key == "commonName"}
    assert names == vendor.AMAZON_ROOTS


def test_two_builds_are_byte_identical(built: Path, tmp_path: Path) -> None:
    vendor.build(vendor.HOST, tmp_path)
    first, second = built / "third_party", tmp_path
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert not [path for path in files if (first / path).read_bytes() != (second / path).read_bytes()]
