"""Other people: their profiles and what they show, whom one follows, who is blocked."""

from presence.http.routing import Router

router = Router()
