"""Who works on a board together."""
