"""What is uploaded: third-party code, our package and each function's folder, all with their bytecode."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import BundlingOptions, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

from layers.vendor import build as vendor

ROOT = Path(__file__).parent.parent
RECIPE = hashlib.sha256(Path(vendor.__file__).read_bytes()).hexdigest()


def third_party(*, platform: str) -> lambda_.Code:
    return _built(ROOT / "layers" / "vendor", lambda output: vendor.build(platform, output), platform)


def package() -> lambda_.Code:
    return _built(ROOT / "layers" / "presence", build_package)


def function(name: str) -> lambda_.Code:
    return _built(ROOT / "functions" / name, lambda output: build_function(name, output), name)


def build_package(output: Path) -> None:
    _compiled(ROOT / "layers" / "presence", output, "/opt")


def build_function(name: str, output: Path) -> None:
    """The folder's own name stays in the path, so that handlers are called ``boards.handler.handler``."""
    _compiled(ROOT / "functions" / name, output / name, f"/var/task/{name}")


def _compiled(source: Path, output: Path, mounted_at: str) -> None:
    shutil.copytree(source, output, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    vendor.compile_bytecode(output, mounted_at)


def _built(source: Path, build: Callable[[Path], None], *key: str) -> lambda_.Code:
    """An asset identified by its source and its recipe, so that it is built once for each change of either."""
    bundling = BundlingOptions(
        # Docker is never asked: the local bundling below always succeeds or raises. The command only joins the hash.
        image=DockerImage.from_registry("unused"),
        command=[RECIPE, *key],
        local=_LocalBuild(build),
    )
    return lambda_.Code.from_asset(str(source), bundling=bundling, exclude=["**/__pycache__"])


@jsii.implements(ILocalBundling)
class _LocalBuild:
    def __init__(self, build: Callable[[Path], None]) -> None:
        self._build = build

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        self._build(Path(output_dir))
        return True
