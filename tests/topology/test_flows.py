"""The flows of learners, through nginx: the same tests, asked of the whole deployment."""

from tests.flows.test_main_job import (
    test_a_photographed_page_becomes_cards_and_shows_in_the_statistics,
    test_the_written_client_does_the_main_job,
)
from tests.flows.test_tutor import (
    test_a_conversation_goes_on_where_the_connection_was_cut,
    test_a_correction_becomes_a_card,
)
from tests.topology.conftest import MARKS

__all__ = [
    "test_a_conversation_goes_on_where_the_connection_was_cut",
    "test_a_correction_becomes_a_card",
    "test_a_photographed_page_becomes_cards_and_shows_in_the_statistics",
    "test_the_written_client_does_the_main_job",
]
pytestmark = MARKS
