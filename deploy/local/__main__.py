"""`python -m deploy.local install|up|down|status|logs|reset|backup|restore|upgrade|rollback|administrator|demo`."""

import argparse
import sys
from collections.abc import Sequence

from deploy.local import commands, daemon
from deploy.local.backups.manifest import NotABackup
from deploy.local.releases.record import CannotUpgrade
from deploy.local.supervisor import PartFailed
from deploy.local.tools import ToolMissing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a failure is one line that says what to do, and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    known = (
        "install", "up", "down", "status", "logs", "reset", "backup", "restore", "upgrade", "rollback", "administrator",
        "demo", "supervise",
    )  # fmt: skip
    parser.add_argument("command", choices=known)
    parser.add_argument(
        "names", nargs="*", help="parts (logs), a folder (backup, restore), arguments of the journey (demo)"
    )
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
            case "backup":
                commands.backup(options.names)
            case "restore":
                commands.restore(options.names)
            case "upgrade":
                commands.upgrade()
            case "rollback":
                commands.rollback()
            case "administrator":
                commands.administrator(options.names)
            case "demo":
                return commands.demo(options.names)
            case "supervise":
                return daemon.main()
    except (commands.CannotGoOn, CannotUpgrade, NotABackup, PartFailed, ToolMissing, OSError) as error:
        print(f"sigap: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
