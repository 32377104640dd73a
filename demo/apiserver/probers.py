"""The pods that the course's probers leave: ended, with a message in their status."""

from datetime import timedelta

from demo.apiserver.pods import NODES, Object, format_address
from demo.classroom.prober import ProberRun

IMAGE = "python:3.13.7-alpine3.22"


def name(run: ProberRun) -> str:
    return f"prober-{run.entity}-{run.number}-x8k2d"


def labels(run: ProberRun) -> dict[str, str]:
    return {
        "app": run.entity,
        "course.ziyotek.edu/prober": run.entity,
        "batch.kubernetes.io/job-name": f"prober-{run.entity}-{run.number}",
    }


def pod(run: ProberRun, number: int) -> Object:
    """Of its object what follows the metadata."""
    ended = {
        "exitCode": 0,
        "reason": "Completed",
        "startedAt": f"{run.ended - timedelta(seconds=4):%FT%TZ}",
        "finishedAt": f"{run.ended:%FT%TZ}",
        "message": run.message,
    }
    container = {"name": "prober", "image": IMAGE, "command": ["python", "-B", "/prober/prober.py"]}
    return {
        "spec": {"nodeName": NODES[0], "restartPolicy": "Never", "containers": [container]},
        "status": {
            "phase": "Succeeded",
            "conditions": [{"type": "Ready", "status": "False", "reason": "PodCompleted"}],
            "podIP": format_address(number),
            "podIPs": [{"ip": format_address(number)}],
            "containerStatuses": [
                {
                    "name": "prober",
                    "image": IMAGE,
                    "imageID": f"simulated/{IMAGE}",
                    "ready": False,
                    "started": False,
                    "restartCount": 0,
                    "state": {"terminated": ended},
                }
            ],
        },
    }
