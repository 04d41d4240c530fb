"""Reading the product's lists to their end."""

from localcloud.api import Api


class _Listed(Api):
    """Answers with pages of two."""

    def __init__(self, items):
        super().__init__("http://127.0.0.1:9", "token")
        self.items, self.asked = items, []

    def get(self, path, **query):
        self.asked.append((path, query))
        start = int(query.get("page_token", "0"))
        following = str(start + 2) if start + 2 < len(self.items) else None
        return {"items": self.items[start : start + 2], "next_page_token": following}


def test_a_list_is_read_page_by_page():
    """Every item of every page, in order; the size of a page is the largest that is allowed."""
    api = _Listed([1, 2, 3, 4, 5])
    assert api.every("/v1/things") == [1, 2, 3, 4, 5]
    assert api.asked == [
        ("/v1/things", {"page_size": "100", **more})
        for more in ({}, {"page_token": "2"}, {"page_token": "4"})
    ]


def test_an_empty_list_is_one_page():
    """Nothing is there, and nothing more is asked for."""
    api = _Listed([])
    assert (api.every("/v1/things"), len(api.asked)) == ([], 1)
