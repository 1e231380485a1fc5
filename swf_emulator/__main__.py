"""``python -m swf_emulator`` is the command ``swf-emulator``."""

from .command.cli import main

main(prog_name="swf-emulator")
