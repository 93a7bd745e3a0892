"""An engine whose every answer is as full as a real one's, with a mark in each field that nobody outside may see.

The fields and their places are those of Docker 27. Not marked is what is meant to be told: ids, names, images, states,
times, networks' names, compose's project and service.
Not here: who looks for the mark (test_whole_product).
"""

from __future__ import annotations

from dataclasses import dataclass

from tests import faults
from tests.fake_containers import HOST_MEMORY, FakeContainer, Json
from tests.fake_engine import FakeEngine

MARK = "Planted"

SHOWN_LABELS = {
    "com.docker.compose.project": "shop",
    "com.docker.compose.service": "web",
    "tier": "front",
}
LABELS = {
    **SHOWN_LABELS,
    f"{MARK}.key": "plain",
    "com.docker.compose.project.working_dir": f"/srv/{MARK}",
    "com.docker.compose.project.config_files": f"/srv/{MARK}/compose.yaml",
    "tier.secret": MARK,
    "maintainer": MARK,
}

_MOUNT = {
    "Type": "bind",
    "Name": MARK,
    "Source": f"/srv/{MARK}",
    "Destination": f"/{MARK}",
    "Driver": MARK,
    "Mode": MARK,
    "RW": True,
    "Propagation": MARK,
}
_NETWORKS = {
    "Networks": {
        MARK: {
            "IPAMConfig": {"IPv4Address": MARK},
            "Links": [MARK],
            "Aliases": [MARK],
            "MacAddress": MARK,
            "NetworkID": MARK,
            "EndpointID": MARK,
            "Gateway": MARK,
            "IPAddress": MARK,
            "DNSNames": [MARK],
        }
    }
}
_SUMMARY: Json = {
    "ImageID": f"sha256:{MARK}",
    "Command": f"sh -c {MARK}",
    "Created": 1_790_000_000,
    "Ports": [{"IP": MARK, "PrivatePort": 80, "PublicPort": 8080, "Type": MARK}],
    "Status": f"Up 2 hours {MARK}",
    "NetworkSettings": _NETWORKS,
    "Mounts": [_MOUNT],
}
_DETAILS: Json = {
    "Created": MARK,
    "Path": MARK,
    "Args": ["-c", MARK],
    "Image": f"sha256:{MARK}",
    "ResolvConfPath": MARK,
    "HostnamePath": MARK,
    "HostsPath": MARK,
    "LogPath": MARK,
    "Driver": MARK,
    "Platform": MARK,
    "MountLabel": MARK,
    "ProcessLabel": MARK,
    "AppArmorProfile": MARK,
    "ExecIDs": [MARK],
    "GraphDriver": {"Name": MARK, "Data": {"MergedDir": MARK}},
    "Mounts": [_MOUNT],
    "State": {"Error": MARK, "Health": {"Status": "healthy", "Log": [{"ExitCode": 0, "Output": MARK}]}},
    "Config": {
        "Hostname": MARK,
        "Domainname": MARK,
        "User": MARK,
        "ExposedPorts": {f"{MARK}/tcp": {}},
        "Env": [f"PASSWORD={MARK}", f"{MARK}=1"],
        "Cmd": ["serve", f"--password={MARK}"],
        "Healthcheck": {"Test": ["CMD", MARK]},
        "Volumes": {f"/{MARK}": {}},
        "WorkingDir": f"/{MARK}",
        "Entrypoint": [MARK],
        "OnBuild": [MARK],
        "StopSignal": MARK,
        "Shell": [MARK],
    },
    "HostConfig": {
        "Binds": [f"/srv/{MARK}:/{MARK}"],
        "ContainerIDFile": MARK,
        "LogConfig": {"Type": MARK, "Config": {MARK: MARK}},
        "PortBindings": {"80/tcp": [{"HostIp": MARK, "HostPort": MARK}]},
        "RestartPolicy": {"Name": MARK, "MaximumRetryCount": 0},
        "VolumesFrom": [MARK],
        "CapAdd": [MARK],
        "CgroupnsMode": MARK,
        "CgroupParent": f"/{MARK}",
        "Dns": [MARK],
        "ExtraHosts": [MARK],
        "GroupAdd": [MARK],
        "IpcMode": MARK,
        "Links": [MARK],
        "PidMode": MARK,
        "SecurityOpt": [MARK],
        "Sysctls": {MARK: MARK},
        "Runtime": MARK,
        "CpusetCpus": MARK,
        "Devices": [{"PathOnHost": MARK, "PathInContainer": MARK}],
        "Mounts": [_MOUNT],
        "MaskedPaths": [MARK],
    },
    "NetworkSettings": {"Bridge": MARK, "SandboxKey": MARK, "IPAddress": MARK, **_NETWORKS},
}
_INFO: Json = {
    "NCPU": 2,
    "MemTotal": HOST_MEMORY,
    "ID": MARK,
    "DockerRootDir": MARK,
    "HttpProxy": f"http://user:{MARK}@proxy",
    "Labels": [MARK],
    "RegistryConfig": {"Mirrors": [MARK]},
    "Swarm": {"NodeAddr": MARK, "RemoteManagers": [{"Addr": MARK}]},
    "Warnings": [MARK],
}


@dataclass
class PlantedContainer(FakeContainer):
    """A container of which an engine says all that it can."""

    def summary(self) -> Json:
        """Its entry of `/containers/json`."""
        return _merged(_SUMMARY, super().summary() | {"Status": _SUMMARY["Status"]})

    def details(self) -> Json:
        """`/containers/{id}/json`."""
        return _merged(_DETAILS, super().details())

    def stats(self, now_ns: int, host_cpu_ns: int, cpus: int, previous: Json | None = None) -> Json:
        """`/containers/{id}/stats`."""
        return {**super().stats(now_ns, host_cpu_ns, cpus, previous), MARK: MARK, "storage_stats": {MARK: MARK}}


class PlantedEngine(FakeEngine):
    """A fake engine of such containers, whose other answers are as full."""

    container_type = PlantedContainer

    def __init__(self, *, tick_s: float) -> None:
        super().__init__(tick_s=tick_s)
        self.fault("/info", faults.answer(200, _INFO))

    def exec_in(self, container: FakeContainer) -> None:
        """What somebody does in a container who types a secret."""
        for action in ("exec_create", "exec_start"):
            self.emit(f"{action}: sh -c {MARK}", container, execID=MARK)
        self.emit("exec_die", container, execID=MARK, exitCode="0")


def _merged(full: Json, told: Json) -> Json:
    """`full` with what `told` says in its place, level by level."""
    both = {**full, **told}
    for key, value in full.items():
        if isinstance(value, dict) and isinstance(told.get(key), dict):
            both[key] = _merged(value, told[key])
    return both
