"""A collection of boards: things that stand on several of them, with what is known to belong together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tools.bench_search.collection import Document, Malformed, documents, documents_file, file_of, objects, text_of

BOARDS, PAIRS, ALIASES = "boards", "pairs", "aliases"


class Board(NamedTuple):
    id: str
    name: str
    items: tuple[str, ...]
    """Ids of documents, each once."""
    kind: str = ""
    """Boards of one kind are told of together: what they were made by."""


class Alias(NamedTuple):
    """What somebody types who means a name."""

    text: str
    name: str


@dataclass(frozen=True)
class Gallery:
    name: str
    items: Mapping[str, Document]
    """By id."""
    boards: Sequence[Board]
    pairs: Sequence[tuple[str, str]] = ()
    """Ids of boards of which whoever sees one is to find the other, in both directions."""
    aliases: Sequence[Alias] = ()


def has_boards(path: Path) -> bool:
    """Whether a folder has a file of boards."""
    return path.is_dir() and file_of(path, BOARDS) is not None


def load(path: Path, names: Mapping[str, str], made_by: Sequence[str] = (), *, name: str | None = None) -> Gallery:
    """From files as they are, or gzipped: documents as in ``collection.load``, and

    - ``boards.jsonl``: ``id``, ``name``, ``items`` (ids of documents) and, if there are several kinds, ``kind``;
    - ``pairs.jsonl``, if there are any: ``board_id``, ``related_id``;
    - ``aliases.jsonl``, if there are any: ``text``, ``name``.

    Args:
        path: the folder, or a file with documents alone.
        names: what the fields of documents are called; see ``collection.load``.
        made_by: fields of documents; for each of their values (a list's each) there is a board of what has it. In
            place of a file of boards.

    Raises:
        Malformed: with the file and the line.
    """
    file = documents_file(path)
    folder = None if path == file else path
    items = {each.id: each for each in documents(file, names)}
    boards = _made(file, names.get("id", "id"), made_by) if made_by else _boards(path, items)
    return Gallery(
        name or path.resolve().name.partition(".")[0],
        items,
        boards,
        [(row[0], row[1]) for row in _rows(folder, PAIRS, ("board_id", "related_id"))],
        [Alias(*row) for row in _rows(folder, ALIASES, ("text", "name"))],
    )


def _made(file: Path, id_name: str, fields: Sequence[str]) -> list[Board]:
    having: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for _, row in objects(file):
        for kind in fields:
            for value in _values(row.get(kind)):
                having[kind, value][text_of(row.get(id_name))] = None
    return [Board(f"{kind}: {value}", value, tuple(items), kind) for (kind, value), items in having.items()]


def _values(value: Any) -> list[str]:
    return [text for each in (value if isinstance(value, list) else [value]) if (text := text_of(each))]


def _boards(folder: Path, items: Mapping[str, Document]) -> list[Board]:
    file = file_of(folder, BOARDS)
    if file is None:
        raise Malformed(f"{folder} has no file {BOARDS}.jsonl")
    found: dict[str, Board] = {}
    for where, row in objects(file):
        of_board = tuple(dict.fromkeys(_values(row.get("items"))))
        board = Board(text_of(row.get("id")), text_of(row.get("name")), of_board, text_of(row.get("kind")))
        if not (board.id and board.name) or board.id in found:
            raise Malformed(f"{where}: a board needs a name and an id of its own, not {board.id!r}")
        if unknown := [each for each in of_board if each not in items]:
            raise Malformed(f"{where}: there is no document {unknown[0]!r}")
        found[board.id] = board
    return list(found.values())


def _rows(folder: Path | None, stem: str, fields: Sequence[str]) -> list[list[str]]:
    file = file_of(folder, stem) if folder else None
    found: list[list[str]] = []
    for where, row in objects(file) if file else ():
        cells = [text_of(row.get(field)) for field in fields]
        if not all(cells):
            raise Malformed(f"{where}: each line has {' and '.join(fields)}")
        found.append(cells)
    return found
