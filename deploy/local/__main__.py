"""`python -m deploy.local install|up|down|status|logs|reset|demo`."""

import argparse
import sys
from collections.abc import Sequence

from deploy.local import commands, daemon
from deploy.local.supervisor import PartFailed
from deploy.local.tools import ToolMissing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a failure is one line that says what to do, and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    known = ("install", "up", "down", "status", "logs", "reset", "demo", "supervise")
    parser.add_argument("command", choices=known)
    parser.add_argument("names", nargs="*", help="parts (logs), arguments of the journey (demo)")
    options = parser.parse_args(arguments)
    try:
        match options.command:
            case "install":
                commands.install()
            case "up":
                commands.up()
            case "down":
                commands.down()
            case "status":
                commands.show_status()
            case "logs":
                commands.logs(options.names)
            case "reset":
                commands.reset()
            case "demo":
                return commands.demo(options.names)
            case "supervise":
                return daemon.main()
    except (commands.CannotGoOn, PartFailed, ToolMissing, OSError) as error:
        print(f"sigap: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
