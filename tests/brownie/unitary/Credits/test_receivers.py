"""Contracts that receive credits: asked last, believed never."""

from typing import Any

import pytest
from brownie import compile_source
from refusals import refused
from statements import BLOCK_KILOGRAMS, issuance

from onetonne.terms import Purpose

STORY = "verification"

SOURCE = """
// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

interface ICredits {
    struct Lot { uint32 batch; uint48 kilograms; }
    function retire(Lot[] calldata, address, address, uint8, bytes32) external returns (uint40[] memory);
}

contract Vault {
    function onERC1155Received(address, address, uint256, uint256, bytes calldata)
        external pure returns (bytes4)
    {
        return this.onERC1155Received.selector;
    }

    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external pure returns (bytes4)
    {
        return this.onERC1155BatchReceived.selector;
    }
}

contract Refuser {
    error NoThanks();

    function onERC1155Received(address, address, uint256, uint256, bytes calldata)
        external pure returns (bytes4)
    {
        revert NoThanks();
    }
}

contract Retirer {
    function onERC1155Received(address, address, uint256 id, uint256 value, bytes calldata)
        external returns (bytes4)
    {
        ICredits.Lot[] memory lots = new ICredits.Lot[](1);
        lots[0] = ICredits.Lot(uint32(id), uint48(value));
        ICredits(msg.sender).retire(lots, address(this), address(this), 0, 0);
        return this.onERC1155Received.selector;
    }
}
"""


@pytest.fixture(scope="module")
def receivers() -> Any:
    return compile_source(SOURCE, solc_version="0.8.37")


@pytest.fixture
def receiver(receivers: Any, stranger: Any) -> Any:
    return lambda name: receivers[name].deploy({"from": stranger})


def test_a_contract_that_accepts_holds_credits(credits, batch, receiver, alice):
    vault = receiver("Vault")
    credits.safeTransferFrom(alice, vault, 1, 1_500, b"", {"from": alice})
    assert credits.balanceOf(vault, 1) == 1_500


def test_a_contract_that_accepts_is_issued_credits(credits, verification, receiver, operator):
    vault = receiver("Vault")
    credits.issue([issuance(), issuance(first=1, last=5)], vault, {"from": operator})
    assert credits.balanceOf(vault, 2) == 5_000


def test_transfer_reverts_with_the_words_of_a_contract_that_refuses(credits, batch, receiver, alice):
    refuser = receiver("Refuser")
    with refused("NoThanks"):
        credits.safeTransferFrom(alice, refuser, 1, 1_500, b"", {"from": alice})


def test_a_contract_that_cannot_receive_is_a_beneficiary_all_the_same(
    credits, certificates, batch, receiver, alice
):
    refuser = receiver("Refuser")
    credits.retire([(1, 1_500)], alice, refuser, Purpose.VOLUNTARY, bytes(32), {"from": alice})
    assert certificates.ownerOf(1) == refuser


def test_a_contract_that_retires_on_receipt_retires_once(credits, batch, receiver, alice):
    retirer = receiver("Retirer")
    credits.safeTransferFrom(alice, retirer, 1, 1_500, b"", {"from": alice})
    assert credits.balanceOf(retirer, 1) == 0
    assert credits.batch(1)["taken"] == 1_500
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS - 1_500
