import json
from pathlib import Path
from typing import Any

import pytest

from tools.bench_search.boards import Alias, Board, has_boards, load
from tools.bench_search.collection import Document, Malformed

DOCUMENTS = [
    {"id": 1, "title": "Sea", "maker": "Ann", "tags": ["blue", "wide"]},
    {"id": 2, "title": "Sky", "maker": "Ann", "tags": ["blue"]},
    {"id": 3, "title": "Sand", "maker": None},
]


def written(folder: Path, **files: list[dict[str, Any]]) -> Path:
    for name, rows in files.items():
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return folder


def test_reads_boards_pairs_and_aliases(tmp_path: Path) -> None:
    boards = [{"id": "b", "name": "Blue", "items": [1, 2, 1]}, {"id": "c", "name": "Dry", "items": [3], "kind": "dull"}]
    pairs, aliases = [{"board_id": "b", "related_id": "c"}], [{"text": "blu", "name": "Blue"}]
    written(tmp_path, documents=DOCUMENTS, boards=boards, pairs=pairs, aliases=aliases)

    found = load(tmp_path, {"text": "tags"})

    assert has_boards(tmp_path)
    assert found.items["1"] == Document("1", "Sea", "blue, wide")
    assert found.boards == [Board("b", "Blue", ("1", "2")), Board("c", "Dry", ("3",), "dull")]
    assert found.pairs == [("b", "c")]
    assert found.aliases == [Alias("blu", "Blue")]


def test_makes_boards_of_what_has_the_same_value_in_a_field(tmp_path: Path) -> None:
    file = written(tmp_path, things=DOCUMENTS) / "things.jsonl"

    found = load(file, {}, ["maker", "tags"])

    assert found.name == "things"
    assert found.boards == [
        Board("maker: Ann", "Ann", ("1", "2"), "maker"),
        Board("tags: blue", "blue", ("1", "2"), "tags"),
        Board("tags: wide", "wide", ("1",), "tags"),
    ]


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("boards", {"id": "b", "items": []}, "boards.jsonl:1: a board needs a name and an id of its own, not 'b'"),
        ("boards", {"id": "b", "name": "B", "items": [9]}, "boards.jsonl:1: there is no document '9'"),
        ("pairs", {"board_id": "b"}, "pairs.jsonl:1: each line has board_id and related_id"),
        ("aliases", {"name": "b"}, "aliases.jsonl:1: each line has text and name"),
    ],
)
def test_tells_where_a_file_is_not_what_it_is_to_be(tmp_path: Path, name: str, row: dict[str, Any], said: str) -> None:
    written(tmp_path, **{"documents": DOCUMENTS, "boards": [], name: [row]})

    with pytest.raises(Malformed) as error:
        load(tmp_path, {})
    assert said in str(error.value)


def test_a_folder_without_boards_has_none(tmp_path: Path) -> None:
    written(tmp_path, documents=DOCUMENTS)

    assert not has_boards(tmp_path)
    with pytest.raises(Malformed):
        load(tmp_path, {})
