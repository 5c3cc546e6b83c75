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
import {BatchId, CancellationId, RetirementId} from "../../contracts/types/Ids.sol";
import {Kilograms} from "../../contracts/types/Kilograms.sol";

/// @dev `Credits` with one batch, of which any part is taken already.
contract OneBatch is Credits {
    BatchId internal constant BATCH = BatchId.wrap(1);

    constructor(ICertificates certificates_)
        Credits(
            address(0),
            IProgrammes(address(0)),
            IProjects(address(0)),
            ILabels(address(0)),
            certificates_,
            IRedemptions(address(1)),
            IShortfalls(address(0)),
            IRenderer(address(0)),
            ISignedOrders(address(0))
        )
    {}

    function start(Kilograms taken, Kilograms balance, address holder) external {
        _batches[BATCH].issuedAt = 1;
        _batches[BATCH].taken = taken;
        _moveUnchecked(address(0), holder, BatchId.unwrap(BATCH), Kilograms.unwrap(balance));
    }
}

/// @notice Proof that each record of a batch, be it a retirement or a cancellation, begins at the kilogram at which the
/// record before it ended, and takes as many as are burnt (I1, I4), on the real contract `Credits`: for every batch and
/// every quantity, from any state of the batch. `KilogramsProof` shows that the serial numbers of two such records are
/// disjoint and leave no gap.
/// @dev Bounded: a call that retires twice, one that cancels, and one that retires, of one batch. The proof contract
/// stands in for `Certificates`, and is the holder.
contract RecordsProof {
    BatchId private constant BATCH = BatchId.wrap(1);

    OneBatch private _credits;

    function setUp() external {
        _credits = new OneBatch(ICertificates(address(this)));
    }

    function check_records_follow_each_other(Kilograms taken, Kilograms balance, Kilograms[4] calldata lots) external {
        _credits.start(taken, balance, address(this));
        _retire(lots[0], lots[1]);
        _credits.cancel(_lots(lots[2]), address(this), ICredits.CancellationKind.Voluntary, "");
        _credits.retire(_lots(lots[3]), address(this), address(1234), ICredits.Purpose.Voluntary, 0);

        uint256 end = Kilograms.unwrap(taken);
        for (uint40 i; i < 4; ++i) {
            (uint256 from, uint256 kilograms) = _record(i);
            assert(from == end);
            assert(kilograms == Kilograms.unwrap(lots[i]) && kilograms != 0);
            end += kilograms;
        }
        assert(Kilograms.unwrap(_credits.batch(BATCH).taken) == end);
        uint256 burnt = end - Kilograms.unwrap(taken);
        assert(_credits.balanceOf(address(this), 1) == Kilograms.unwrap(balance) - burnt);
    }

    /// @dev What `Credits` asks of `Certificates`.
    function announce(address, RetirementId, uint256) external {}

    function _retire(Kilograms first, Kilograms second) private {
        ICredits.Lot[] memory lots = new ICredits.Lot[](2);
        (lots[0], lots[1]) = (ICredits.Lot(BATCH, first), ICredits.Lot(BATCH, second));
        _credits.retire(lots, address(this), address(1234), ICredits.Purpose.Voluntary, 0);
    }

    function _lots(Kilograms kilograms) private pure returns (ICredits.Lot[] memory lots) {
        lots = new ICredits.Lot[](1);
        lots[0] = ICredits.Lot(BATCH, kilograms);
    }

    /// @dev The records in order: retirements 1 and 2, cancellation 1, retirement 3.
    function _record(uint40 i) private view returns (uint256 from, uint256 kilograms) {
        if (i == 2) {
            ICredits.Cancellation memory cancellation = _credits.cancellation(CancellationId.wrap(1));
            return (Kilograms.unwrap(cancellation.from), Kilograms.unwrap(cancellation.kilograms));
        }
        ICredits.Retirement memory retirement = _credits.retirement(RetirementId.wrap(i < 2 ? i + 1 : 3));
        return (Kilograms.unwrap(retirement.from), Kilograms.unwrap(retirement.kilograms));
    }
}
