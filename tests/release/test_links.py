"""Links for Colab and nbgitpuller: what they say when they are taken apart again."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from autograder.course import addresses
from autograder.course.config_reading import Wrong
from autograder.release.links import Source, as_html, as_markdown

TITLES = {"assignment4.ipynb": "Assignment 4: a <small> transformer", "lab11.ipynb": "Lab 11"}
WHOLE = Source("https://github.com/example/course", "week/11", "https://hub.example.org/jupyter")


class Links(HTMLParser):
    """The addresses that a page of HTML links to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if (tag, name) == ("a", "href")]


def test_colab_gets_owner_repository_branch_and_path():
    assert WHOLE.colab("lab11.ipynb") == (
        "https://colab.research.google.com/github/example/course/blob/week/11/lab11.ipynb"
    )


def test_nbgitpuller_gets_the_repository_its_branch_and_the_notebook_in_its_folder():
    link = urlsplit(WHOLE.pulled("lab11.ipynb"))
    assert (link.netloc, link.path) == ("hub.example.org", "/jupyter/hub/user-redirect/git-pull")
    assert parse_qs(link.query, strict_parsing=True) == {
        "repo": ["https://github.com/example/course"],
        "branch": ["week/11"],
        "urlpath": ["lab/tree/course/lab11.ipynb?autodecode"],
    }
    assert "urlpath=lab%2Ftree%2Fcourse%2Flab11.ipynb%3Fautodecode" in link.query


def test_a_repository_elsewhere_has_no_link_for_colab_and_says_so():
    elsewhere = Source("https://git.example.org/a/b/course", "main", "https://hub.example.org")
    assert elsewhere.colab("lab11.ipynb") == elsewhere.raw("x.whl") == ""
    page = as_markdown(elsewhere, TITLES)
    assert "colab.research" not in page and "Upload notebook" in page
    assert "git.example.org%2Fa%2Fb%2Fcourse" in page


def test_a_host_that_only_begins_like_github_is_another_one():
    assert Source("https://github.com.example.org/a/b").github == ""


def test_without_a_hub_the_link_waits_for_its_address():
    page = as_markdown(Source("https://github.com/example/course"), TITLES)
    assert "`/hub/user-redirect/git-pull?repo=" in page and "Put your JupyterHub's address" in page
    assert "Upload notebook" not in page


def test_without_a_repository_both_pages_say_what_to_do():
    for page in (as_markdown(Source(), TITLES), as_html(Source(), TITLES)):
        assert "Upload notebook" in page and "repository" in page
        assert "user-redirect" not in page


def test_the_page_for_a_browser_has_the_links_of_the_other():
    links = [link for name in TITLES for link in (WHOLE.colab(name), WHOLE.pulled(name))]
    page = as_html(WHOLE, TITLES)
    assert Links(page).found == links
    assert all(link in as_markdown(WHOLE, TITLES) for link in links)
    assert "a &lt;small&gt; transformer" in page and "<small>" not in page


def test_badges_can_be_pasted():
    link = WHOLE.colab("lab11.ipynb")
    assert f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({link})" \
        in as_markdown(WHOLE, TITLES)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://github.com/example/course.git", "https://github.com/example/course"),
        ("https://github.com/example/course/", "https://github.com/example/course"),
        ("https://git.example.org/a/b/c.git", "https://git.example.org/a/b/c"),
    ],
)
def test_a_repositorys_address_loses_what_nbgitpuller_would_stumble_over(given, read):
    assert addresses.as_repository(given) == read


@pytest.mark.parametrize(
    "given",
    ["https://github.com/example", "https://key@github.com/example/course", "example/course",
     "https://github.com/example/course?x=1", "file:///srv/course", 3],
)  # fmt: skip
def test_what_is_no_repository_for_students_is_refused(given):
    with pytest.raises(Wrong, match="the address of a git repository"):
        addresses.as_repository(given)


@pytest.mark.parametrize("given", ["main", "week/11", "v1.0", "2026_autumn"])
def test_branches_that_git_allows(given):
    assert addresses.as_branch(given) == given


@pytest.mark.parametrize("given", ["", "-x", "a..b", "a//b", "a/", "x.lock", "a b", "a/.b", "é"])
def test_branches_that_are_none(given):
    with pytest.raises(Wrong, match="a branch such as main"):
        addresses.as_branch(given)


def test_a_hubs_address_ends_before_what_belongs_to_one_person():
    assert addresses.as_hub("https://hub.example.org/") == "https://hub.example.org"
    with pytest.raises(Wrong, match=r"did you mean 'https://hub\.example\.org/jupyter'\?"):
        addresses.as_hub("https://hub.example.org/jupyter/user/anna/lab")


def test_without_a_repository_no_notebook_is_named_that_has_no_link():
    for page in (as_markdown(Source(), TITLES), as_html(Source(), TITLES)):
        assert "Lab 11" not in page and "<small>" not in page
        assert "Upload notebook" in page and "`repository` in course.toml" in page
