"""Where things are reached: `engine` for a Docker Engine, `agents` for the dashboard's agents. Text in, struct out."""
