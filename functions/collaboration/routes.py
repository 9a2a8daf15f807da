"""Collaborators, invitations, requests to join, and giving a board away."""

from presence.http.routing import Router

router = Router()
