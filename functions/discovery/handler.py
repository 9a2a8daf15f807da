"""Lambda: finding boards, pins and people."""

from discovery.routes import router
from presence.http.app import serve

handler = serve(router, environment=("BOOKMARK_SECRET", "DISCOVERY_TABLE_NAME", "MEDIA_URL", "TABLE_NAME"))
