"""Profiles and what people show."""
