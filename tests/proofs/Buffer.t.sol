// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Credits} from "../../contracts/Credits.sol";
import {ICertificates} from "../../contracts/interfaces/ICertificates.sol";
import {ICredits} from "../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../contracts/interfaces/ILabels.sol";
import {IProgrammes} from "../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../contracts/interfaces/IProjects.sol";
import {IRedemptions} from "../../contracts/interfaces/IRedemptions.sol";
import {IRenderer} from "../../contracts/interfaces/IRenderer.sol";
import {IShortfalls} from "../../contracts/interfaces/IShortfalls.sol";
import {ISignedOrders} from "../../contracts/interfaces/ISignedOrders.sol";
import {MethodologyId, ProgrammeId, ProjectId, VerificationId} from "../../contracts/types/Ids.sol";
import {Kilograms, kilogramsOfBlock} from "../../contracts/types/Kilograms.sol";
import {vm} from "../forge/Vm.sol";

/// @notice Proof that an issuance withholds the methodology's buffer share, rounded up to a kilogram and never more than
/// everything, and gives the rest to the recipient (I1), on the real contract `Credits`, for every block and every share.
/// @dev Bounded: one block, which starts at serial number 1, in one call. The proof contract stands in for `Programmes`
/// and `Projects`. `Programmes` registers no share above 10,000 basis points.
/// Taken as given is the arithmetic of whole numbers that solvers on bits do not find by themselves: each `vm.assume` in
/// `_share` holds for all whole numbers of its bounds. It is Euclid's division, that a division undoes a multiplication,
/// and that a product grows with its factors.
contract BufferProof {
    address private constant RECIPIENT = address(0xbeef);
    uint64 private constant MOST_TONNES = type(uint48).max / 1000;

    Credits private _credits;
    uint16 private _basisPoints;

    function setUp() external {
        _credits = new Credits({
            authority: address(this),
            programmes_: IProgrammes(address(this)),
            projects_: IProjects(address(this)),
            labels_: ILabels(address(0)),
            certificates_: ICertificates(address(0)),
            redemptions_: IRedemptions(address(1)),
            shortfalls_: IShortfalls(address(0)),
            renderer_: IRenderer(address(0)),
            orders_: ISignedOrders(address(0))
        });
    }

    function check_buffer_share(uint64 tonnes, uint16 basisPoints) external {
        vm.assume(basisPoints > 0 && basisPoints <= 10_000);
        uint256 quantity = _quantity(tonnes);
        uint256 share = _share(quantity, basisPoints); // times 10,000
        (uint256 withheld, uint256 rest) = _issue(tonnes, basisPoints);
        unchecked {
            assert(withheld <= quantity);
            assert(withheld + rest == quantity);
            assert(withheld * 10_000 >= share);
            assert(withheld * 10_000 < share + 10_000);
        }
    }

    function check_no_buffer_share(uint64 tonnes) external {
        uint256 quantity = _quantity(tonnes);
        (uint256 withheld, uint256 rest) = _issue(tonnes, 0);
        assert(withheld == 0 && rest == quantity);
    }

    // ---- what `Credits` asks of other contracts ----

    function checkIssuance(address, bytes32, string calldata) external pure returns (ProgrammeId) {
        return ProgrammeId.wrap(1);
    }

    function recordIssuance(VerificationId, ProgrammeId, uint32, uint32, uint16, Kilograms)
        external
        pure
        returns (ProjectId, MethodologyId)
    {
        return (ProjectId.wrap(1), MethodologyId.wrap(1));
    }

    function requireMethodologyActive(MethodologyId) external view returns (uint16, uint8) {
        return (_basisPoints, 0);
    }

    // ---- steps ----

    /// @dev An issuance of a sound block never fails.
    function _issue(uint64 tonnes, uint16 basisPoints) private returns (uint256 withheld, uint256 rest) {
        _basisPoints = basisPoints;
        ICredits.Issuance[] memory orders = new ICredits.Issuance[](1);
        orders[0].first = 1;
        orders[0].last = tonnes;
        orders[0].hint = type(uint64).max;
        orders[0].custody = "custody";
        try _credits.issue(orders, RECIPIENT) {
            withheld = _credits.balanceOf(_credits.BUFFER(), 1);
            rest = _credits.balanceOf(RECIPIENT, 1);
        } catch {
            assert(false);
        }
    }

    function _quantity(uint64 tonnes) private pure returns (uint256) {
        vm.assume(tonnes > 0 && tonnes <= MOST_TONNES);
        unchecked {
            vm.assume((uint256(tonnes) * 1000) / tonnes == 1000);
        }
        return Kilograms.unwrap(kilogramsOfBlock(1, tonnes));
    }

    function _share(uint256 quantity, uint16 basisPoints) private pure returns (uint256 share) {
        unchecked {
            share = quantity * basisPoints;
            vm.assume(share / quantity == basisPoints);
            vm.assume(share <= quantity * 10_000);
            uint256 quotient = (share + 9_999) / 10_000;
            vm.assume(quotient < 2 ** 64);
            vm.assume(quotient * 10_000 <= share + 9_999);
            vm.assume(share + 9_999 - quotient * 10_000 < 10_000);
            vm.assume(quotient <= quantity || quotient * 10_000 >= quantity * 10_000 + 10_000);
        }
    }
}
