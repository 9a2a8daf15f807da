"""Lambda: who works on a board together, and how they come to it."""

from collaboration.routes import router
from presence.http.app import serve

handler = serve(router, environment=("BOOKMARK_SECRET", "MEDIA_URL", "TABLE_NAME"))
