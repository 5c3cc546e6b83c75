"""The outermost command: where options for all commands are read, and failures become one sentence."""

import os
import re
import sys
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import typer
from typer.core import TyperGroup

from onetonne.errors import NotSeenYet, OnetonneError, SentBefore, quoted

FAILED, MISUSED, UNSEEN, INTERRUPTED = 1, 2, 7, 130  # exit codes; 0 is success
# What the parser raises. Typer 0.29 has its own copy of click, from which nobody may import.
_UsageError: Any = typer.BadParameter.__mro__[2]

DRY_RUN = "onetonne.dry_run"
"""Whether the line has --dry-run, in click's `Context.meta`."""
_HASH_COMMANDS = ("show", "wait", "speed-up", "cancel")
_GLOBAL = ("--home", "--network", "--rpc", "--chain-id", "--credits")
_HASHES = (
    *("--block", "--block-hash", "--condition-hash", "--letter-hash"),
    *("--evidence-hash", "--data-root", "--salt", "--reason-hash", "--root"),
)
_SECRET_OPTIONS = ("--key", "--private-key", "--passphrase", "--password", "--mnemonic", "--seed")
_KEY = re.compile(r"(?:0[xX])?[0-9a-fA-F]{60,68}")
"""A key, also with a few digits lost or typed twice."""
_WORD = re.compile(r"[^\W\d_]{1,12}")
_FEWEST_WORDS = 12
"""Of a mnemonic (BIP-39)."""
_KEY_HINT = (
    "a command line is kept in histories and shown to other users; use a keystore "
    "(`onetonne account new NAME`), or the environment's ONETONNE_KEY and ONETONNE_PASSPHRASE_FILE"
)


class Misuse(typer.BadParameter):
    """A mistake in the command line itself; the message stands alone."""

    def format_message(self) -> str:
        return str(self.message)


class RootGroup(TyperGroup):
    """Accepts the options for all commands anywhere on the line, and lets no traceback through."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:  # not while a shell completes a half-written line
            refuse_secrets(args)
        ctx.meta[DRY_RUN] = "--dry-run" in args
        return super().parse_args(ctx, hoisted(args))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        def run() -> Any:
            return super(RootGroup, self).main(
                args, "onetonne", complete_var, False, windows_expand_args, **extra
            )

        code = guarded(run) if standalone_mode else run()
        return sys.exit(code) if standalone_mode else code


def guarded(run: Callable[[], Any]) -> int:
    """Runs a command line; the exit code. Whatever fails becomes one sentence on stderr."""
    try:
        result = run()
        sys.stdout.flush()
        code = result if isinstance(result, int) else 0
        if code == INTERRUPTED:
            _say("Interrupted; what was sent to the chain before may still be carried out.")
        return code
    except (NotSeenYet, SentBefore) as problem:
        _say(str(problem))
        return UNSEEN
    except OnetonneError as problem:
        return _say(str(problem))
    except (typer.Abort, KeyboardInterrupt):
        _say("Interrupted; what was sent to the chain before may still be carried out.")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # who read our output has gone
        return FAILED
    except _UsageError as problem:
        return _misused(problem)
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        return _say(f"{where}{problem.strerror or problem}; check that the place exists and may be used.")
    except Exception as problem:
        if os.environ.get("ONETONNE_TRACEBACK"):
            raise
        what = f"{type(problem).__name__}: {quoted(str(problem))}"
        return _say(
            f"A fault of onetonne's own ({what}); set ONETONNE_TRACEBACK=1 to see where, and report it."
        )


def refuse_secrets(args: Sequence[str]) -> None:
    """Raises `Misuse`, without echoing it, where an argument looks like a key or names a secret."""
    previous = ""
    hashes = _HASH_COMMANDS if "transaction" in args else ()
    if _has_mnemonic(args):
        raise Misuse(f"The arguments look like a mnemonic: {_KEY_HINT}. Replace its keys now.")
    for argument in args:
        name, equals, value = argument.partition("=")
        asked_for = argument == "--mnemonic" and "import" in args
        if name in _SECRET_OPTIONS and not asked_for:
            raise Misuse(f"{name} is not accepted: {_KEY_HINT}.")
        option = name if equals and name.startswith("-") else previous
        if option not in (*_HASHES, *hashes) and _KEY.fullmatch(value if equals else argument):
            raise Misuse(f"An argument looks like a private key: {_KEY_HINT}. Replace that key now.")
        previous = argument


def _has_mnemonic(args: Sequence[str]) -> bool:
    """Whether a run of words, in one argument or in several, is a mnemonic; two words may be misspelt."""
    text = " ".join(argument.partition("=")[2] or argument for argument in args)
    run: list[str] = []
    for word in unicodedata.normalize("NFC", text).lower().split():
        run = [*run, word][-_FEWEST_WORDS:] if _WORD.fullmatch(word) else []
        if len(run) == _FEWEST_WORDS and sum(each in _mnemonic_words() for each in run) >= _FEWEST_WORDS - 2:
            return True
    return False


@cache
def _mnemonic_words() -> frozenset[str]:
    """Return the words of BIP-39, of all languages."""
    from eth_account.hdaccount.mnemonic import Mnemonic
    from eth_account.types import Language

    words = (word for language in Language for word in Mnemonic(language).wordlist)
    return frozenset(unicodedata.normalize("NFC", word) for word in words)


def hoisted(args: Sequence[str]) -> list[str]:
    """The line with the options for all commands moved to its front, where the parser wants them."""
    front: list[str] = []
    rest: list[str] = []
    waiting = list(args)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--":
            return [*front, *rest, argument, *waiting]
        if argument == "--again":
            front.append(argument)
        elif argument in _GLOBAL and waiting:
            front += [argument, waiting.pop(0)]
        elif argument.startswith(tuple(f"{name}=" for name in _GLOBAL)):
            front.append(argument)
        else:
            rest.append(argument)
    return [*front, *rest]


def _misused(problem: Any) -> int:
    """One line for a mistake in the grammar of the command line. The message may be a whole help page."""
    context = getattr(problem, "ctx", None)
    message = " ".join(problem.format_message().split())
    if type(problem).__name__ == "NoArgsIsHelpError":  # Rich has printed the help page
        return MISUSED
    hint = f" See `{context.command_path} --help`." if context is not None else ""
    _say(f"{message if message.endswith('.') else message + '.'}{hint}")
    return int(problem.exit_code)


def _say(sentence: str) -> int:
    sys.stdout.flush()
    print(f"Error: {sentence}", file=sys.stderr)
    return FAILED
