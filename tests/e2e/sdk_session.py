"""A session of Pinterest's official SDK against us, run in an environment of its own (its pins are not ours).

The host is changed by ``PINTEREST_API_URI`` alone. Reads two access tokens as JSON from standard input, does what an
app would do, and writes what it saw as JSON.
"""

import json
import sys
from multiprocessing.pool import ThreadPool
from time import perf_counter

from openapi_generated.pinterest_client.exceptions import ApiException
from pinterest.client import PinterestSDKClient
from pinterest.organic.boards import Board
from pinterest.organic.pins import Pin

PINS = 300
PICTURE = {"source_type": "image_url", "url": "https://pictures.example/oak.jpg", "content_type": "", "data": ""}


def main() -> None:
    tokens = json.load(sys.stdin)
    alice = PinterestSDKClient.create_client_with_token(tokens["alice"])
    bob = PinterestSDKClient.create_client_with_token(tokens["bob"])
    seen: dict[str, object] = {"seconds": {}}

    board = timed(seen, "create a board", lambda: Board.create("Trees", "Tall ones", client=alice))
    seen["board"] = [board.name, board.description, board.privacy, board.pin_count]
    sections = [board.create_section(name=name) for name in ("Oaks", "Elms")]
    seen["sections"] = [section.name for section in board.list_sections()[0]]
    timed(seen, f"create {PINS} pins", lambda: create_pins(alice, board, sections[0].id))
    for size in (25, 250):
        seen[f"pages of {size}"] = timed(seen, f"page at {size}", lambda size=size: pages(board, size))
    seen["pin"] = pin_facts(alice, board)

    renamed = Board(board_id=board.id, client=alice)
    renamed.update_fields(name="Trees of Europe")
    seen["renamed"] = Board(board_id=board.id, client=alice).name

    their_pin = Pin.create(board_id=Board.create("Bob's", client=bob).id, media_source=PICTURE, client=bob)
    seen["save to another user's board"] = refusal(lambda: pin_of(alice, board).save(board_id=their_pin.board_id))
    saved = Pin(pin_id=their_pin.id, client=alice)
    saved.save(board_id=board.id)
    seen["saved"] = [saved.board_id == board.id, saved.parent_pin_id == their_pin.id]
    seen["duplicate"] = refusal(lambda: Board.create("TREES of Europe!", client=alice))
    Board.delete(board_id=board.id, client=alice)
    seen["after delete"] = refusal(lambda: Board(board_id=board.id, client=alice))
    json.dump(seen, sys.stdout)


def timed(seen, name, work):
    start = perf_counter()
    result = work()
    seen["seconds"][name] = round(perf_counter() - start, 2)
    return result


def create_pins(client, board, section_id):
    def create(number):
        Pin.create(
            board_id=board.id,
            board_section_id=section_id if number % 2 else None,
            media_source=PICTURE,
            title=f"Tree {number}",
            client=client,
        )

    with ThreadPool(4) as threads:
        threads.map(create, range(PINS - 1))
    create(PINS - 1)


def pages(board, size):
    """[items on each page], and how many different pins they are."""
    counts, ids = [], set()
    pins, bookmark = board.list_pins(page_size=size)
    while True:
        counts.append(len(pins))
        ids.update(pin.id for pin in pins)
        if bookmark is None:
            return [counts, len(ids)]
        pins, bookmark = board.list_pins(page_size=size, bookmark=bookmark.get_bookmark_token())


def pin_of(client, board):
    return Pin(pin_id=board.list_pins(page_size=1)[0][0].id, client=client)


def pin_facts(client, board):
    pin = pin_of(client, board)
    return [pin.title, pin.is_owner, pin.media["media_type"], pin.media["images"]["originals"]["url"]]


def refusal(work):
    try:
        work()
    except ApiException as error:
        return [error.status, json.loads(error.body)["code"]]
    return "was not refused"


if __name__ == "__main__":
    main()
