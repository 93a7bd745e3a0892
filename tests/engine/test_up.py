"""`tests/engine/up` and `down` start only what they can also stop.

Played with stand-ins for docker, dockerd and apt-get in a PATH of their own: an engine "answers" while a file exists.
Not here: a real dockerd being started; `.ci/run` does that on a machine without one.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent
NEEDED = """
    bash cat chmod cp flock grep head kill ln ls mkdir mktemp printf rm setsid sh sleep tail tar timeout touch
"""

DOCKER = """#!/bin/sh
[ -e "$BOX/answers" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }
case "$1 $2" in
    version*) echo 27.1.1 ;;
    "image inspect") [ -e "$BOX/image" ] ;;
    "compose version") [ ! -e "$BOX/no-compose" ] ;;
    "import -") tar -t >"$BOX/image" ;;
    run*) [ ! -e "$BOX/broken-image" ] ;;
    rmi*) rm "$BOX/image" ;;
esac
"""
DOCKERD = """#!/bin/sh
echo "$$ $*" >>"$BOX/dockerd-calls"
echo "level=info msg=starting"
[ ! -e "$BOX/dockerd-fails" ] || { echo "failed to start daemon: no such device"; exit 1; }
trap 'rm -f "$BOX/answers"; exit 0' TERM
[ -e "$BOX/dockerd-is-mute" ] || touch "$BOX/answers"
while :; do sleep 0.05; done
"""
APT_GET = """#!/bin/sh
echo "$*" >>"$BOX/apt-calls"
[ ! -e "$BOX/apt-fails" ] || { echo "E: Unable to locate package docker.io" >&2; exit 100; }
case "$*" in *" install "*) cp "$BOX"/shelf/* "$BOX/bin/" ;; esac
"""
BUSYBOX = """#!/bin/sh
echo busybox; for a in cat dd env false head httpd nc ping sh sleep stat true wget yes; do echo $a; done
"""


class Box:
    """A machine: its commands in `bin`, what apt-get would bring on the `shelf`, and files that say how things go."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.state = root / "state"
        for folder in ("bin", "shelf"):
            (root / folder).mkdir()
        for name in NEEDED.split():
            found = shutil.which(name)
            if found is not None:  # kill and printf may be the shell's own
                (root / "bin" / name).symlink_to(found)
        self.put("bin/apt-get", APT_GET)

    def put(self, path: str, text: str = "") -> None:
        (self.root / path).write_text(text)
        (self.root / path).chmod(0o755)

    def put_engine(self, folder: str = "bin") -> None:
        others = dict.fromkeys(("iptables", "docker-compose", "nginx"), "#!/bin/sh\n")
        for name, text in {"docker": DOCKER, "dockerd": DOCKERD, "busybox": BUSYBOX, **others}.items():
            self.put(f"{folder}/{name}", text)

    def has(self, name: str) -> bool:
        return (self.root / name).exists()

    def read(self, name: str) -> str:
        return (self.root / name).read_text() if self.has(name) else ""

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        environ = {
            "BOX": str(self.root),
            "PATH": str(self.root / "bin"),
            "DOCKSTATS_ENGINE_STATE": str(self.state),
            "DOCKSTATS_ENGINE_WAIT_S": "1",
        }
        return subprocess.run(  # the engine it leaves behind keeps no pipe of ours open: its output goes to a file
            [SCRIPTS / script], env=environ, capture_output=True, text=True, timeout=30, check=False
        )

    def engines(self) -> list[int]:
        """Process ids of the stand-ins for dockerd that still run."""
        started = [int(line.split()[0]) for line in self.read("dockerd-calls").splitlines()]
        return [pid for pid in started if _comm(pid) == "dockerd"]


def _comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    for pid in made.engines():
        os.kill(pid, signal.SIGKILL)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="starting an engine is root's work")


def test_engine_that_answers_is_left_alone_and_gets_only_the_image(box: Box) -> None:
    box.put_engine()
    box.put("answers")
    first = box.run("up")
    image = box.read("image").splitlines()
    second = box.run("up")
    box.run("down")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert {"./bin/busybox", "./bin/sh", "./bin/httpd", "./tmp/"} <= set(image)
    assert "building" in first.stdout
    assert "building" not in second.stdout
    assert not box.has("apt-calls")
    assert not box.has("dockerd-calls")
    assert box.has("answers"), "down stopped an engine that up had not started"


@needs_root
def test_engine_without_compose_gets_it(box: Box) -> None:
    box.put_engine()
    box.put("answers")
    box.put("image")
    box.put("no-compose")
    (box.root / "bin" / "docker-compose").rename(box.root / "shelf" / "docker-compose")
    assert box.run("up").returncode == 0
    assert "install -y --no-install-recommends docker-compose" in box.read("apt-calls")
    box.put("apt-calls")
    assert box.run("up").returncode == 0
    assert box.read("apt-calls") == "", "what is there is not installed again"


@needs_root
def test_machine_without_docker_gets_packages_engine_and_image_and_down_stops_it(box: Box) -> None:
    box.put_engine("shelf")
    up = box.run("up")
    assert up.returncode == 0, up.stderr
    assert "install -y --no-install-recommends docker.io" in box.read("apt-calls")
    assert "busybox-static iptables docker-compose" in box.read("apt-calls")
    assert f"--data-root {box.state}/data" in box.read("dockerd-calls")
    assert len(box.engines()) == 1
    assert box.has("image")
    down = box.run("down")
    assert down.returncode == 0, down.stderr
    assert box.engines() == []
    assert not (box.state / "pid").exists()
    assert box.run("down").returncode == 0, "down with nothing to stop is no failure"


@needs_root
def test_second_up_finds_the_first_ones_engine(box: Box) -> None:
    box.put_engine()
    assert box.run("up").returncode == 0
    assert box.run("up").returncode == 0
    assert len(box.engines()) == 1


@needs_root
def test_packages_that_cannot_be_installed_end_it_before_an_engine_starts(box: Box) -> None:
    box.put("apt-fails")
    up = box.run("up")
    assert up.returncode != 0
    assert "Unable to locate package" in up.stderr
    assert not box.has("dockerd-calls")


@needs_root
def test_engine_that_ends_at_once_is_told_with_its_last_words(box: Box) -> None:
    box.put_engine()
    box.put("dockerd-fails")
    up = box.run("up")
    assert up.returncode == 1
    assert "failed to start daemon: no such device" in up.stderr
    assert "dockerd ended at once" in up.stderr
    assert not (box.state / "pid").exists()


@needs_root
def test_engine_that_never_answers_is_stopped_again(box: Box) -> None:
    box.put_engine()
    box.put("dockerd-is-mute")
    up = box.run("up")
    assert up.returncode == 1
    assert "did not answer within 1 s" in up.stderr
    assert box.engines() == []


@needs_root
def test_down_leaves_a_process_that_took_over_the_number(box: Box) -> None:
    box.state.mkdir()
    (box.state / "pid").write_text(f"{os.getpid()}\n")
    assert box.run("down").returncode == 0
    assert not (box.state / "pid").exists()


def test_image_that_does_not_run_is_removed_again(box: Box) -> None:
    box.put_engine()
    box.put("answers")
    box.put("broken-image")
    up = box.run("up")
    assert up.returncode == 1
    assert "busybox-static" in up.stderr
    assert not box.has("image")


def test_image_alone_needs_no_engine(box: Box) -> None:
    """The guest, which would need long to make it, gets it made."""
    box.put("bin/busybox", BUSYBOX)
    printed = subprocess.run(
        [SCRIPTS / "up", "print-image"], env={"PATH": str(box.root / "bin")}, stdout=subprocess.PIPE, check=True
    )
    with tarfile.open(fileobj=io.BytesIO(printed.stdout)) as image:
        assert {"./bin/busybox", "./bin/sh", "./etc/passwd", "./tmp"} <= set(image.getnames())
