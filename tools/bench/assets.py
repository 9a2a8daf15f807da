"""The directories that are measured: our deployment as Lambda unpacks it, and what the others would deploy."""

import os
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from layers.vendor import build as vendor
from tools.bench.subjects import FUNCTIONS

ROOT = Path(__file__).parent.parent.parent
DATE_IN_LAMBDA = 315_532_800  # 1980-01-01: unpacked files carry the earliest date that a zip archive knows


@dataclass(frozen=True)
class Size:
    unzipped: int
    zipped: int

    def __add__(self, other: "Size") -> "Size":
        return Size(self.unzipped + other.unzipped, self.zipped + other.zipped)


def deploy(directory: Path) -> None:
    """Our layers in ``opt`` and each function in ``task/<name>``, from their zip archives."""
    layer = directory / "vendor"
    vendor.build(vendor.HOST, layer)
    _unpack(_pack(layer), directory / "opt")
    _unpack(_pack(_presence(directory)), directory / "opt")
    for name in FUNCTIONS:
        _unpack(_pack(_function(directory, name)), directory / "task" / name)


def sizes(directory: Path) -> dict[str, Size]:
    """What is uploaded for Lambda's own platform, and the vendor layer as it would be untrimmed."""
    platform = vendor.LAMBDA_PLATFORM
    trimmed, untrimmed = directory / "trimmed", directory / "untrimmed"
    vendor.build(platform, trimmed)
    vendor.install(platform, untrimmed / "python")
    vendor.compile_bytecode(untrimmed, "/opt")
    found = {
        "vendor": _size(trimmed),
        "vendor, untrimmed": _size(untrimmed),
        "presence": _size(_presence(directory)),
    }
    return found | {name: _size(_function(directory, name)) for name in FUNCTIONS}


def gather(directory: Path, *requirements: str) -> None:
    """Installed distributions with all that they need, untrimmed, and the contenders' code; all compiled."""
    for name in _closure(requirements):
        installed = distribution(name)
        for file in installed.files or ():
            if ".." not in file.parts and file.suffix != ".pyc":
                target = directory / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(installed.locate_file(file)), target)
    _copy(Path(__file__).parent / "contenders", directory / "contenders")
    vendor.compile_bytecode(directory, "/var/task")


def _closure(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            needs = [Requirement(need) for need in distribution(name).requires or ()]
            waiting += [need.name for need in needs if not need.marker or need.marker.evaluate({"extra": ""})]
    return found


def _presence(directory: Path) -> Path:
    return _compiled(ROOT / "layers" / "presence", directory / "presence", "", "/opt")


def _function(directory: Path, name: str) -> Path:
    return _compiled(ROOT / "functions" / name, directory / "functions" / name, name, f"/var/task/{name}")


def _compiled(source: Path, output: Path, inside: str, mounted_at: str) -> Path:
    if not output.exists():
        _copy(source, output / inside)
        vendor.compile_bytecode(output / inside, mounted_at)
    return output


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))


def _pack(directory: Path) -> Path:
    archive = directory.with_name(directory.name + ".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(directory.rglob("*")):
            if file.is_file():
                packed.write(file, file.relative_to(directory))
    return archive


def _unpack(archive: Path, directory: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(directory)
    for file in directory.rglob("*"):
        os.utime(file, (DATE_IN_LAMBDA, DATE_IN_LAMBDA))


def _size(directory: Path) -> Size:
    unzipped = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
    return Size(unzipped, _pack(directory).stat().st_size)
