"""Builds the layer of third-party code from ``requirements.txt``, without Docker: install, trim, compile.

Usage: ``python layers/vendor/build.py PLATFORM DIRECTORY``, where PLATFORM is one of uv's, or ``host``.

Two builds of the same lock file are byte-identical.
"""

import gzip
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LOCK = Path(__file__).with_name("requirements.txt")
LAMBDA_PLATFORM = "aarch64-manylinux2014"
HOST = "host"

# What our functions ask of AWS: a client offers nothing else. tests/infra/test_vendor_layer.py uses each.
OPERATIONS = {
    "dynamodb": {
        "BatchGetItem",
        "BatchWriteItem",
        # botocore looks it up for every service whose operations name an endpoint discovery.
        "DescribeEndpoints",
        "DescribeTable",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    },
    "s3": {
        "CompleteMultipartUpload",
        "CreateMultipartUpload",
        "DeleteObject",
        "DeleteObjects",
        "GetObject",
        "HeadObject",
        "PutObject",
        "UploadPart",
    },
}

# All that AWS's own endpoints chain up to: https://www.amazontrust.com/repository/
AMAZON_ROOTS = {
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
}

# Read by type checkers, by a Swagger page that we do not serve, or by importlib.metadata, which nothing here
# asks at run time (pydantic's search for plugins is shorter without).
UNUSED = ("*.dist-info", "*.pyi", "py.typed", "swagger-ui*.min.*", "bin")


def build(platform: str, directory: Path) -> None:
    """Fill ``directory`` with a Lambda layer for ``platform``."""
    python = directory / "python"
    install(platform, python)
    trim(python)
    compile_bytecode(directory, "/opt")


def install(platform: str, target: Path) -> None:
    """Install exactly what the lock file names, wheels only."""
    # The machine's own platform is what uv takes when none is named.
    elsewhere = [] if platform == HOST else [f"--python-platform={platform}"]
    pinned = [f"--requirement={LOCK}", "--require-hashes", "--no-deps", "--only-binary=:all:"]
    output = [f"--target={target}", "--no-installer-metadata", "--link-mode=copy"]
    python = [f"--python={sys.executable}", "--python-version=3.13", *elsewhere]
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "pip", "install", "--quiet", *python, *pinned, *output], check=True)


def trim(python: Path) -> None:
    """Drop what no function reads: 440 services, unused operations and certificates, metadata."""
    for pattern in UNUSED:
        for path in list(python.rglob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
    (python / ".lock").unlink(missing_ok=True)
    _trim_services(python / "botocore" / "data")
    _trim_certificates(python / "botocore" / "cacert.pem")


def compile_bytecode(directory: Path, mounted_at: str) -> None:
    """Compile every module as it will be found at ``mounted_at``.

    Lambda unpacks each file with the date 1980, which voids ordinary bytecode: what is unchecked stays valid.
    """
    if sys.version_info[:2] != (3, 13):
        raise RuntimeError("bytecode must come from Python 3.13, the Lambda runtime")
    command = [sys.executable, "-m", "compileall", "-q", "-f", "--invalidation-mode=unchecked-hash"]
    paths = ["-s", str(directory), "-p", mounted_at, str(directory)]
    # A fixed hash seed fixes the order of sets in the output.
    subprocess.run([*command, *paths], env=os.environ | {"PYTHONHASHSEED": "0"}, check=True)


def _trim_services(data: Path) -> None:
    for unused in [path for path in data.iterdir() if path.is_dir() and path.name not in OPERATIONS]:
        shutil.rmtree(unused)
    for service, operations in OPERATIONS.items():
        *outdated, current = sorted((data / service).iterdir())
        for version in outdated:
            shutil.rmtree(version)
        for file in list(current.iterdir()):
            match file.name.removesuffix(".gz"):
                case "service-2.json":
                    _rewrite(file, _only(operations, _read(file)))
                case "service-2.sdk-extras.json" | "endpoint-rule-set-1.json":
                    _rewrite(file, _read(file))
                case _:  # paginators, waiters, examples
                    file.unlink()
    endpoints = _read(data / "endpoints.json")
    for partition in endpoints["partitions"]:
        partition["services"] = {name: it for name, it in partition["services"].items() if name in OPERATIONS}
    _rewrite(data / "endpoints.json", endpoints)


def _read(file: Path) -> Any:
    content = file.read_bytes()
    return json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)


def _rewrite(file: Path, content: Any) -> None:
    """Write plain JSON: the layer is compressed as a whole, and inflating twice costs time at each start."""
    file.unlink()
    file.with_name(file.name.removesuffix(".gz")).write_text(json.dumps(content, separators=(",", ":")))


def _only(operations: set[str], service: dict[str, Any]) -> dict[str, Any]:
    """The service's description, cut down to ``operations`` and the shapes that they reach, without prose."""
    kept = {name: _terse(it) for name, it in service["operations"].items() if name in operations}
    if missing := operations - kept.keys():
        raise RuntimeError(f"botocore no longer knows {sorted(missing)}")
    shapes: dict[str, Any] = {}
    waiting = [name for operation in kept.values() for name in _shapes_named_in(operation)]
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = _terse(service["shapes"][name])
            waiting.extend(_shapes_named_in(shapes[name]))
    shapes = {name: shapes[name] for name in service["shapes"] if name in shapes}
    return {**_terse(service), "operations": kept, "shapes": shapes}


def _terse(description: dict[str, Any]) -> dict[str, Any]:
    """A copy without its own prose and its members' (a member that is *called* documentation stays)."""
    terse = {key: value for key, value in description.items() if key != "documentation"}
    if "members" in terse:
        terse["members"] = {name: _terse(member) for name, member in terse["members"].items()}
    return terse


def _shapes_named_in(description: dict[str, Any]) -> Iterator[str]:
    references = [description.get(key) for key in ("input", "output", "member", "key", "value")]
    references += [*description.get("errors", []), *description.get("members", {}).values()]
    for reference in references:
        if reference is not None:
            yield reference["shape"]


def _trim_certificates(bundle: Path) -> None:
    """Keep Amazon's roots: loading all of Mozilla's costs 16 ms at the first connection."""
    end = "-----END CERTIFICATE-----"
    blocks = [block[block.index("-----BEGIN") :] + end for block in bundle.read_text().split(end)[:-1]]
    kept = {name: block for block in blocks if (name := _common_name(block)) in AMAZON_ROOTS}
    if missing := AMAZON_ROOTS - kept.keys():
        raise RuntimeError(f"botocore's certificates lack {sorted(missing)}")
    bundle.write_text("\n".join(kept[name] for name in sorted(kept)) + "\n")


def _common_name(certificate: str) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=certificate)
    (details,) = context.get_ca_certs()
    subject: Any = details["subject"]
    return str(dict(pair for part in subject for pair in part).get("commonName"))


if __name__ == "__main__":
    build(sys.argv[1], Path(sys.argv[2]))
