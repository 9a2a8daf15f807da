"""Every key string of the two tables, by access pattern. docs/access-patterns.md lists what each serves.

Ids are 19 digits, so a sort key that ends in one sorts by age. Where a list is put in order by hand, a sort key is a
rank (``domain.ranks``), and ids sort among them.
"""

Key = tuple[str, str]


def board(board_id: str) -> Key:
    return f"BOARD#{board_id}", "BOARD"


def pin(pin_id: str) -> Key:
    return f"PIN#{pin_id}", "PIN"


def board_in_trash(board_id: str) -> Key:
    """Runs out with a board's time in the trash."""
    return board(board_id)[0], "TRASH"


def merge_order(board_id: str) -> Key:
    """Has the stream bring what is on a merged board to where it went."""
    return board(board_id)[0], "MERGE"


def pin_in_trash(pin_id: str) -> Key:
    return pin(pin_id)[0], "TRASH"


def profile(user_id: str) -> Key:
    return f"USER#{user_id}", "PROFILE"


SECTION_PREFIX = "SECTION#"


def sections_of(board_id: str) -> str:
    return board(board_id)[0]


def section(board_id: str, section_id: str) -> Key:
    return sections_of(board_id), f"{SECTION_PREFIX}{section_id}"


SLUG_PREFIX = "SLUG#"


def board_slug(owner_id: str, slug: str) -> Key:
    return f"USER#{owner_id}", f"{SLUG_PREFIX}{slug}"


def username(skeleton: str) -> Key:
    """Of all names that look the same, one may be had."""
    return f"USERNAME#{skeleton}", "USERNAME"


def tie(from_id: str, to_id: str) -> Key:
    """What one user is to another: follows, blocks, is blocked."""
    return f"USER#{from_id}", f"TIE#{to_id}"


def hidden_people(user_id: str) -> Key:
    """Whom blocks hide from a user, all in one item."""
    return f"USER#{user_id}", "HIDDEN"


def board_follow(user_id: str, board_id: str) -> Key:
    return f"USER#{user_id}", f"FOLLOW#{board_id}"


MEMBER_PREFIX = "MEMBER#"


def members_of(board_id: str) -> str:
    return board(board_id)[0]


def member(board_id: str, user_id: str) -> Key:
    return members_of(board_id), f"{MEMBER_PREFIX}{user_id}"


INVITATION_PREFIX = "INVITATION#"
LINK_PREFIX = "LINK#"
JOIN_REQUEST_PREFIX = "JOIN#"


def invitation(board_id: str, user_id: str) -> Key:
    return members_of(board_id), f"{INVITATION_PREFIX}{user_id}"


def invitation_link(board_id: str, link_id: str) -> Key:
    return members_of(board_id), f"{LINK_PREFIX}{link_id}"


def join_request(board_id: str, user_id: str) -> Key:
    return members_of(board_id), f"{JOIN_REQUEST_PREFIX}{user_id}"


def identity(issuer: str, subject: str) -> Key:
    """The user behind a token's issuer and subject."""
    return f"IDENTITY#{issuer}#{subject}", "IDENTITY"


def receipt(user_id: str, digest: str) -> Key:
    """The answer given to an ``Idempotency-Key`` (by digest: clients choose its length and characters)."""
    return f"USER#{user_id}", f"RECEIPT#{digest}"


EXPORT_PREFIX = "EXPORT#"
IMPORT_PREFIX = "IMPORT#"


def export(user_id: str, export_id: str) -> Key:
    return f"USER#{user_id}", f"{EXPORT_PREFIX}{export_id}"


def import_(user_id: str, import_id: str) -> Key:
    return f"USER#{user_id}", f"{IMPORT_PREFIX}{import_id}"


def running_export(user_id: str) -> Key:
    """Of a user's exports the one at work."""
    return f"USER#{user_id}", "EXPORTING"


def running_import(user_id: str) -> Key:
    return f"USER#{user_id}", "IMPORTING"


def pin_batch(user_id: str, batch_id: str) -> Key:
    """An order to copy or move many pins that is being carried out."""
    return f"USER#{user_id}", f"PINS#{batch_id}"


REFERENCE_PREFIX = "P"
"""Of all references to an upload, and not of its marker: one query finds whether there is any."""


def upload(object_key: str) -> str:
    return f"UPLOAD#{object_key}"


def upload_reference(object_key: str, pin_id: str) -> Key:
    return upload(object_key), f"PIN#{pin_id}"


def upload_reference_of_profile(object_key: str, user_id: str) -> Key:
    return upload(object_key), f"PROFILE#{user_id}"


def upload_unused(object_key: str) -> Key:
    return upload(object_key), "UNUSED"


def boards_of(owner_id: str) -> str:
    return f"USER#{owner_id}#BOARDS"


def pins_of(owner_id: str) -> str:
    return f"USER#{owner_id}#PINS"


def pins_on(board_id: str) -> str:
    return f"BOARD#{board_id}#PINS"


def saved_from(board_id: str) -> str:
    """Pins that were saved from a board, wherever they are."""
    return f"BOARD#{board_id}#SAVED"


