"""What lies in the table: one PynamoDB model per kind of item, all on one base that declares the indexes.

The deployed table is derived from ``Item`` (``infra/data_stack.py``), so keys and indexes have one truth.
"""

import os

from pynamodb.attributes import (
    BooleanAttribute,
    DiscriminatorAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model


class _ByOwner(GlobalSecondaryIndex["Item"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_owner"
        projection = AllProjection()

    owner_pk = UnicodeAttribute(hash_key=True)
    owner_sk = UnicodeAttribute(range_key=True)


class _ByBoard(GlobalSecondaryIndex["Item"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_board"
        projection = AllProjection()

    board_pk = UnicodeAttribute(hash_key=True)
    board_sk = UnicodeAttribute(range_key=True)


class _BySection(GlobalSecondaryIndex["Item"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_section"
        projection = AllProjection()

    section_pk = UnicodeAttribute(hash_key=True)
    section_sk = UnicodeAttribute(range_key=True)


class _ByTarget(GlobalSecondaryIndex["Item"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_target"
        projection = AllProjection()

    target_pk = UnicodeAttribute(hash_key=True)
    target_sk = UnicodeAttribute(range_key=True)


class _BySource(GlobalSecondaryIndex["Item"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_source"
        projection = AllProjection()

    source_pk = UnicodeAttribute(hash_key=True)
    source_sk = UnicodeAttribute(range_key=True)


class Item(Model):
    """Any item: its key, its kind, and the keys of the indexes (set only where the item is listed)."""

    class Meta:
        table_name = os.environ.get("TABLE_NAME", "presence")

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    owner_pk = UnicodeAttribute(null=True)
    owner_sk = UnicodeAttribute(null=True)
    board_pk = UnicodeAttribute(null=True)
    board_sk = UnicodeAttribute(null=True)
    section_pk = UnicodeAttribute(null=True)
    section_sk = UnicodeAttribute(null=True)
    target_pk = UnicodeAttribute(null=True)
    target_sk = UnicodeAttribute(null=True)
    source_pk = UnicodeAttribute(null=True)
    source_sk = UnicodeAttribute(null=True)
    crowded = NumberAttribute(null=True)
    """How often it was put where ranks had become long; the stream makes room and takes this off."""
    expires_at = NumberAttribute(null=True)
    """Seconds since the epoch. DynamoDB deletes the item some time after (TTL, up to a few days)."""

    by_owner = _ByOwner()
    by_board = _ByBoard()
    by_section = _BySection()
    by_target = _ByTarget()
    by_source = _BySource()


class BoardItem(Item, discriminator="board"):
    id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    name = UnicodeAttribute()
    slug = UnicodeAttribute()
    privacy = UnicodeAttribute()
    created_at = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    is_ads_only = BooleanAttribute(null=True)
    pins_modified_at = UnicodeAttribute(null=True)
    pin_count = NumberAttribute()
    section_count = NumberAttribute()
    follower_count = NumberAttribute()
    collaborator_count = NumberAttribute()
    cover = UnicodeAttribute(null=True)
    """A JSON list."""
    cover_pin_id = UnicodeAttribute(null=True)
    topic_ids = UnicodeAttribute(null=True)
    """A JSON list."""
    rank = UnicodeAttribute(null=True)
    archived_at = UnicodeAttribute(null=True)
    trashed_at = UnicodeAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    deleted = BooleanAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)
    deleted_section_ids = UnicodeSetAttribute(null=True)
    invitation_count = NumberAttribute(null=True)
    """This and the next two are for limits only; absent until there is one."""
    link_count = NumberAttribute(null=True)
    join_request_count = NumberAttribute(null=True)
    version = NumberAttribute()


class SectionItem(Item, discriminator="section"):
    id = UnicodeAttribute()
    board_id = UnicodeAttribute()
    name = UnicodeAttribute()
    pin_count = NumberAttribute()
    rank = UnicodeAttribute(null=True)
    deleted = BooleanAttribute(null=True)
    version = NumberAttribute()


class PinItem(Item, discriminator="pin"):
    id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    board_id = UnicodeAttribute()
    created_at = UnicodeAttribute()
    media = UnicodeAttribute()
    """A JSON object: lists need it whole and never filter on it."""
    section_id = UnicodeAttribute(null=True)
    title = UnicodeAttribute(null=True)
    description = UnicodeAttribute(null=True)
    alt_text = UnicodeAttribute(null=True)
    link = UnicodeAttribute(null=True)
    dominant_color = UnicodeAttribute(null=True)
    parent_pin_id = UnicodeAttribute(null=True)
    rank = UnicodeAttribute(null=True)
    section_rank = UnicodeAttribute(null=True)
    trashed_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


class PinBatchItem(Item, discriminator="pin_batch"):
    id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    board_id = UnicodeAttribute()
    created_at = UnicodeAttribute()
    steps = UnicodeAttribute()
    """A JSON list of lists."""
    section_id = UnicodeAttribute(null=True)
    copies = BooleanAttribute(null=True)
    done = NumberAttribute()


class ProfileItem(Item, discriminator="profile"):
    id = UnicodeAttribute()
    username = UnicodeAttribute()
    created_at = UnicodeAttribute()
    display_name = UnicodeAttribute(null=True)
    about = UnicodeAttribute(null=True)
    website_url = UnicodeAttribute(null=True)
    location = UnicodeAttribute(null=True)
    pronouns = UnicodeAttribute(null=True)
    avatar = UnicodeAttribute(null=True)
    banner = UnicodeAttribute(null=True)
    is_private = BooleanAttribute(null=True)
    hidden_from_search = BooleanAttribute(null=True)
    featured_board_ids = UnicodeAttribute(null=True)
    """A JSON list."""
    board_count = NumberAttribute()
    pin_count = NumberAttribute()
    follower_count = NumberAttribute()
    following_count = NumberAttribute()
    issuer = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    deleted = BooleanAttribute(null=True)
    version = NumberAttribute()


class TieItem(Item, discriminator="tie"):
    from_id = UnicodeAttribute()
    to_id = UnicodeAttribute()
    since = UnicodeAttribute()
    following = UnicodeAttribute(null=True)
    blocks = BooleanAttribute(null=True)
    blocked = BooleanAttribute(null=True)
    counted = BooleanAttribute(null=True)


class HiddenPeopleItem(Item, discriminator="hidden_people"):
    user_ids = UnicodeSetAttribute(null=True)
    are_more = BooleanAttribute(null=True)
    """There were too many for one item, and some are not among these."""


class BoardFollowItem(Item, discriminator="board_follow"):
    user_id = UnicodeAttribute()
    board_id = UnicodeAttribute()
    since = UnicodeAttribute()
    follows = BooleanAttribute(null=True)
    """Absent where it is so: then it stands in the lists."""
    is_over = BooleanAttribute(null=True)
    counted = BooleanAttribute(null=True)


class MemberItem(Item, discriminator="member"):
    board_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    role = UnicodeAttribute()
    since = UnicodeAttribute()
    added_by = UnicodeAttribute()


class JobItem(Item):
    """An export or an import; which one, its key and its kind say."""

    id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = UnicodeAttribute()
    cursor = UnicodeAttribute(null=True)
    """A JSON object."""
    step = NumberAttribute()
    boards = NumberAttribute()
    pins = NumberAttribute()
    follows = NumberAttribute()
    size = NumberAttribute()
    finished_at = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)


class ExportItem(JobItem, discriminator="export"):
    """The making of an archive."""


class ImportItem(JobItem, discriminator="import"):
    """The reading of one."""


class InvitationItem(Item, discriminator="invitation"):
    board_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    role = UnicodeAttribute()
    since = UnicodeAttribute()
    invited_by = UnicodeAttribute()
    ends_at = NumberAttribute()


class InvitationLinkItem(Item, discriminator="invitation_link"):
    id = UnicodeAttribute()
    board_id = UnicodeAttribute()
    role = UnicodeAttribute()
    digest = UnicodeAttribute()
    made_by = UnicodeAttribute()
    ends_at = NumberAttribute()
    uses = NumberAttribute()
    max_uses = NumberAttribute(null=True)


class JoinRequestItem(Item, discriminator="join_request"):
    board_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
    role = UnicodeAttribute()
    since = UnicodeAttribute()
    message = UnicodeAttribute(null=True)


class ClaimItem(Item, discriminator="claim"):
    """Something that belongs to one holder only: a board name's slug, a username, an issuer's subject."""

    holder_id = UnicodeAttribute()


class TrashItem(Item, discriminator="trash"):
    """A board or a pin is in the trash until this expires; without it, it is to be purged."""


class MergeItem(Item, discriminator="merge"):
    """What is on a merged board is still to be brought to where it went."""

    board_id = UnicodeAttribute()
    turns = NumberAttribute(null=True)
    ordered_at = NumberAttribute(null=True)
    """Seconds since the epoch."""


class ReceiptItem(Item, discriminator="receipt"):
    """The first answer to a request that carried an ``Idempotency-Key``."""

    fingerprint = UnicodeAttribute()
    answer = UnicodeAttribute()


class UploadReferenceItem(Item, discriminator="upload_reference"):
    """A pin or a profile shows this upload."""


class UploadUnusedItem(Item, discriminator="upload_unused"):
    """When it expires, the upload is deleted unless something references it by then."""


class SweepItem(Item, discriminator="sweep"):
    """An order to look at all pins on a board again, or at all boards of a user."""

    of_kind = UnicodeAttribute()
    of_id = UnicodeAttribute()
    order = UnicodeAttribute()
    """An id made with the order: a later order begins anew."""
    parts = UnicodeSetAttribute(null=True)
    """The ids of those that are to be looked at now."""
    after = UnicodeAttribute(null=True)
    """The position of the last of them."""
    is_last = BooleanAttribute(null=True)
    """None come after them."""
    waited = NumberAttribute(null=True)
    """How often it was put off."""


class RebuildItem(Item, discriminator="rebuild"):
    """How far the discovery indexes are made anew in one segment of the tables."""

    run = UnicodeAttribute()
    segment = NumberAttribute()
    phase = UnicodeAttribute()
    after_pk = UnicodeAttribute(null=True)
    after_sk = UnicodeAttribute(null=True)
    examined = NumberAttribute()
    turn = NumberAttribute()
