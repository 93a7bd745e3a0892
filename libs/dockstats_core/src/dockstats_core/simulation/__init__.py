"""A made-up host: what runs on it (roles), how one container lives (life), and all of them together (host)."""
