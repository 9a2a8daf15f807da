"""Lambda: pins."""

from pins.routes import router
from presence.http.app import serve

handler = serve(router, environment=("BOOKMARK_SECRET", "MEDIA_BUCKET", "MEDIA_URL", "TABLE_NAME"))
