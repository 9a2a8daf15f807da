"""Presence: boards and profiles, who may see them, and how they are found."""
