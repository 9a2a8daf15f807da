"""Against values worked out by hand."""

import math

import pytest

from tools.bench_search.metrics import found, ndcg, overlap, recall

GRADES = {"a": 3.0, "b": 2.0, "c": 0.0, "d": 1.0}
BEST = 3 + 2 / math.log2(3) + 1 / 2
"""Of the grades 3, 2, 1 at the places 1, 2, 3."""


def test_the_best_ranking_has_an_ndcg_of_1() -> None:
    assert ndcg(["a", "b", "d", "c"], GRADES) == 1


def test_a_gain_is_divided_by_the_logarithm_of_1_and_its_place() -> None:
    assert ndcg(["d", "x", "a"], GRADES) == pytest.approx((1 + 3 / 2) / BEST)


def test_what_comes_after_the_depth_does_not_count() -> None:
    assert ndcg(["x", "y", "a"], GRADES, depth=2) == 0
    assert ndcg(["b"], GRADES, depth=1) == pytest.approx(2 / 3)


def test_without_relevant_documents_there_is_nothing_to_find() -> None:
    assert ndcg(["a"], {}) == 0
    assert ndcg(["a"], {"a": 0.0}) == 0
    assert recall(["a"], {"a": 0.0}) == 0


def test_recall_is_of_the_documents_with_a_grade() -> None:
    assert recall(["a", "c", "x"], GRADES) == pytest.approx(1 / 3)
    assert recall(["x", "a"], GRADES, depth=1) == 0


def test_overlap_is_of_the_places_to_be_taken() -> None:
    assert overlap(["a", "b", "c"], {"b", "c", "d"}, 3) == pytest.approx(2 / 3)
    assert overlap(["a"], {"a", "b"}, 2) == 0.5
    assert overlap(["a", "b"], {"b"}, 1) == 0, "only so many of ours are looked at"
    assert overlap([], [], 0) == 1


def test_no_more_is_to_be_found_than_there_are_places() -> None:
    assert found(["a", "b", "x"], {"a", "b", "c", "d"}, depth=3) == pytest.approx(2 / 3)
    assert found(["a"], {"a", "b"}, depth=3) == 0.5
    assert found(["a"], set()) == 0
