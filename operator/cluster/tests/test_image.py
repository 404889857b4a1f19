"""What a workspace needs of the image `base`, seen from inside a pod that a workspace's would be like."""

BASE = "localhost/berth/base:1"


def test_a_jupyter_server_with_our_extension_answers_in_a_pod_that_may_do_nothing_else(cluster):
    serve = "exec jupyter lab --ip=0.0.0.0 --port=8888 --no-browser --IdentityProvider.token= --ServerApp.root_dir=/tmp"
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "lab"},
            "spec": {
                "automountServiceAccountToken": False,
                "terminationGracePeriodSeconds": 1,
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 1000,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    {
                        "name": "lab",
                        "image": BASE,
                        "imagePullPolicy": "Never",
                        "command": ["/bin/sh", "-c", serve],
                        "env": [{"name": "HOME", "value": "/tmp"}],
                        "resources": {"requests": {"cpu": "20m", "memory": "64Mi"}},
                        "securityContext": {
                            "allowPrivilegeEscalation": False,
                            "capabilities": {"drop": ["ALL"]},
                        },
                        "readinessProbe": {"httpGet": {"path": "/api", "port": 8888}, "periodSeconds": 1},
                    }
                ],
            },
        }
    )

    def is_ready():
        conditions = (cluster.get("pod", "lab") or {}).get("status", {}).get("conditions", [])
        return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)

    cluster.until("the server answers", is_ready, timeout_s=120)
    listed = cluster.kubectl("exec", "lab", "--", "/bin/sh", "-c", "HOME=/tmp jupyter labextension list 2>&1")
    assert "jupyterlab-berth" in listed or "@berth/extension" in listed
