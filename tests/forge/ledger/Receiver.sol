// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";

/// @dev A holder that is a contract: it accepts or refuses, and calls what it was told from inside the call.
contract Receiver is IERC1155Receiver {
    bool public refuses;
    bool public succeeded;
    bytes public answer;
    address private _target;
    bytes private _action;

    function refuse(bool refuses_) external {
        refuses = refuses_;
    }

    /// @dev What to call, once, when credits arrive.
    function plan(address target, bytes calldata action) external {
        (_target, _action, succeeded, answer) = (target, action, false, "");
    }

    /// @dev Any call in this contract's name.
    function act(address target, bytes calldata action) external returns (bytes memory) {
        (bool done, bytes memory returned) = target.call(action);
        if (!done) {
            assembly ("memory-safe") {
                revert(add(returned, 32), mload(returned))
            }
        }
        return returned;
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        return _answer(this.onERC1155Received.selector);
    }

    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        returns (bytes4)
    {
        return _answer(this.onERC1155BatchReceived.selector);
    }

    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    function _answer(bytes4 selector) private returns (bytes4) {
        if (refuses) return 0xffffffff;
        if (_target != address(0)) {
            address target = _target;
            _target = address(0);
            (succeeded, answer) = target.call(_action);
        }
        return selector;
    }
}
