"""Live container figures from Docker hosts."""
