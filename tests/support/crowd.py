"""People who do at random whatever the API lets them do to what can be found."""

from collections import Counter
from collections.abc import Callable
from random import Random

from presence.storage import keys
from tests.support.api import Client, Reply
from tests.support.people import a_user
from tests.support.stored import remove
from tests.support.wire import ANY_PICTURE

PEOPLE = 40
WORDS = (
    *("wedding", "cake", "garden", "shed", "paint", "boat", "lemon", "paper", "winter", "coat", "crème", "brûlée"),
    *("running", "shoes", "kitchen", "tiles", "wood", "lamp", "cat", "dog", "Zürich", "café", "quilt", "star"),
    *(f"word{number}" for number in range(400)),
)
"""The first ones are in most of what is written."""
PICTURES = 300
PRIVACIES = ("PUBLIC", "PUBLIC", "PUBLIC", "PROTECTED", "SECRET")
RECENT = 400
"""Most is done to what is new, so that more than one thing happens to it."""


class Crowd:
    """Some people, and what they have made."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._people = [a_user() for _ in range(PEOPLE)]
        self._boards: list[tuple[Client, str]] = []
        self._pins: list[tuple[Client, str]] = []
        self._boards_in_trash: list[tuple[Client, str]] = []
        self._pins_in_trash: list[tuple[Client, str]] = []
        self._chosen: list[tuple[list[tuple[Client, str]], tuple[Client, str]]] = []
        """What something is being done to, and where that is listed."""
        self.answers: Counter[int] = Counter()
        """How often each status came."""
        kinds: dict[Callable[[], Reply | None], int] = {
            self._create_board: 8,
            self._edit_board: 8,
            self._change_privacy: 6,
            self._archive_board: 3,
            self._restore_board: 5,
            self._trash_board: 3,
            self._delete_board: 2,
            self._merge_boards: 1,
            self._transfer_board: 1,
            self._create_pin: 20,
            self._edit_pin: 10,
            self._save_pin: 12,
            self._move_pin: 5,
            self._move_pins: 2,
            self._copy_pins: 1,
            self._trash_pin: 6,
            self._restore_pin: 4,
            self._delete_pin: 3,
            self._edit_profile: 3,
            self._hide: 1,
            self._leave: 1,
            self._follow: 4,
            self._unfollow: 2,
            self._follow_board: 6,
            self._unfollow_board: 3,
            self._block: 1,
            self._unblock: 2,
            self._expire: 2,
        }
        self._kinds = [*kinds]
        self._weights = [*kinds.values()]

    def act(self) -> None:
        """One thing that somebody does."""
        (kind,) = self._chance.choices(self._kinds, self._weights)
        self._chosen.clear()
        reply = kind()
        if reply is None:
            return
        assert reply.status < 500, reply.text
        self.answers[reply.status] += 1
        if reply.status == 404 and self._chance.random() < 0.5:  # what is gone is done something to now and then
            for things, chosen in self._chosen:
                things.remove(chosen)

    def _text(self, most: int) -> str:
        places = (int(len(WORDS) * self._chance.random() ** 3) for _ in range(self._chance.randint(1, most)))
        return " ".join(WORDS[place] for place in places)

    def _anybody(self) -> Client:
        return self._chance.choice(self._people)

    def _board(self) -> tuple[Client, str]:
        return self._one_of(self._boards) if self._boards else (self._anybody(), "1")

    def _pin(self) -> tuple[Client, str]:
        return self._one_of(self._pins) if self._pins else (self._anybody(), "1")

    def _one_of(self, things: list[tuple[Client, str]]) -> tuple[Client, str]:
        chosen = self._chance.choice(things[-RECENT:])
        self._chosen.append((things, chosen))
        return chosen

    def _board_of(self, owner: Client) -> str:
        own = [board_id for who, board_id in self._boards[-RECENT:] if who is owner]
        return self._chance.choice(own) if own else "1"

    def _pins_of(self, owner: Client) -> list[str]:
        own = [pin_id for who, pin_id in self._pins[-RECENT:] if who is owner]
        return self._chance.sample(own, min(len(own), self._chance.randint(1, 5))) or ["1"]

    # Boards.

    def _create_board(self) -> Reply:
        owner = self._anybody()
        body = {"name": self._text(4), "description": self._text(12), "privacy": self._chance.choice(PRIVACIES)}
        return self._made(self._boards, owner, owner.post("/boards", body))

    def _made(self, things: list[tuple[Client, str]], owner: Client, reply: Reply) -> Reply:
        if reply.status == 201:
            things.append((owner, reply.json["id"]))
        return reply

    def _edit_board(self) -> Reply:
        owner, board_id = self._board()
        field, most = self._chance.choice((("name", 4), ("description", 12)))
        return owner.patch(f"/boards/{board_id}", {field: self._text(most)})

    def _change_privacy(self) -> Reply:
        owner, board_id = self._board()
        return owner.patch(f"/boards/{board_id}", {"privacy": self._chance.choice(("PUBLIC", "SECRET"))})

    def _archive_board(self) -> Reply:
        owner, board_id = self._board()
        return owner.post(f"/boards/{board_id}/archive")

    def _restore_board(self) -> Reply:
        is_trashed = bool(self._boards_in_trash) and self._chance.random() < 0.6
        owner, board_id = self._one_of(self._boards_in_trash) if is_trashed else self._board()
        reply = owner.post(f"/boards/{board_id}/restore")
        if is_trashed and reply.status == 201:
            self._put(self._boards, owner, board_id)
        return reply

    def _put(self, things: list[tuple[Client, str]], owner: Client, thing_id: str) -> None:
        """What was chosen is listed elsewhere from now on."""
        for former, chosen in self._chosen:
            former.remove(chosen)
        self._chosen.clear()
        things.append((owner, thing_id))

    def _trash_board(self) -> Reply:
        owner, board_id = self._board()
        reply = owner.delete(f"/boards/{board_id}")
        if reply.status == 204:
            self._put(self._boards_in_trash, owner, board_id)
        return reply

    def _delete_board(self) -> Reply:
        owner, board_id = self._board()
        owner.delete(f"/boards/{board_id}")
        return owner.delete(f"/user_account/trash/boards/{board_id}")

    def _merge_boards(self) -> Reply:
        owner, board_id = self._board()
        return owner.post(f"/boards/{board_id}/merge", {"into": self._board_of(owner)})

    def _transfer_board(self) -> Reply:
        """To somebody who has accepted an invitation to it."""
        owner, board_id = self._board()
        other = self._anybody()
        owner.post(f"/boards/{board_id}/invitations", {"username": other.username, "role": "editor"})
        other.post(f"/user_account/invitations/{board_id}")
        reply = owner.post(f"/boards/{board_id}/transfer", {"username": other.username})
        if reply.status < 300:
            self._boards.append((other, board_id))
        return reply

    # Pins.

    def _create_pin(self) -> Reply:
        owner, board_id = self._board()
        texts = {"title": self._text(5), "description": self._text(15)} if self._chance.random() < 0.9 else {}
        picture = ANY_PICTURE | {"url": f"https://pictures.example/{self._chance.randrange(PICTURES)}.png"}
        reply = owner.post("/pins", {"board_id": board_id, "media_source": picture, **texts})
        return self._made(self._pins, owner, reply)

    def _edit_pin(self) -> Reply:
        owner, pin_id = self._pin()
        field, most = self._chance.choice((("title", 5), ("description", 15), ("alt_text", 5)))
        return owner.patch(f"/pins/{pin_id}", {field: self._text(most)})

    def _save_pin(self) -> Reply:
        user = self._anybody()
        reply = user.post(f"/pins/{self._pin()[1]}/save", {"board_id": self._board_of(user)})
        return self._made(self._pins, user, reply)

    def _move_pin(self) -> Reply:
        owner, pin_id = self._pin()
        return owner.patch(f"/pins/{pin_id}", {"board_id": self._board_of(owner)})

    def _move_pins(self) -> Reply:
        return self._many_pins("move")

    def _copy_pins(self) -> Reply:
        return self._many_pins("copy")

    def _many_pins(self, verb: str) -> Reply:
        owner, board_id = self._board()
        return owner.post(f"/boards/{board_id}/pins/{verb}", {"pin_ids": self._pins_of(owner)})

    def _trash_pin(self) -> Reply:
        owner, pin_id = self._pin()
        reply = owner.delete(f"/pins/{pin_id}")
        if reply.status == 204:
            self._put(self._pins_in_trash, owner, pin_id)
        return reply

    def _restore_pin(self) -> Reply:
        owner, pin_id = self._one_of(self._pins_in_trash) if self._pins_in_trash else self._pin()
        reply = owner.post(f"/pins/{pin_id}/restore")
        if reply.status == 201:
            self._put(self._pins, owner, pin_id)
        return reply

    def _delete_pin(self) -> Reply:
        owner, pin_id = self._pin()
        owner.delete(f"/pins/{pin_id}")
        return owner.delete(f"/user_account/trash/pins/{pin_id}")

    def _expire(self) -> None:
        """As DynamoDB does when the time in the trash is over."""
        key_of = {keys.board_in_trash: self._boards_in_trash, keys.pin_in_trash: self._pins_in_trash}
        key, things = self._chance.choice([*key_of.items()])
        if things:
            remove(key(things.pop(self._chance.randrange(len(things)))[1]))

    # People.

    def _edit_profile(self) -> Reply:
        field, most = self._chance.choice((("display_name", 3), ("about", 12)))
        return self._anybody().patch("/user_account", {field: self._text(most)[:80]})

    def _hide(self) -> Reply:
        what = self._chance.choice(("is_private", "hidden_from_search"))
        return self._anybody().patch("/user_account", {what: self._chance.random() < 0.3})

    def _leave(self) -> Reply:
        """Somebody goes for good, and somebody else comes: what there is does not grow for ever."""
        gone = self._anybody()
        self._people[self._people.index(gone)] = a_user()
        for things in (self._boards, self._pins, self._boards_in_trash, self._pins_in_trash):
            things[:] = [each for each in things if each[0] is not gone]
        return gone.delete("/user_account")

    def _follow(self) -> Reply:
        return self._anybody().post(f"/user_account/following/{self._anybody().username}")

    def _unfollow(self) -> Reply:
        return self._anybody().delete(f"/user_account/following/{self._anybody().username}")

    def _follow_board(self) -> Reply:
        return self._anybody().post(f"/user_account/following/boards/{self._board()[1]}")

    def _unfollow_board(self) -> Reply:
        return self._anybody().delete(f"/user_account/following/boards/{self._board()[1]}")

    def _block(self) -> Reply:
        return self._anybody().post(f"/user_account/blocks/{self._anybody().username}")

    def _unblock(self) -> Reply:
        return self._anybody().delete(f"/user_account/blocks/{self._anybody().username}")
