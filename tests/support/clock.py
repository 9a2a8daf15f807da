"""A time of the tests' own."""


class Clock:
    """Goes on when it is told to, and a millisecond each time it is asked: what is made later sorts so."""

    def __init__(self) -> None:
        self._milliseconds = 1_800_000_000_000

    def __call__(self) -> float:
        self._milliseconds += 1
        return self.now

    @property
    def now(self) -> float:
        return self._milliseconds / 1000

    def go_on(self, seconds: float) -> None:
        self._milliseconds += round(seconds * 1000)
