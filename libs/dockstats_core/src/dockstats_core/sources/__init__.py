"""Where readings come from. `protocol` is the one shape they share; `choosing` picks one and says why."""
