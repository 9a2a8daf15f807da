"""Lambda: boards and sections."""

from boards.routes import router
from presence.http.app import serve

handler = serve(router, environment=("BOOKMARK_SECRET", "MEDIA_URL", "TABLE_NAME"))
