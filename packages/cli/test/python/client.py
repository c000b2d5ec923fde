"""What Flyte's own Python client does with a platform. Prints one JSON document.

usage: client.py PORT APP TASK SLOW_TASK
"""

import json
import sys

import flyte
import flyte.errors
import flyte.remote as remote

port, app_name, task_name, slow_name = sys.argv[1:]
flyte.init(endpoint=f"dns:///localhost:{port}", insecure=True, project="flytesnacks", domain="development")

found = {}
found["apps"] = [app.name for app in remote.App.listall()]
found["endpoint"] = remote.App.get(name=app_name).endpoint
found["tasks"] = [task.name for task in remote.Task.listall()]

task = remote.Task.get(task_name, auto_version="latest").fetch()
found["task"] = {"name": task.name, "inputs": sorted(task.interface.inputs), "required": list(task.required_args)}

run = flyte.run(task, x=41)
run.wait(quiet=True)
found["run"] = {"phase": str(run.phase), "inputs": dict(run.inputs()), "outputs": list(run.outputs())}
found["runs"] = [each.name == run.name for each in remote.Run.listall()]
found["logs"] = [str(line) for line in run.get_logs()]

slow = flyte.run(remote.Task.get(slow_name, auto_version="latest"), seconds=600.0)
slow.wait(quiet=True, wait_for="running")
slow.abort("enough")
slow = remote.Run.get(slow.name)
slow.wait(quiet=True)
found["aborted"] = {"phase": str(slow.phase), "reason": slow.details().action_details.abort_info.reason}

try:
    remote.Task.get("no.such", auto_version="latest").fetch()
except flyte.errors.RemoteTaskNotFoundError as error:
    found["missing"] = type(error).__name__

remote.Secret.create("from-python", "a value of Python")
remote.Secret.create("from-python-bytes", b"\x00\xff")
found["secret"] = {"name": remote.Secret.get("from-python").name, "type": remote.Secret.get("from-python").type}
found["secrets"] = [each.name for each in remote.Secret.listall(limit=1)]
remote.Secret.delete("from-python-bytes")
found["secrets left"] = [each.name for each in remote.Secret.listall()]

json.dump(found, sys.stdout)
