"""A pytest plugin: a namespace of its own on the shared test cluster, as `withCluster` gives it to jest.

    pytest_plugins = ["berth_cluster"]

    def test_something(cluster):
        cluster.apply({...})
        cluster.until("the pod runs", lambda: cluster.get("pod", "name")["status"]["phase"] == "Running")

The cluster comes up with the first test that wants it and stays (`npm run cluster -- down --name test` ends it). A test that fails
shows objects, events and descriptions of its namespace in its report.
"""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

MAIN = Path(__file__).resolve().parent.parent / "main.ts"
NAME = os.environ.get("BERTH_TEST_CLUSTER", "test")
START_TIMEOUT_S = 600


class Cluster:
    """kubectl in one namespace, and waiting for states."""

    def __init__(self, kubeconfig: str, namespace: str) -> None:
        self.kubeconfig = kubeconfig
        self.namespace = namespace

    def kubectl(self, *args: str, text: str | None = None, check: bool = True) -> str:
        """Returns what kubectl prints; raises CalledProcessError, with its complaint as a note, unless `check` is False."""
        command = ["node", str(MAIN), "kubectl", "--name", NAME, "--", "--namespace", self.namespace, *args]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            error = subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
            error.add_note(done.stderr)
            raise error
        return done.stdout

    def apply(self, *objects: dict) -> None:
        """Server-side apply of objects, all at once."""
        items = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", text=json.dumps(items))

    def get(self, kind: str, name: str) -> dict | None:
        """One object as the API server has it; None where there is none."""
        found = self.kubectl("get", kind, name, "--ignore-not-found", "-o", "json")
        return json.loads(found) if found else None

    def until(self, what: str, is_so: Callable[[], bool], timeout_s: float = 60.0) -> None:
        """Looks until it is so; raises TimeoutError naming `what` after `timeout_s` seconds."""
        deadline = time.monotonic() + timeout_s
        while not is_so():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited {timeout_s:g} s in vain until {what}")
            time.sleep(0.1)

    def diagnosis(self) -> str:
        """What a person would ask first."""
        questions = [("get", "all", "-o", "wide"), ("get", "events"), ("describe", "pods")]
        pods = self.kubectl("get", "pods", "-o", "name", check=False).split()
        questions += [("logs", pod, "--all-containers", "--tail=40") for pod in pods]
        return "\n".join(f"--- kubectl {' '.join(each)}\n{self.kubectl(*each, check=False)}" for each in questions)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    command = ["node", str(MAIN), "up", "--name", NAME, "--profile", "queue", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=START_TIMEOUT_S)
    if done.returncode != 0:
        pytest.fail(f"the test cluster did not come up:\n{done.stderr}")
    mine = Cluster(json.loads(done.stdout)["kubeconfig"], f"t-{secrets.token_hex(4)}")
    mine.kubectl("create", "namespace", mine.namespace)
    mine.until("there is a service account", lambda: mine.get("serviceaccount", "default") is not None)
    yield mine
    mine.kubectl("delete", "namespace", mine.namespace, "--wait=false")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> pytest.TestReport:
    report = yield
    mine = item.funcargs.get("cluster") if hasattr(item, "funcargs") else None
    if report.failed and isinstance(mine, Cluster):
        report.sections.append(("what the cluster knows", mine.diagnosis()))
    return report
