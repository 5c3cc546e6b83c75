// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {ISignedOrders} from "../../../../contracts/interfaces/ISignedOrders.sol";
import {vm} from "../Cheats.sol";
import {Handler} from "./Handler.sol";

/// @dev Entries for orders that holders sign, and anybody sends; now and then changed or signed by another, in vain.
abstract contract OrderHandler is Handler {
    function retireSigned(uint256 seed) external entry(seed) {
        ISignedOrders.RetireOrder memory order;
        (order.lots, order.holder) = _lots();
        (order.beneficiary, order.purpose) = (_recipient(), ICredits.Purpose(_any(6)));
        (order.publish, order.nonce, order.deadline) = (_any(2) == 0, _nonce(order.holder), _deadline());
        order.details = keccak256("who");
        (bool honest, bytes memory signature) = _sign(order.holder, signedOrders.retireDigest(order));
        if (_any(15) == 0) {
            honest = false;
            uint256 field = _any(4);
            if (field == 0) order.beneficiary = address(0xE11);
            if (field == 1) ++order.nonce;
            if (field == 2) ++order.deadline;
            if (field == 3) order.publish = !order.publish;
        }
        string memory details = order.publish ? "who" : "";
        _call(_anyone(), address(signedOrders), abi.encodeCall(ISignedOrders.retire, (order, details, signature)));
        if (!honest) _violate("somebody retired what its holder did not sign");
        if (block.timestamp > order.deadline) _violate("an order was sent after its deadline");
    }

    function transferSigned(uint256 seed) external entry(seed) {
        ISignedOrders.TransferOrder memory order;
        (order.lots, order.holder) = _lots();
        (order.recipient, order.nonce, order.deadline) = (_recipient(), _nonce(order.holder), _deadline());
        (bool honest, bytes memory signature) = _sign(order.holder, signedOrders.transferDigest(order));
        if (_any(15) == 0) {
            honest = false;
            uint256 field = _any(3);
            if (field == 0) order.recipient = address(0xE11);
            if (field == 1) ++order.nonce;
            if (field == 2) ++order.deadline;
        }
        _call(_anyone(), address(signedOrders), abi.encodeCall(ISignedOrders.transfer, (order, signature)));
        if (!honest) _violate("somebody moved what its holder did not sign");
        if (block.timestamp > order.deadline) _violate("an order was sent after its deadline");
    }

    function cancelOrder(uint256 seed) external entry(seed) {
        address holder = _account();
        _call(holder, address(signedOrders), abi.encodeCall(ISignedOrders.cancel, (_nonce(holder))));
    }

    /// @dev The next of one of three keys; now and then one that was used, or comes later.
    function _nonce(address holder) private returns (uint256 nonce) {
        nonce = signedOrders.nonces(holder, uint192(_any(3)));
        uint256 garbage = _any(15);
        if (garbage == 0) ++nonce;
        if (garbage == 1 && uint64(nonce) != 0) --nonce;
    }

    function _deadline() private returns (uint48) {
        return uint48(_any(5) == 0 ? block.timestamp - 1 : block.timestamp + _any(100));
    }

    function _sign(address holder, bytes32 digest) private returns (bool honest, bytes memory signature) {
        uint256 secret = secrets[holder];
        honest = secret != 0 && _any(15) != 0;
        if (!honest) secret = 0xBAD;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        signature = abi.encodePacked(r, s, v);
    }
}
