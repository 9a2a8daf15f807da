"""A collection of documents to be found, with what is asked of it and which documents answer that."""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TextIO

DOCUMENTS, QUERIES, JUDGEMENTS = "documents", "queries", "judgements"
SUFFIXES = (".jsonl", ".tsv", ".jsonl.gz", ".tsv.gz")


class Document(NamedTuple):
    id: str
    title: str
    text: str = ""


class Query(NamedTuple):
    id: str
    text: str


type Grades = Mapping[str, float]
"""How well documents answer a query, by their ids: 0 is not at all, and what is not named is 0."""


@dataclass(frozen=True)
class Collection:
    name: str
    documents: Sequence[Document]
    queries: Sequence[Query] = ()
    judgements: Mapping[str, Grades] = field(default_factory=dict)
    """By the query's id."""

    @property
    def has_text(self) -> bool:
        return any(document.text for document in self.documents)


class Malformed(Exception):
    """A file is not what it is to be."""


def load(path: Path, names: Mapping[str, str], *, name: str | None = None) -> Collection:
    """From files as they are, or gzipped.

    - ``documents.jsonl``: objects with ``id``, ``title``, ``text``; what is missing is empty, lists are joined.
    - ``queries.jsonl``, if there are any: ``id``, ``text``.
    - ``judgements.jsonl`` (``query_id``, ``document_id``, ``grade``) or ``judgements.tsv`` (these three columns; a
      header, or a second column between them as TREC has it, is skipped).

    Args:
        path: the folder, or a file with documents alone.
        names: what the fields of documents are called, where it is not as above: ``{"text": "subjects"}``.
        name: of the collection; None: the folder's or the file's.

    Raises:
        Malformed: with the file and the line.
    """
    if path.is_file():
        return Collection(name or path.name.partition(".")[0], documents(path, names))
    queries, judgements = file_of(path, QUERIES), file_of(path, JUDGEMENTS)
    return Collection(
        name or path.resolve().name,
        documents(documents_file(path), names),
        _queries(queries) if queries else (),
        _judgements(judgements) if judgements else {},
    )


def documents_file(path: Path) -> Path:
    """The file itself, or the one of a folder.

    Raises:
        Malformed: the folder has none.
    """
    file = path if path.is_file() else file_of(path, DOCUMENTS)
    if file is None:
        raise Malformed(f"{path} has no file {DOCUMENTS}.jsonl")
    return file


def file_of(folder: Path, stem: str) -> Path | None:
    """A folder's file of that name with any of ``SUFFIXES``."""
    return next((file for suffix in SUFFIXES if (file := folder / f"{stem}{suffix}").exists()), None)


def documents(file: Path, names: Mapping[str, str]) -> list[Document]:
    """As ``load`` reads them."""
    found: dict[str, Document] = {}
    for where, row in objects(file):
        told = [text_of(row.get(names.get(name, name))) for name in Document._fields]
        document = Document(*told)
        if not document.id or document.id in found:
            raise Malformed(f"{where}: a document needs an id of its own, not {document.id!r}")
        found[document.id] = document
    return list(found.values())


def _queries(file: Path) -> list[Query]:
    return [Query(text_of(row.get("id")), text_of(row.get("text"))) for _, row in objects(file)]


def _judgements(file: Path) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    rows = _graded_objects(file) if ".jsonl" in file.suffixes else _graded_lines(file)
    for query, document, grade in rows:
        found.setdefault(query, {})[document] = grade
    return found


type Graded = tuple[str, str, float]


def _graded_objects(file: Path) -> Iterator[Graded]:
    for where, row in objects(file):
        try:
            yield text_of(row["query_id"]), text_of(row["document_id"]), float(row["grade"])
        except (KeyError, TypeError, ValueError):
            raise Malformed(f"{where}: a judgement is a query_id, a document_id and a grade") from None


def _graded_lines(file: Path) -> Iterator[Graded]:
    with _open(file) as lines:
        for number, line in enumerate(lines, 1):
            cells = line.split()
            if number == 1 and not _is_number(cells[-1]):
                continue
            if len(cells) not in (3, 4) or not _is_number(cells[-1]):
                raise Malformed(f"{file}:{number}: a judgement is a query's id, a document's id and a grade")
            yield cells[0], cells[-2], float(cells[-1])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def objects(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The lines of a file, with where each stands."""
    with _open(file) as lines:
        for number, line in enumerate(lines, 1):
            where = f"{file}:{number}"
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                raise Malformed(f"{where}: each line is an object of JSON")
            yield where, row


def text_of(value: Any) -> str:
    """Of what a field has: of a list all, with commas between."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _open(file: Path) -> TextIO:
    return gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8")
