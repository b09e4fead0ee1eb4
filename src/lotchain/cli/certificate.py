"""`lotchain certificate`: a printable certificate of custody, verified anew when it is made."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app.certificates import MAX_FONT, make_certificate
from lotchain.cli.arguments import instant, now_ms
from lotchain.cli.files import read_file, write_new
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.terminal import emit
from lotchain.verify.bundle import MAX_BUNDLE
from lotchain.verify.policy_text import MAX_POLICY


@click.command(
    "certificate",
    epilog=example("lotchain certificate drums.lotproof --policy border.policy --out drums.pdf"),
)
@click.argument("file", metavar="BUNDLE", type=PATH)
@click.option("--policy", type=PATH, required=True, envvar="LOTCHAIN_POLICY", show_envvar=True, help="Whom you trust.")
@click.option("--out", type=PATH, required=True, help="The file to write (.pdf).")
@click.option("--now", help="The moment to judge the file's age at; default this machine's clock.")
@click.option("--font", type=PATH, help="A TrueType or OpenType font, for text beyond Latin-1.")
@json_option
def command(file: Path, policy: Path, out: Path, now: str | None, font: Path | None, as_json: bool) -> None:
    """Verify a bundle and write the verdict as a printable PDF.

    Verdict first, then what is not proved, timeline, accounts and findings, with a QR code of the bundle's SHA-256
    digest. Where the verdict is not CLEAR the paper says that it is no certificate, and the exit code is that of
    verify: 0 CLEAR, 1 FAIL, 3 HOLD. Characters that no font at hand holds are written as code points, [U+4E2D].
    """
    verdict, digest, data = make_certificate(
        read_file(file, most=MAX_BUNDLE, what="bundle"),
        read_file(policy, most=MAX_POLICY, what="trust policy"),
        now=now_ms() if now is None else instant(now),
        font=None if font is None else read_file(font, most=MAX_FONT, what="font"),
    )
    write_new(out, data, what="certificate")
    shown = {"file": str(out), "verdict": verdict.word, "lot": verdict.lot, "bundle_sha256": digest, "bytes": len(data)}
    emit(shown, [f"wrote {out}: {verdict.word} {verdict.lot}", f"  bundle sha256:{digest}"], as_json=as_json)
    raise click.exceptions.Exit(verdict.exit_code)
