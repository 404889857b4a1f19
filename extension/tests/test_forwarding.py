"""What may pass: the pure decisions."""

from __future__ import annotations

import pytest
from jupyter_server.auth.identity import User

from jupyterlab_berth.forwarding import answer_headers, api_path, api_query, close_code, person_of, request_headers

INSIDE = ["api/v1/runs", "api/v1/runs/r-1/logs/download", "api/v1/environments/a_b.c~d/create"]
OUTSIDE = [
    "",
    "api",
    "api/v1",
    "api/v1/",
    "api/v2/runs",
    "api/v1/runs/",
    "api/v1//runs",
    "/api/v1/runs",
    "internal/health",
    "internal/kernels/launch",
    "internal/kernels/a-12345/ended",
    "api/v1/../../internal/kernels/launch",
    "api/v1/../../internal/health",
    "api/v1/..%2f..%2finternal/health",
    "api/v1/%2e%2e/%2e%2e/internal/health",
    "api/v1/.%2e/internal",
    "api/v1/./runs",
    "api/v1/.../runs",
    "api/v1/..;/internal/health",
    "api/v1/..\\..\\internal\\health",
    "api/v1/runs%00",
    "api/v1/runs%252e%252e",
    "api/v1/runs\n",
    "api/v1/runs?x",
    "api/v1/rüns",
    "API/v1/runs",
]


@pytest.mark.parametrize("path", INSIDE)
def test_a_plain_path_of_the_api_passes(path: str) -> None:
    assert api_path(f"/base/berth/{path}", "/base/") == f"/{path}"
    assert api_path(f"/berth/{path}", "/") == f"/{path}"


@pytest.mark.parametrize("path", OUTSIDE)
def test_any_other_path_does_not(path: str) -> None:
    assert api_path(f"/base/berth/{path}", "/base/") is None


def test_the_prefix_is_that_of_this_server() -> None:
    assert api_path("/other/berth/api/v1/runs", "/base/") is None
    assert api_path("/base/berth/berth/api/v1/runs", "/base/") is None


@pytest.mark.parametrize(
    ("query", "want"),
    [
        ("", ""),
        ("token=secret", ""),
        ("rank=0&token=secret&attempt=2", "rank=0&attempt=2"),
        ("%74oken=secret&tok%65n=secret&rank=0", "rank=0"),
        ("token&token=&rank=0", "rank=0"),
        ("no_track_activity=1&_xsrf=x&contains=a%20b+c%26d", "contains=a%20b+c%26d"),
        ("rank=0&1731234567890", "rank=0"),
        ("1731234567890", ""),
        ("7=8&&tokens=1", "7=8&tokens=1"),
        ("contains=\xfc \x00", "contains=%C3%BC%20%00"),
    ],
)
def test_a_query_loses_jupyters_own_parameters_only(query: str, want: str) -> None:
    assert api_query(query) == want


def test_only_headers_that_describe_the_content_pass() -> None:
    given = {
        "Accept": "a",
        "Cookie": "c",
        "Authorization": "x",
        "X-Berth-User": "root",
        "Forwarded": "f",
        "Origin": "o",
    }
    assert request_headers(given) == {"Accept": "a"}
    assert answer_headers({"ETag": "e", "Set-Cookie": "c", "Access-Control-Allow-Origin": "*"}) == [("ETag", "e")]


def test_an_invented_person_is_the_owner_and_a_real_one_is_themselves() -> None:
    assert person_of(User("0a1b2c", "Anonymous Ananke"), "ada") == "ada"
    assert person_of(User("grace"), "ada") == "grace"


@pytest.mark.parametrize(
    ("code", "want"), [(1001, 1001), (4429, 4429), (1006, 1012), (1005, 1012), (None, 1012), (99, 1012)]
)
def test_a_close_code_passes_if_it_may_be_sent(code: int | None, want: int) -> None:
    assert close_code(code) == want
