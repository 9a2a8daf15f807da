"""Usernames that nobody may have: they would pass for a part of the site or for those who run it."""

RESERVED_USERNAMES = frozenset(
    {
        # The product, and who would speak for it.
        *("presence", "presence_app", "presence_help", "presence_official", "presence_security"),
        *("presence_staff", "presence_support", "presence_team"),
        *("abuse", "admin", "administrator", "billing", "customer_service", "feedback", "help", "helpdesk", "info"),
        *("legal", "mod", "moderation", "moderator", "moderators", "no_reply", "official", "operator", "postmaster"),
        *("press", "root", "safety", "security", "staff", "superuser", "support", "sysadmin", "system", "team"),
        *("trust_and_safety", "verified", "webmaster"),
        # First parts of the addresses of the API and of sites on it.
        *("about", "account", "accounts", "api", "apps", "archive", "archived", "assets", "auth", "blocks", "blog"),
        *("board", "boards", "business", "careers", "categories", "collaborators", "contact"),
        *("cookies", "copyright", "developer", "developers", "discover", "discovery", "docs", "download", "edit"),
        *("explore", "export", "exports", "favicon", "featured", "feed", "follow", "followers", "following", "home"),
        *("ideas", "image", "images", "import", "imports", "index", "invitation", "invitation_links", "invitations"),
        *("invite", "jobs", "login", "logout", "media", "messages", "notifications", "oauth", "openapi", "pin"),
        *("pins", "policies", "policy", "privacy", "profile", "profiles", "public", "register", "requests", "robots"),
        *("saved", "search", "section", "sections", "settings", "sign_in", "sign_out", "sign_up", "sitemap", "static"),
        *("status", "terms", "topics", "trash", "trends", "upload", "uploads", "user_account", "users", "well_known"),
        # What software writes where there is no name.
        *("anonymous", "everybody", "everyone", "false", "guest", "nobody", "none", "null", "true", "undefined"),
        *("unknown", "you"),
    }
)
