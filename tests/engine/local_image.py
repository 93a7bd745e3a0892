"""The images of both programs for the tests, with nothing from any registry.

Their base is put together from this machine's own Debian packages: python3 and what it depends on, file by file, and
pip. It has neither a shell nor the bytecode that a package's installation leaves, so that an image which needs either
fails here. The base stays with the engine, by a tag that names what it is made of; so do the programs' images, whose
layers are built again only where wheels changed. Wheels wait in build/test-images.
Not here: the images' contents (apps/*/Dockerfile), running them (test_in_container).
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.engine.containers import HOST
from tools.build_images import ROOT, build, make_wheels, python_of

BASE = "dockstats-test-python"
TAGS = {app: f"dockstats-test-{app}:latest" for app in ("agent", "dashboard")}
BUILD_STAGE = "dockstats-test-build"
CONTEXT = ROOT / "build" / "test-images"

PYTHON = "/usr/bin/python3"
ROOT_PACKAGE = "python3"
NOT_NEEDED = {"dpkg", "debconf", "perl-base"}
"""What packages depend on for being installed, and not for running."""
_LEFT_OUT = re.compile(r"/(usr/share/(doc|man|info|locale|lintian|doc-base|bash-completion|pixmaps)|var)(/|$)")
_LINKS = {name: f"usr/{name}" for name in ("bin", "sbin", "lib", "lib64")}
_FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/nonexistent\n",
    "etc/group": "root:x:0:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}
_FOLDERS = {"proc": 0o755, "sys": 0o755, "dev": 0o755, "root": 0o700, "tmp": 0o1777}


class Images(NamedTuple):
    """Tags of the images, on the engine that the tests share."""

    agent: str
    dashboard: str


def why_no_image() -> str | None:
    """None where this machine can make the images; else the reason, as a sentence."""
    for command in ("dpkg-query", PYTHON, "uv"):
        if not shutil.which(command):
            return f"the images for the tests are made from Debian's python3 by uv, and there is no {command} here"
    asked = "import sys; sys.exit(sys.version_info < (3, 11))"
    if subprocess.run([PYTHON, "-c", asked], check=False).returncode != 0:
        return f"the images' base is made from Debian's python3, and {PYTHON} is older than 3.11"
    return None


def images() -> Images:
    """Both images, built as far as they are not there yet."""
    base = _base()
    make_wheels(CONTEXT / "build" / "wheels", python_of(base))
    for app, tag in TAGS.items():
        # Its first stage has a tag of its own, so that what an older run left of it can be found and removed.
        _rebuild(app, f"{BUILD_STAGE}-{app}:latest", base, stage="build")
        _rebuild(app, tag, base)
    return Images(**TAGS)


def _rebuild(app: str, tag: str, base: str, *, stage: str = "") -> None:
    before = _image_id(tag)
    build(app, tag, base=base, context=CONTEXT, stage=stage)
    if before not in {"", _image_id(tag)}:
        _docker("rmi", before)


# --- The base -------------------------------------------------------------------------------------------------------


def _base() -> str:
    packages = _with_dependencies(ROOT_PACKAGE)
    made_of = "".join(f"{name} {version}\n" for name, version in sorted(_installed(packages).items()))
    tag = f"{BASE}:{hashlib.sha256(made_of.encode() + Path(__file__).read_bytes()).hexdigest()[:12]}"
    if _image_id(tag):
        return tag
    for repository in (*TAGS.values(), *(f"{BUILD_STAGE}-{app}" for app in TAGS), BASE):
        for old in _docker("images", "--format", "{{.Repository}}:{{.Tag}}", repository).splitlines():
            _docker("rmi", old)
    with tempfile.TemporaryDirectory() as folder:
        _run("uv", "pip", "install", "--quiet", "--python", PYTHON, "--target", folder, "pip")
        archive = Path(folder, "base.tar")
        with tarfile.open(archive, "w") as tar:
            _fill(tar, packages, Path(folder, "pip"))
        _docker("import", str(archive), tag)
    return tag


def _fill(tar: tarfile.TarFile, packages: Iterable[str], pip: Path) -> None:
    for name, mode in _FOLDERS.items():
        tar.addfile(_entry(name, tarfile.DIRTYPE, mode))
    for name, target in _LINKS.items():
        tar.addfile(_entry(name, tarfile.SYMTYPE, 0o777, target))
    for name, text in _FILES.items():
        entry = _entry(name, tarfile.REGTYPE, 0o644)
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text.encode()))
    for path in sorted(_files_of(packages)):
        tar.add(path, path.relative_to("/"), recursive=False, filter=_of_root)
    tar.add(pip, "usr/lib/python3/dist-packages/pip", filter=_of_root)


def _files_of(packages: Iterable[str]) -> Iterator[Path]:
    """The packages' files, links and folders as they lie on this machine: /lib/x is below /usr/lib here."""
    listed = {line for line in _run("dpkg-query", "--listfiles", *packages).splitlines() if not _LEFT_OUT.match(line)}
    paths = {Path(line).parent.resolve() / Path(line).name for line in listed if line.startswith("/") and line != "/."}
    return (path for path in paths if path.exists() and str(path).lstrip("/") not in _LINKS)


def _entry(name: str, kind: bytes, mode: int, target: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.mode, entry.linkname = kind, mode, target
    return entry


def _of_root(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if "__pycache__" in entry.name:
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    return entry


def _with_dependencies(package: str) -> set[str]:
    """The package and all that it needs to run, as far as it is installed."""
    format_ = "${Package}\t${Pre-Depends}, ${Depends}\n"
    needs = dict(line.split("\t") for line in _run("dpkg-query", "--show", f"--showformat={format_}").splitlines())
    found: set[str] = set()
    waiting = [package]
    while waiting:
        name = waiting.pop()
        if name in found or name in NOT_NEEDED:
            continue
        found.add(name)
        for alternatives in needs[name].split(","):
            names = [re.split(r"[ :(]", one.strip())[0] for one in alternatives.split("|")]
            waiting += [one for one in names if one in needs][:1]
    return found


def _installed(packages: Iterable[str]) -> Mapping[str, str]:
    """Versions of those that are installed, by name."""
    told = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package} ${Version} ${Status}\n", *packages],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    lines = [line.split() for line in told.splitlines()]
    return {words[0]: words[1] for words in lines if words[-1] == "installed"}


def _image_id(tag: str) -> str:
    return _docker("images", "--quiet", "--no-trunc", tag)


def _docker(*arguments: str) -> str:
    return _run("docker", "--host", HOST, *arguments)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command[:4])}: {done.stderr.strip()}"
    return done.stdout.strip()
