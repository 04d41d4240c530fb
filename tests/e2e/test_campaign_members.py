"""Members of a campaign on the deployed stack: added by a tag and by a file, listed, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from e2e.world import eventually

if TYPE_CHECKING:
    from e2e.world import Stack

CAMPAIGNS = "/v1/scheduling/campaigns"


def test_members_are_added_by_a_tag_and_by_a_file(stack: Stack) -> None:
    """Each by a job that can be followed; together they are the campaign's members, each once."""
    api = stack.api
    tag = "Members of spring"
    api.post("/v1/crm/tags", {"name": tag})
    tagged = [
        api.post("/v1/crm/contacts", {"name": f"T{n}", "phone": number, "tags": [tag]})["id"]
        for n, number in enumerate(("+14155550391", "+14155550392"))
    ]
    body = {"name": "By tag and file", "template_id": stack.data.templates["Sales call"]}
    one = f"{CAMPAIGNS}/{api.post(CAMPAIGNS, body)['id']}"
    content = "Name,Phone\nFirst,+14155550392\nSecond,+14155550393\nThird,+14155550394\nNobody,\n"

    def followed(begun: dict[str, Any]) -> dict[str, Any] | None:
        job: dict[str, Any] = api.get(f"/v1/crm/jobs/{begun['id']}")
        return job if job["finished_at"] else None

    # What was created in the last moment is listed a moment later.
    eventually(lambda: len(api.get("/v1/crm/contacts?tag=Members+of+spring")["items"]) == len(tagged) or None)
    begun = [api.post(f"{one}/members", wish) for wish in ({"tag": tag}, {"csv": {"content": content}})]
    jobs = [eventually(lambda job=job: followed(job), 90) for job in begun]
    assert {job["state"] for job in jobs} == {"done"}
    assert sum(job["succeeded"] for job in jobs) == 4
    assert sum(job["unchanged"] for job in jobs) == 1
    listed = api.get(f"{one}/members?state=waiting")["items"]
    assert {member["name"] for member in listed} == {"T0", "T1", "Second", "Third"}
    assert set(tagged) <= {member["contact_id"] for member in listed}
    assert api.get(one)["members"]["total"] == len(listed)
