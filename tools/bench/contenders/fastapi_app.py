"""The same routes in FastAPI behind Mangum, with pydantic models for what comes and goes."""

from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.responses import JSONResponse
from mangum import Mangum
from pydantic import BaseModel, Field, HttpUrl

from . import store

app = FastAPI()
Id = Annotated[str, Path(pattern="^[0-9]+$", max_length=32)]


class Owner(BaseModel):
    username: str


class BoardMedia(BaseModel):
    image_cover_url: str
    pin_thumbnail_urls: list[str]


class Board(BaseModel):
    id: str
    name: str
    description: str | None
    privacy: Literal["PUBLIC", "PROTECTED", "SECRET"]
    is_ads_only: bool
    owner: Owner
    created_at: str
    board_pins_modified_at: str | None = None
    pin_count: int
    follower_count: int
    collaborator_count: int
    role: Literal["viewer", "contributor", "editor", "owner"] | None
    is_archived: bool
    media: BoardMedia | None = None


class BoardPage(BaseModel):
    items: list[Board]
    bookmark: str | None


class ImageUrl(BaseModel):
    source_type: Literal["image_url"]
    url: HttpUrl


class PinCreate(BaseModel):
    board_id: str = Field(pattern="^[0-9]+$", max_length=32)
    title: str | None = Field(default=None, max_length=100)
    description: str | None = Field(default=None, max_length=800)
    alt_text: str | None = Field(default=None, max_length=500)
    link: str | None = Field(default=None, max_length=2048)
    media_source: ImageUrl


class Image(BaseModel):
    url: str


class PinMedia(BaseModel):
    media_type: Literal["image"]
    images: dict[str, Image]


class Pin(BaseModel):
    id: str
    created_at: str
    link: str | None
    title: str | None
    description: str | None
    dominant_color: str | None
    alt_text: str | None
    creative_type: Literal["REGULAR", "CAROUSEL", "VIDEO"]
    board_id: str
    board_section_id: str | None
    board_owner: Owner
    is_owner: bool
    added_by: Owner | None
    is_standard: bool
    has_been_promoted: bool
    parent_pin_id: str | None
    pin_metrics: None
    duplicate_of: str | None
    media: PinMedia


def caller(*scopes: str) -> Any:
    """The caller's claims, if they have the scopes. No dependency here waits, so all are coroutines."""

    async def claims(request: Request) -> store.Claims:
        found: store.Claims = request.scope["aws.event"]["requestContext"]["authorizer"]["jwt"]["claims"]
        store.require(found, scopes)
        return found

    return Depends(claims)


@app.exception_handler(store.Refused)
async def refused(_: Request, error: store.Refused) -> JSONResponse:
    return JSONResponse(error.body, error.status)


# Coroutines, although botocore blocks: a Lambda serves one request at a time, and a thread for each costs more.
@app.get("/v5/boards/{board_id}", response_model_exclude_unset=True)
async def get_board(board_id: Id, claims: Annotated[store.Claims, caller("boards:read")]) -> Board:
    return Board(**store.board_view(store.get_board(board_id, claims)))


@app.get("/v5/boards", response_model_exclude_unset=True)
async def list_boards(
    claims: Annotated[store.Claims, caller("boards:read")], page_size: Annotated[int, Query(ge=1, le=250)] = 25
) -> BoardPage:
    boards, bookmark = store.list_boards(claims, page_size)
    return BoardPage(items=[Board(**store.board_view(seen)) for seen in boards], bookmark=bookmark)


@app.post("/v5/pins", status_code=201)
async def create_pin(
    draft: PinCreate,
    claims: Annotated[store.Claims, caller("boards:read", "boards:write", "pins:read", "pins:write")],
) -> Pin:
    seen, url = store.get_board(draft.board_id, claims), str(draft.media_source.url)
    fields = draft.model_dump(include={"title", "description", "alt_text", "link"})
    return Pin(**store.new_pin_view(store.create_pin(claims, seen, fields, url), seen, claims, url))


handler = Mangum(app, lifespan="off")
