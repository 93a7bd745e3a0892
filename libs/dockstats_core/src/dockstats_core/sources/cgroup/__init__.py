"""Readings from the kernel's own counters: cgroup files and /proc, without asking the engine."""
