/** The text of `--help`; a test holds it to what is printed. */
export const help = `tracecat-harden hardens a Tracecat install on Docker Compose.

Usage
  tracecat-harden [command] [options]      no command: init

In a terminal init asks, shows what would change, and writes after a yes.
Elsewhere, and with --yes, --json or --answers -, it takes the answers as given.

Commands
  init [dir]                 harden an install, or a new one in an empty folder
  rotate [secret...]         change secrets in the running stack; asks which
  restore [backup]           list backups, or put one back: its files, and the
                             passwords of the running servers with them
  audit [dir...]             say what is wrong; writes nothing, asks no Docker
  explain <control>          why a control is there, who is at risk, and how it
                             is fixed

Options
  --dir <path>               the install's folder (default: the current one)
  --json                     one JSON document on stdout, messages on stderr
  --no-color                 no color
  --verbose                  more detail
  --version                  print the version
  -h, --help                 print this

Options of init
  --answers <file|->         the answers (default: tracecat-harden.yaml in the
                             folder)
  --set key=value            one answer; repeatable, wins over the file
  -y, --yes                  ask nothing; a missing answer is an error
  --dry-run                  show the plan as a diff, secrets masked; no writing
  --offline                  no network
  --fresh                    this stack was never started: default passwords of
                             its databases may be replaced
  --tracecat-version <tag>   the release, where no image tag says it
  --from <dir>               take Tracecat's stock files from a folder
  --upstream <url>           download them from <url>/<tag>/<file>

Options of rotate
  --all                      every secret that breaks no outside URL
  -y, --yes                  ask nothing
  --dry-run                  show what would be done; change nothing
  --accept-breakage          also where it breaks outside URLs (signing-secret)

Options of restore
  -y, --yes                  ask nothing
  --dry-run                  show what would be put back; change nothing
  --files-only               leave what runs as it is, and the passwords of its
                             databases in .env
  --prune                    remove all backups but the newest: they hold old
                             secrets; elsewhere than in a terminal with --yes

Options of audit
  --format <format>          text, json, sarif or markdown (default: text)
  --fail-on <severity>       low, medium, high, critical, never (default: low):
                             from which on an open finding means exit code 1
  --include <status>         stays or accepted: these count, too; repeatable
  --control <id>             look at this control only; repeatable

Secrets come in through the environment (OIDC_CLIENT_SECRET) or a masked prompt.

Exit codes
  0 done   1 findings   2 bad input   3 the surroundings won't do
  4 stopped midway, run again to finish   130 canceled`
