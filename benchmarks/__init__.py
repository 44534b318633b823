"""The figures the hall is held to, each a module with ``run() -> list[Row]``: script/bench NAME."""
