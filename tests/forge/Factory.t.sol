// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Factory} from "../../contracts/Factory.sol";
import {vm} from "./Asserts.sol";

contract Created {
    address public immutable creator = msg.sender;
    uint256 public immutable number;

    error NumberRefused(uint256 number);

    constructor(uint256 number_) {
        require(number_ != 13, NumberRefused(number_));
        number = number_;
    }
}

/// @dev Only the owner creates, and only at the next address.
contract FactoryTest {
    Factory private _factory;

    function setUp() public {
        _factory = new Factory(address(this));
    }

    function test_create_makes_contracts_at_the_next_addresses() public {
        for (uint256 nonce = 1; nonce < 4; ++nonce) {
            address expected = vm.computeCreateAddress(address(_factory), nonce);
            vm.expectEmit();
            emit Factory.Created(expected);
            address created = _factory.create(_code(nonce), expected);
            vm.assertTrue(created == expected, "address");
            vm.assertEq(Created(created).number(), nonce, "argument");
            vm.assertTrue(Created(created).creator() == address(_factory), "creator");
        }
    }

    function test_create_reverts_for_everybody_but_the_owner(address caller) public {
        vm.assume(caller != address(this));
        address expected = vm.computeCreateAddress(address(_factory), 1);
        vm.prank(caller);
        vm.expectRevert(abi.encodeWithSelector(Factory.FactoryOwnerRequired.selector, caller, address(this)));
        _factory.create(_code(1), expected);
    }

    function test_create_reverts_when_sent_again() public {
        address first = vm.computeCreateAddress(address(_factory), 1);
        address second = vm.computeCreateAddress(address(_factory), 2);
        _factory.create(_code(1), first);
        vm.expectRevert(abi.encodeWithSelector(Factory.CreatedElsewhere.selector, second, first));
        _factory.create(_code(1), first);
        _factory.create(_code(2), second); // the nonce was not used up
    }

    function test_create_reverts_with_what_the_constructor_reverts_with() public {
        address expected = vm.computeCreateAddress(address(_factory), 1);
        vm.expectRevert(abi.encodeWithSelector(Created.NumberRefused.selector, 13));
        _factory.create(_code(13), expected);
    }

    function _code(uint256 number) private pure returns (bytes memory) {
        return bytes.concat(type(Created).creationCode, abi.encode(number));
    }
}
