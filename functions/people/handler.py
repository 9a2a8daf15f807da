"""Lambda: other people, and what users are to each other."""

from people.routes import router
from presence.http.app import serve

handler = serve(router, environment=("BOOKMARK_SECRET", "MEDIA_URL", "TABLE_NAME"))
