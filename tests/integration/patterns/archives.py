"""Taking everything away: exports, imports, deleted accounts."""
