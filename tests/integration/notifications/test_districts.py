"""Another district's messages are not there; generated from the routes."""

from tests.support.notifications.story import Story
from tests.support.row_routes import dead_letter_row, let_in, office_elsewhere
from tests.support.services import Bench


async def test_to_an_office_elsewhere_nothing_of_this_district_exists(notifications: Bench, story: Story) -> None:
    await story.hear(story.report_verified(), story.report_id)
    (message,) = await story.messages()
    rows = {"message_id": message["id"], "dead_letter_id": await dead_letter_row(notifications)}
    elsewhere = office_elsewhere(story.issuer)
    assert await let_in(notifications, rows, elsewhere) == []
    listed = await notifications.client.get("/messages", headers={"Authorization": f"Bearer {elsewhere}"})
    assert (listed.status_code, listed.json()["items"]) == (200, [])
