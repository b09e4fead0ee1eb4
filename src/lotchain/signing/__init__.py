"""The signing room: the only place where private keys are made, held, stored and used.

Nothing outside sees more than a `Signer`: a public key, and signatures made with the private one.
"""

from lotchain.signing.keyfile import (
    KeyFile,
    describe_key_file,
    read_key_file,
    read_mldsa44_file,
    write_key_file,
)
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.signer import (
    Signer,
    SoftwareSigner,
    new_signer,
    proof_of_possession,
    sign_statement,
)

__all__ = [
    "KeyFile",
    "MLDSA44Signer",
    "Signer",
    "SoftwareSigner",
    "describe_key_file",
    "new_signer",
    "proof_of_possession",
    "read_key_file",
    "read_mldsa44_file",
    "sign_statement",
    "write_key_file",
]
