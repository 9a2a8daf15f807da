"""Why somebody sees a board."""
