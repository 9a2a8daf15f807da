"""BM25 of tantivy (https://github.com/quickwit-oss/tantivy) over the same documents: K1 1.2, B 0.75."""

import re
from collections.abc import Iterable
from typing import NamedTuple

import tantivy

from tools.bench_search.collection import Document
from tools.bench_search.metrics import TIE

TOKENIZER = "en_stem"
"""Lower case, and Snowball's stemmer for English."""
HEAP_BYTES = 256_000_000
_WORD = re.compile(r"[^\W_]+")


class Hit(NamedTuple):
    id: str
    score: float


class Engine:
    """Titles and texts are fields of their own, and a document's score is the sum of both, as is usual."""

    def __init__(self, documents: Iterable[Document]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for name in ("title", "text"):
            builder.add_text_field(name, tokenizer_name=TOKENIZER)
        self._index = tantivy.Index(builder.build())
        # One thread, so that of equal scores the document that came first is first.
        writer = self._index.writer(HEAP_BYTES, 1)
        for each in documents:
            writer.add_document(tantivy.Document(id=each.id, title=each.title, text=each.text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, text: str, limit: int) -> list[Hit]:
        """Documents that have any of the words, the best first."""
        words = _WORD.findall(text.lower())
        if not words:
            return []
        query = self._index.parse_query(" ".join(words), ["title", "text"])
        hits = self._searcher.search(query, limit).hits
        return [Hit(self._searcher.doc(address)["id"][0], score) for score, address in hits]

    def best(self, text: str, number: int) -> tuple[list[str], list[str]]:
        """The first so many, and all that score as high as the last of them."""
        limit = 30 * number
        while True:
            hits = self.search(text, limit)
            first = hits[:number]
            least = first[-1].score - TIE if first else 0.0
            if len(hits) < limit or hits[-1].score < least:
                return [hit.id for hit in first], [hit.id for hit in hits if hit.score >= least]
            limit *= 10
