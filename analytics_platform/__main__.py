"""``python -m analytics_platform``: the command line without the installed script."""

from analytics_platform.cli import main

main()
