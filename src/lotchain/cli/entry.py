"""The command line's one entrance: loads the command that is called, and turns every fault into a line and a code.

Exit codes: 0 done (`verify`: CLEAR) · 1 refused (`verify`: FAIL) · 2 usage, or input that cannot be read · 3 `verify`:
HOLD; `due`: something overdue · 4 our own failure · 130 interrupted. No traceback reaches a user.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import NamedTuple, NoReturn

# A command lives for a fraction of a second, most of it spent loading modules that are never thrown away: collecting
# garbage meanwhile finds none. It is switched on again before the command itself runs.
gc.disable()

import click  # noqa: E402 - after the line above, on purpose
from click.shell_completion import CompletionItem, shell_complete  # noqa: E402

from lotchain import __version__  # noqa: E402
from lotchain.cli.terminal import emit_json, plain  # noqa: E402
from lotchain.errors import LotchainError, Malformed, SigningError, StoreError, UsageError  # noqa: E402

USAGE, FAILURE, INTERRUPTED, PIPE_CLOSED = 2, 4, 130, 141
COMPLETION_VARIABLE = "_LOTCHAIN_COMPLETE"
_PLUGIN_LOADER = "pydantic.plugin._loader"
_OF_THE_CALLER = (Malformed, UsageError, SigningError)
_CALLERS_STORE_CODES = frozenset({"ledger-missing"})
"""Store errors that say the caller named the wrong folder, not that a store failed."""


class Entry(NamedTuple):
    """Where a command is, and its line in the overview."""

    module: str
    section: str
    help: str


COMMANDS = {
    "verify": Entry("verify", "Proof", "Verify a bundle offline: verdict, timeline, findings."),
    "bundle": Entry("bundle", "Proof", "Make the one file that proves a lot's history."),
    "certificate": Entry("certificate", "Proof", "Verify a bundle, and print the verdict as a PDF."),
    "checkpoint": Entry("checkpoint", "Proof", "Compare two checkpoints: can both be true?"),
    "evidence": Entry("evidence", "Proof", "Check and make files that prove misbehaviour."),
    "show": Entry("show", "Proof", "Explain any lotchain file."),
    "lot": Entry("lot", "Handling", "Register, pack, split, consume, transform, weigh, count; history."),
    "label": Entry("label", "Handling", "Make a QR or GS1 DataMatrix label for a lot or a drum."),
    "lookup": Entry("lookup", "Handling", "Candidates for a label, whole or torn; never a match."),
    "transfer": Entry("transfer", "Handling", "Hand over, accept, refuse, withdraw, arrive."),
    "consignment": Entry("consignment", "Handling", "Declare which lots travel together, by which route."),
    "seal": Entry("seal", "Handling", "Apply, check and break seals."),
    "sign": Entry("sign", "Statements", "Sign events and drafts offline."),
    "packet": Entry("packet", "Statements", "Put signed statements into one ordered file."),
    "submit": Entry("submit", "Statements", "Submit signed statements to a ledger."),
    "import": Entry("importing", "Statements", "Turn papers of other systems into drafts."),
    "key": Entry("key", "Parties and authorities", "Make, show, enrol and revoke keys."),
    "licence": Entry("licence", "Parties and authorities", "Grant, change, suspend, restore, revoke licences."),
    "permit": Entry("permit", "Parties and authorities", "Grant, notify, reply, draw, change; what is left."),
    "authority": Entry("authority", "Parties and authorities", "Found a ledger, accede, endorse, resolve, seize."),
    "customs": Entry("customs", "Parties and authorities", "Record what customs did with a consignment."),
    "inspect": Entry("inspect", "Parties and authorities", "Record an inspection by an authority."),
    "alert": Entry("alert", "Parties and authorities", "Raise and close alerts about lots."),
    "watch": Entry("watch", "Parties and authorities", "Mark packages that must not turn up; lift marks."),
    "hold": Entry("hold", "Parties and authorities", "Place and release holds."),
    "filing": Entry("filing", "Treaty", "Record what was filed with an authority, and when."),
    "substance": Entry("substance", "Treaty", "Controlled substances: by name, CAS or HS, as of a day."),
    "rules": Entry("rules", "Treaty", "Treaty rules: show, explain and check them."),
    "retention": Entry("retention", "Treaty", "What must be kept of a transaction, and through which day."),
    "report": Entry("report", "Treaty", "Report files: Form D rows, 486 data, annual balance, drafts."),
    "alerts": Entry("alerts", "Oversight", "What points to diversion: gaps, broken rules, patterns."),
    "due": Entry("due", "Oversight", "Who owes what until when; sums against thresholds."),
    "ledger": Entry("ledger", "Operation", "Make a ledger; its status; publish; trust policy."),
    "serve": Entry("serve", "Operation", "Serve the published log over HTTP, entries to members."),
    "export": Entry("export", "Operation", "The published log as files; proofs for other tools."),
    "audit": Entry("audit", "Operation", "Replay a whole ledger and compare everything stored."),
    "witness": Entry("witness", "Operation", "Make an auditing witness; audit and cosign."),
    "mirror": Entry("mirror", "Operation", "Follow a log over HTTP: copy, replay, cosign, serve."),
    "demo": Entry("demo", "Operation", "Play a whole scenario in a folder, with verdicts."),
    "completion": Entry("completion", "Operation", "Print shell completion for bash, zsh or fish."),
}


class LazyGroup(click.Group):
    """The top of the command line: knows every command's line, imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the overview."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        _read_events_without_plugins()
        found = import_module(f"lotchain.cli.{entry.module}").command
        gc.freeze()
        gc.enable()
        if not isinstance(found, click.Command):
            raise TypeError(f"{entry.module}.command is no command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The overview by section, from the table alone."""
        for section in dict.fromkeys(entry.section for entry in COMMANDS.values()):
            rows = [(name, entry.help) for name, entry in COMMANDS.items() if entry.section == section]
            with formatter.section(section):
                formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names of commands, from the table alone."""
        return [
            CompletionItem(name, help=entry.help) for name, entry in COMMANDS.items() if name.startswith(incomplete)
        ]


def _read_events_without_plugins() -> None:
    """No third-party plugin may change how events are read.

    The setting alone would do, but pydantic loads what looks for plugins all the same, with half the standard library
    behind it: a tenth of the time of a `lotchain verify`. So that module is there already, and finds none.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    none = ModuleType(_PLUGIN_LOADER)
    vars(none)["get_plugins"] = lambda: ()
    sys.modules.setdefault(_PLUGIN_LOADER, none)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExample:\n  lotchain verify drums.lotproof --policy border.policy",
)
@click.version_option(__version__, prog_name="lotchain", message="%(prog)s %(version)s")
def cli() -> None:
    """Traceability of chemical lots: who had custody, when, of how much, provable offline.

    Exit codes: 0 done (verify: CLEAR), 1 refused (verify: FAIL), 2 usage or unreadable input, 3 verify: HOLD (due:
    something is overdue), 4 lotchain's own failure.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line; its exit code. Nothing but an exit code leaves this function."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        _print_whatever_comes()
        instruction = os.environ.get(COMPLETION_VARIABLE)
        if instruction and arguments is None:
            return shell_complete(cli, {}, "lotchain", COMPLETION_VARIABLE, instruction)
        code = _run(given, as_json)
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        click.echo("lotchain: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left: nothing more can be told, and it is no verdict.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return code


def process() -> NoReturn:
    """The whole process: one command line, then the end, at once.

    Everything a command wrote is flushed and closed by then; taking a hundred modules apart, as an ordinary end
    does, is a twentieth of the time of a `lotchain verify`.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # nobody is left to tell
            stream.flush()
    os._exit(code)


