"""Presence: boards and profiles, who may see them, and how they are found."""

import gc
import os

# Imports make many objects and hardly any garbage, and looking through them again and again is a tenth of a start.
if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()


def started() -> None:
    """Say that a function's init is over. From here on garbage is collected, and what init made is not looked at."""
    gc.freeze()
    gc.enable()
