"""Lambda: the caller's account, the OpenAPI description, and every path that no route has."""

from account.routes import router
from presence.http.app import serve

handler = serve(router, environment=("ARCHIVE_BUCKET", "BOOKMARK_SECRET", "MEDIA_BUCKET", "MEDIA_URL", "TABLE_NAME"))
