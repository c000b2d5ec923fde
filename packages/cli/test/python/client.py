"""What Flyte's own Python client and command line do with a platform. Prints one JSON document.

usage: client.py PORT FOLDER
"""

import contextlib
import io
import json
import pathlib
import re
import sys
import time

import flyte
import flyte.errors
import flyte.remote as remote
from click.testing import CliRunner
from flyte.cli.main import main
from flyte.io import Dir, File

port, folder = sys.argv[1], pathlib.Path(sys.argv[2])
place = {"project": "flytesnacks", "domain": "development"}
config = folder / "flyte.yaml"
config.write_text(json.dumps({"admin": {"endpoint": f"dns:///localhost:{port}", "insecure": True}, "task": place}))


def init():
    flyte.init(endpoint=f"dns:///localhost:{port}", insecure=True, **place)


def task(name):
    return remote.Task.get(f"python.{name}", auto_version="latest")


def finish(run):
    run.wait(quiet=True)
    return run


def cli(*words):
    """What a command prints, without line breaks of its boxes, or why it failed."""
    options = ["--config", str(config), "--output-format", "json"]
    result = CliRunner().invoke(main, [*options, *words], catch_exceptions=False)
    init()
    return " ".join(re.sub("[│─╭╮╰╯]", " ", result.output).split())


init()
found = {}
found["apps"] = [app.name for app in remote.App.listall()]
found["newest app first"] = [app.name for app in remote.App.listall(sort_by=("created_at", "desc"))]
found["failed apps"] = [app.name for app in remote.App.listall(in_status="failed")]
found["endpoint"] = remote.App.get(name="python-app").endpoint
found["tasks"] = sorted(each.name for each in remote.Task.listall())

add_one = task("add_one").fetch()
found["task"] = {
    "name": add_one.name,
    "inputs": sorted(add_one.interface.inputs),
    "required": list(add_one.required_args),
    "deployed by": add_one.pb2.metadata.deployed_by.user.spec.email.partition("@")[1],
}

run = finish(flyte.with_runcontext(labels={"team": "blue"}).run(add_one, x=41))
found["run"] = {"phase": str(run.phase), "inputs": dict(run.inputs()), "outputs": list(run.outputs())}
found["runs"] = [each.name == run.name for each in remote.Run.listall()]
found["labels"] = [dict(each.pb2.labels) for each in remote.Run.listall(with_labels={"team": "blue"})]
found["logs"] = [str(line) for line in run.get_logs()]
with contextlib.redirect_stdout(io.StringIO()) as printed:
    run.show_logs(raw=True)
found["printed logs"] = printed.getvalue().strip()
run.download_code(dest=folder / "code")
found["code"] = sorted(path.name.partition(".")[2] for path in (folder / "code").iterdir())
found["is code"] = "adding" in (folder / "code/python.mjs").read_text()

failed = finish(flyte.run(task("fail"))).details().action_details.error_info
found["failed"] = {"code": failed.code, "message": failed.message}

slow = flyte.run(task("slow"), seconds=600.0)
slow.wait(quiet=True, wait_for="running")
slow.abort("enough")
slow = finish(remote.Run.get(slow.name))
found["aborted"] = {"phase": str(slow.phase), "reason": slow.details().action_details.abort_info.reason}

(folder / "in").mkdir()
(folder / "in/a.txt").write_text("hello\n")
(folder / "in/b.txt").write_text("two\n")
[loud] = finish(flyte.run(task("shout"), file=File.from_local_sync(folder / "in/a.txt"))).outputs()
with loud.open_sync() as opened:
    found["file"] = opened.read().decode()
found["dir"] = list(finish(flyte.run(task("list"), dir=Dir.from_local_sync(folder / "in"))).outputs())

order = flyte.run(task("order"))
while not (paused := [each.name == order.name for each in remote.Run.listall(in_phase=("paused",))]):
    time.sleep(0.05)
found["in phase paused"] = paused
found["paused"] = [each.name == order.name for each in remote.Run.listall(paused_actions_only=True)]
[condition] = remote.Condition.listall(run_name=order.name)
found["condition"] = {"name": condition.name, "type": condition.expected_type.__name__}
signalled = cli("signal", "condition", order.name, condition.action_name, "7")
assert "has been signaled" in signalled, signalled
found["answered"] = list(finish(remote.Run.get(order.name)).outputs())
found["paused then"] = [each.name for each in remote.Run.listall(paused_actions_only=True)]

remote.Trigger.create(
    flyte.Trigger(name="nightly", automation=flyte.Cron("0 3 * * *"), inputs={"x": 20}), task_name="python.add_one"
)
trigger = remote.Trigger.get(name="nightly", task_name="python.add_one")
found["trigger"] = [str(each.name) for each in trigger.pb2.spec.inputs.literals]

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

found["not here"] = [cli("get", "settings"), cli("get", "artifact")]
(folder / "tasks.py").write_text(
    'import flyte\nenv = flyte.TaskEnvironment(name="other", image="python:3.11")\n'
    "@env.task\nasync def add(x: int) -> int:\n    return x\n"
)
found["deploy"] = cli("deploy", "--root-dir", str(folder), str(folder / "tasks.py"), "env")

json.dump(found, sys.stdout)
