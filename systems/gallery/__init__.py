"""Example systems that ship with cotsmith, read as `gallery:NAME`."""