def _run(given: list[str], as_json: bool) -> int:
    try:
        with cli.make_context("lotchain", given) as context:
            cli.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as fault:
        click.echo(fault.ctx.get_help() if fault.ctx is not None else "", err=True)
        return USAGE
    except click.ClickException as fault:
        return _tell(_of_click(fault), as_json, USAGE)
    except _OF_THE_CALLER as fault:
        return _tell(fault, as_json, USAGE)
    except LotchainError as fault:
        mine = isinstance(fault, StoreError) and fault.code not in _CALLERS_STORE_CODES
        return _tell(fault, as_json, FAILURE if mine else USAGE)
    except (KeyboardInterrupt, click.Abort, BrokenPipeError):
        raise
    except Exception as fault:  # whatever else it is, it is ours, and no traceback helps whoever stands at a border
        return _tell(_internal(fault), as_json, FAILURE)
    return 0


def _tell(fault: LotchainError, as_json: bool, code: int) -> int:
    if as_json:
        emit_json({"error": fault.as_json(), "exit": code})
        return code
    lines = [f"lotchain: {fault.code}: {f'{fault.field}: ' if fault.field else ''}{fault.what}"]
    for label, text in (("expected", fault.expected), ("found", fault.found), ("do", fault.remedy)):
        if text:
            lines.append(f"  {label + ':':<10}{text}")
    click.echo("\n".join(plain(line) for line in lines), err=True)
    return code


def _of_click(fault: click.ClickException) -> UsageError:
    """A fault of the command line as such, in our own form."""
    context = fault.ctx if isinstance(fault, click.UsageError) else None
    path = context.command_path if context is not None else "lotchain"
    return UsageError("usage", fault.format_message(), remedy=f"see {path} --help")


def _internal(fault: Exception) -> LotchainError:
    """Our own failure, by where it arose: the message itself could hold what nobody should print."""
    trace = fault.__traceback__
    where = ""
    while trace is not None:
        frame = trace.tb_frame
        name = str(frame.f_globals.get("__name__", "?"))
        if name.startswith("lotchain"):
            where = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    short = hashlib.sha256(f"{type(fault).__name__} {where}".encode()).hexdigest()[:8]
    return LotchainError(
        "internal-error",
        f"lotchain failed ({short})",
        found=f"{type(fault).__name__} at {where or 'an unknown place'}",
        remedy="nothing was concluded; report this code with the command that you ran, without private data",
    )


def _print_whatever_comes() -> None:
    """A terminal that cannot show a character gets its escape, not an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
