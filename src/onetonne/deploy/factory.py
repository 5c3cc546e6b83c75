"""The factory that creates a deployment's contracts, and the CREATE2 deployer that places it.

Warning: one owner's deployments have the same addresses on all chains. Nothing else ties two chains together.
"""

import time

from eth_abi.abi import encode
from eth_typing import HexAddress, HexStr
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3.types import Nonce
from web3.utils.address import get_create_address

from onetonne.chain import Chain, Sent, Signer
from onetonne.chain.sending import Call
from onetonne.deploy.contracts import CONTRACTS, init_code
from onetonne.errors import DeploymentError
from onetonne.terms import Address

CREATE2_DEPLOYER = Address("0x4e59b44847b379578588920cA78FbF26c0B4956C")
"""github.com/Arachnid/deterministic-deployment-proxy: 32 bytes of salt and init code in, an address out."""
_PROXY = f"7f{'ff' * 31}e03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
_CODE = bytes.fromhex(_PROXY)
_PRESIGNED = (
    f"0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe{_PROXY}1ba0{'22' * 32}a0{'22' * 32}"
)
"""The transaction that puts it there, by a key that nobody has; it is older than replay protection."""
_PRESIGNER = Address("0x3fAB184622Dc19b6109349B94811493BF2a45362")
_PRESIGNED_COST = 10**16  # wei
_PATIENCE = 180.0  # seconds
_PAUSE = 0.2  # seconds


def factory_address(owner: Address, salt: int) -> Address:
    """Where the factory of an owner is, on every chain."""
    code_hash = keccak(init_code("Factory", (owner,)))
    digest = keccak(b"\xff" + bytes.fromhex(CREATE2_DEPLOYER[2:]) + _word(salt) + code_hash)
    return Address(to_checksum_address(digest[12:]))


def contract_addresses(factory: Address) -> dict[str, Address]:
    """What a factory creates, by contract name. Its nonce begins at 1."""
    created = (
        get_create_address(HexAddress(HexStr(factory)), Nonce(nonce))
        for nonce in range(1, len(CONTRACTS) + 1)
    )
    return {name: Address(str(address)) for name, address in zip(CONTRACTS, created, strict=True)}


def created_count(chain: Chain, factory: Address) -> int | None:
    """How many contracts a factory created; None where there is no factory."""
    nonce = chain.node.integer("eth_getTransactionCount", factory, "latest")
    return nonce - 1 if nonce else None


def require_create2_deployer(chain: Chain, *, dry_run: bool = False) -> bool:
    """Put the CREATE2 deployer on a chain without it, where its signed transaction is paid for.

    Return whether it is there. Raises `DeploymentError` where it is not, and can't be put there.
    """
    (code,) = chain.codes([CREATE2_DEPLOYER])
    if code == _CODE:
        return True
    if code:
        raise DeploymentError(
            f"Chain {chain.chain_id} has another contract than the CREATE2 deployer at {CREATE2_DEPLOYER}: "
            "this version can't deploy there."
        )
    if chain.balance(_PRESIGNER) < _PRESIGNED_COST:
        raise DeploymentError(
            f"Chain {chain.chain_id} lacks the CREATE2 deployer {CREATE2_DEPLOYER}: send 0.01 of its coin to "
            f"{_PRESIGNER}, whose signed transaction puts it there, and deploy again."
        )
    if not dry_run:
        _put_create2_deployer(chain)
    return not dry_run


def _put_create2_deployer(chain: Chain) -> None:
    chain.node.request("eth_sendRawTransaction", _PRESIGNED)
    until = time.monotonic() + _PATIENCE
    while not chain.codes([CREATE2_DEPLOYER])[0]:
        if time.monotonic() > until:
            raise DeploymentError(
                f"The CREATE2 deployer {CREATE2_DEPLOYER} is not on chain {chain.chain_id} after "
                f"{_PATIENCE:.0f} seconds: deploy again when it is."
            )
        time.sleep(_PAUSE)


def place(chain: Chain, signer: Signer, salt: int) -> Sent:
    """Place the signer's factory. Errors as `Chain.send`."""
    data = _word(salt) + init_code("Factory", (signer.address,))
    return chain.submit(Call(CREATE2_DEPLOYER, f"0x{data.hex()}", "place Factory"), signer)


def create(chain: Chain, signer: Signer, factory: Address, code: bytes, expected: Address) -> Sent:
    """Create the factory's next contract of its init code. Errors as `Chain.send`."""
    contract = chain.contract("Factory", factory)
    return chain.send(chain.function(contract, "create", code, expected), signer)


def most_gas(alone: int) -> int:
    """The most gas that a contract takes through the factory, of what its own creation would take."""
    return alone * 64 // 63 + 20_000


def _word(salt: int) -> bytes:
    return encode(["uint256"], [salt])
