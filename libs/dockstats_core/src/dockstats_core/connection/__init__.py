"""The connection to one agent: a machine that decides everything (machine), and a driver that does it (driver)."""
