"""The examples use the plugin's fixtures, as a project of one's own does."""

from swf_emulator.pytest_plugin import swf as swf
