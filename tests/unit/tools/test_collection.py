import gzip
from pathlib import Path

import pytest

from tools.bench_search.collection import Document, Malformed, Query, load

DOCUMENTS = '{"id": 1, "title": "Sea", "text": "Blue"}\n{"id": "b", "title": null}\n'


def test_reads_documents_queries_and_judgements(tmp_path: Path) -> None:
    (tmp_path / "documents.jsonl").write_text(DOCUMENTS)
    (tmp_path / "queries.jsonl").write_text('{"id": 7, "text": "sea"}\n')
    (tmp_path / "judgements.tsv").write_text("query\tdocument\tgrade\n7\t1\t2\n7\tb\t0\n")

    found = load(tmp_path, {})

    assert found.name == tmp_path.name
    assert found.documents == [Document("1", "Sea", "Blue"), Document("b", "")]
    assert found.queries == [Query("7", "sea")]
    assert found.judgements == {"7": {"1": 2.0, "b": 0.0}}


def test_reads_judgements_as_objects_and_as_trec_has_them(tmp_path: Path) -> None:
    (tmp_path / "documents.jsonl").write_text(DOCUMENTS)
    (tmp_path / "judgements.tsv").write_text("7 0 b 1\n")
    assert load(tmp_path, {}).judgements == {"7": {"b": 1.0}}

    (tmp_path / "judgements.jsonl").write_text('{"query_id": "7", "document_id": 1, "grade": 3}\n')
    assert load(tmp_path, {}).judgements == {"7": {"1": 3.0}}


def test_reads_gzipped_files_and_a_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "documents.jsonl.gz"
    file.write_bytes(gzip.compress(DOCUMENTS.encode()))

    assert load(tmp_path, {}).documents == load(file, {}).documents
    assert load(file, {}).name == "documents"


def test_fields_may_have_other_names_and_lists_are_joined(tmp_path: Path) -> None:
    file = tmp_path / "things.jsonl"
    file.write_text('{"id": 1, "name": "Sea", "tags": ["blue", "wide"]}\n')

    assert load(file, {"title": "name", "text": "tags"}).documents == [Document("1", "Sea", "blue, wide")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("documents.jsonl", '{"id": 1}\n{"id": 1}\n', "documents.jsonl:2: a document needs an id of its own"),
        ("documents.jsonl", "{}\n", "documents.jsonl:1: a document needs an id of its own"),
        ("documents.jsonl", "Sea\n", "documents.jsonl:1: each line is an object of JSON"),
        ("judgements.tsv", "q\td\t1\nq\td\thigh\n", "judgements.tsv:2: a judgement is"),
        ("judgements.jsonl", '{"query_id": 1}\n', "judgements.jsonl:1: a judgement is"),
    ],
)
def test_tells_where_a_file_is_not_what_it_is_to_be(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / "documents.jsonl").write_text(DOCUMENTS)
    (tmp_path / name).write_text(content)

    with pytest.raises(Malformed, match=said):
        load(tmp_path, {})


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="no file documents.jsonl"):
        load(tmp_path, {})
