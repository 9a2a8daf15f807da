"""How well search finds, beside BM25 of tantivy, and what it costs: ``python -m tools.bench_search``."""

import tests.conftest  # noqa: F401 - the environment of a function, before the package is imported
