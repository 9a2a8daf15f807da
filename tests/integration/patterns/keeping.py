"""Archive, trash, merging."""
