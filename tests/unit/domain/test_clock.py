import pytest

from presence.domain import clock


def test_a_timestamp_is_rfc_3339_in_utc_to_the_second() -> None:
    assert clock.timestamp(1_790_000_000.999) == "2026-09-21T14:13:20Z"


def test_a_timestamp_is_read_back_to_the_second() -> None:
    assert clock.seconds(clock.timestamp(1_790_000_000.999)) == 1_790_000_000


def test_a_timestamp_without_a_time_is_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: 0.0)

    assert clock.timestamp() == "1970-01-01T00:00:00Z"