def source_of(partition: str) -> str:
    """The board of a ``saved_from``."""
    return partition.split("#")[1]


def sections_on(board_id: str) -> str:
    return f"BOARD#{board_id}#SECTIONS"


def same_on(board_id: str, digest: str) -> str:
    """The pins on a board that show the same."""
    return f"BOARD#{board_id}#SAME#{digest}"


def pins_in(section_id: str) -> str:
    return f"SECTION#{section_id}#PINS"


def archived_boards_of(owner_id: str) -> str:
    return f"USER#{owner_id}#ARCHIVED"


def trashed_boards_of(owner_id: str) -> str:
    return f"USER#{owner_id}#TRASHED_BOARDS"


def trashed_pins_of(owner_id: str) -> str:
    return f"USER#{owner_id}#TRASHED_PINS"


def group_boards_of(user_id: str) -> str:
    return f"USER#{user_id}#GROUP_BOARDS"


def join_requests_of(user_id: str) -> str:
    """The boards that a user asks to join."""
    return f"USER#{user_id}#JOINS"


def invitations_of(user_id: str) -> str:
    """The boards that a user is invited to."""
    return f"USER#{user_id}#INVITATIONS"


def following_of(user_id: str) -> str:
    return f"USER#{user_id}#FOLLOWING"


def requested_by(user_id: str) -> str:
    """The follows that a user asked for and that are not approved yet."""
    return f"USER#{user_id}#REQUESTED"


def board_follows_of(user_id: str) -> str:
    return f"USER#{user_id}#FOLLOWED_BOARDS"


def blocks_of(user_id: str) -> str:
    return f"USER#{user_id}#BLOCKS"


def followers_of(user_id: str) -> str:
    return f"USER#{user_id}#FOLLOWERS"


def follow_requests_to(user_id: str) -> str:
    return f"USER#{user_id}#REQUESTS"


def followers_of_board(board_id: str) -> str:
    return f"BOARD#{board_id}#FOLLOWERS"


def merged_into(board_id: str) -> str:
    """The boards that were merged into one."""
    return f"BOARD#{board_id}#MERGED"


SWEEP = "SWEEP"


def sweep(thing: Key) -> Key:
    """An order to look at all that lies on a board, or on a user's boards, and to set right what the indexes say. It
    lies with the board or the profile, and goes with it.
    """
    return thing[0], SWEEP


def rebuild(segment: int) -> Key:
    """An order to make the discovery indexes anew, for one segment of the tables."""
    return f"REBUILD#{segment}", "REBUILD"


# The discovery table.

WORD, CARD, CENSUS, SUGGEST, TREND, TIMELINE = "WORD", "CARD", "CENSUS", "SUGGEST", "TREND", "TIMELINE"


def indexed(pk: str) -> tuple[str, str, str]:
    """What a partition of the discovery table is (``WORD``, ``CARD``, ``CENSUS``), of which kind of documents, and of
    which word or number; of a ``TREND`` which topic's it is, of a ``TIMELINE`` whose, or of which pin's note. What it
    does not say is empty.
    """
    what, kind, name = [*pk.split("#", 2), "", ""][:3]
    return what, kind, name


def block(kind: str, word: str, index: int) -> Key:
    """A part of a word's posting list; 0 holds the best."""
    return f"{WORD}#{kind}#{word}", str(index)


def card(kind: str, number: int) -> Key:
    """What the index knows of a document, by the number that stands for it in posting lists."""
    return f"{CARD}#{kind}#{number}", CARD


CENSUSES = 4
"""Of a kind of documents: one that knew of as many would be written whole for each of them."""


def census(kind: str, number: int) -> Key:
    """Where the document is counted for which a number stands, with every fourth."""
    return f"{CENSUS}#{kind}", f"{CENSUS}#{number % CENSUSES}"


def censuses(kind: str) -> list[Key]:
    """How many documents there are, and how long."""
    return [census(kind, number) for number in range(CENSUSES)]


def suggestions(beginning: str) -> Key:
    """The best names with a word that begins so."""
    return f"{SUGGEST}#{beginning}", SUGGEST


def trends(topic_id: str) -> Key:
    """The boards of a topic with which others do most of late; of any topic, where the id is empty."""
    return f"{TREND}#boards#{topic_id}", TREND


LONG = "LONG"


def long_lists(kind: str) -> Key:
    """Which words have more than one block."""
    return f"{CENSUS}#{kind}", LONG


NEWEST = "NEWEST"
"""It sorts above all ids."""


def newest_block(line: str) -> Key:
    """Of a timeline."""
    return f"{TIMELINE}#{line}", NEWEST


def older_block(line: str, fence: str) -> Key:
    """Of a timeline what is newer than the fence, up to the next block's."""
    return newest_block(line)[0], fence


NOTE = "NOTE"


def timelines_of_pin(pin_id: str) -> Key:
    """On which timelines a pin may stand."""
    return f"{TIMELINE}#PIN#{pin_id}", NOTE
