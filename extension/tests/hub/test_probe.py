"""What Kubeflow's probe is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyterlab_berth.hub.workspace_word import NoWord, read_word
from jupyterlab_berth.probe import LocalServer, local_servers, main, most_active, probe_output, run_probe

from ..jupyter_servers import free_port
from .views import MINUTE_MS, NOW_MS, answer, own_limit

HOUR_MS = 60 * MINUTE_MS
AN_HOUR_AGO = "2027-01-15T07:00:00.000Z"
ACTIVE = {"has_activity": True}


@pytest.mark.parametrize(
    ("what", "said", "want"),
    [
        ("active", answer("active"), ACTIVE),
        (
            "idle: when it was last active, as Kubeflow's own rules want it",
            answer(idle_ms=HOUR_MS),
            {"last_activity": AN_HOUR_AGO},
        ),
        (
            "the time that the person was shown is not over",
            answer(idle_ms=HOUR_MS, after=own_limit(NOW_MS + 1)),
            ACTIVE,
        ),
        ("it is over", answer(idle_ms=HOUR_MS, after=own_limit(NOW_MS)), {"last_activity": AN_HOUR_AGO}),
        (
            "unknown for longer than Berth's policy allows",
            answer("unknown", since_ms=NOW_MS - HOUR_MS, after=own_limit(NOW_MS)),
            {"last_activity": AN_HOUR_AGO},
        ),
    ],
)
def test_it_says(what: str, said: bytes, want: dict) -> None:
    assert probe_output(read_word(said)) == want, what


@pytest.mark.parametrize(
    "said",
    [
        answer("unknown", since_ms=NOW_MS - 23 * HOUR_MS),
        answer(idle_ms=HOUR_MS, judgedMs=NOW_MS - 10 * MINUTE_MS),
        answer(idle_ms=HOUR_MS, enabled=False),
        answer(idle_ms=HOUR_MS, dryRun=True),
        answer(idle_ms=HOUR_MS, problems=["idle-policy.json: …"]),
    ],
)
def test_it_fails_rather_than_guess_so_that_kubeflow_pauses_nothing(said: bytes) -> None:
    with pytest.raises(NoWord):
        probe_output(read_word(said))


def test_unknown_is_no_way_to_hold_a_gpu_for_ever() -> None:
    word = read_word(answer("unknown", since_ms=NOW_MS - HOUR_MS))
    assert probe_output(word, unknown_max_s=3600) == {"last_activity": AN_HOUR_AGO}


def test_of_several_servers_the_most_active_counts() -> None:
    early, late = {"last_activity": "2027-01-15T06:00:00.000Z"}, {"last_activity": AN_HOUR_AGO}
    assert most_active([early, late]) == late
    assert most_active([early, ACTIVE, late]) == ACTIVE


def test_a_server_that_does_not_answer_leaves_no_file_behind(tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    with pytest.raises(NoWord, match="could not be asked"):
        run_probe([LocalServer(f"http://127.0.0.1:{free_port()}/", "")], output, 3600)
    assert not output.exists()


def test_where_no_server_left_a_note_it_is_the_one_of_kubeflows_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    environ = {"NB_PREFIX": "/workspace/a/b", "JUPYTER_TOKEN": "t"}
    assert local_servers(environ) == [LocalServer("http://127.0.0.1:8888/workspace/a/b/", "t")]
    assert local_servers({}) == [LocalServer("http://127.0.0.1:8888/", "")]


def test_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("OUTPUT_JSON_PATH", raising=False)
    assert main([]) == 2
    assert "OUTPUT_JSON_PATH" in capsys.readouterr().err
