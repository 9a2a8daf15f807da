import pytest

from presence.storage import table
from presence.storage.models import Item


@pytest.mark.parametrize("model", Item.__subclasses__(), ids=lambda model: model.__name__)
def test_a_model_has_no_client_of_its_own(model: type[Item]) -> None:
    assert model._get_connection().connection.client is table.client()


@pytest.mark.parametrize("model", Item.__subclasses__(), ids=lambda model: model.__name__)
def test_a_model_knows_every_index(model: type[Item]) -> None:
    assert set(model._indexes) == {"by_board", "by_owner", "by_section", "by_source", "by_target"}


def test_an_index_returns_whole_items() -> None:
    projections = [index["projection"] for index in Item._get_schema()["global_secondary_indexes"]]

    assert projections == [{"ProjectionType": "ALL"}] * 5
