// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../../contracts/interfaces/IERC7943MultiToken.sol";
import {ILabels} from "../../../../contracts/interfaces/ILabels.sol";
import {IProjects} from "../../../../contracts/interfaces/IProjects.sol";
import {IRedemptions} from "../../../../contracts/interfaces/IRedemptions.sol";
import {IShortfalls} from "../../../../contracts/interfaces/IShortfalls.sol";
import {ProgrammeId, ProjectId} from "../../../../contracts/types/Ids.sol";
import {Twin} from "./Twin.sol";

/// @dev An honest call is not refused: what a refusal names must be true by the events so far. A call of several lots or
/// orders may fail at a later one, whose figures are then at most those before the call.
abstract contract Refusals is Twin {
    /// @dev False after a panic or an untrue refusal, which are violations.
    function _isSound(bytes memory answer) internal returns (bool) {
        bytes4 selector = bytes4(answer);
        if (selector == 0x4e487b71) {
            _violate("a panic");
        } else if (selector == ICredits.SerialBlockOverlaps.selector) {
            _checkOverlap(answer);
        } else if (!_isTrueOfVerifications(selector, answer)) {
            _violate("I6: refused for a period, a gap or a quantity that is not so");
        } else if (!_isTrueOfHoldings(selector, answer)) {
            _violate("refused for a balance, a freeze or an approval that is not so");
        } else if (!_isTrueOfRedemptions(selector, answer)) {
            _violate("refused for a redemption that is not so");
        } else if (!_isTrueOfLabels(selector, answer)) {
            _violate("refused for a label that is not so");
        } else if (!_isTrueOfClaims(selector, answer)) {
            _violate("I8: refused for a claim that is not so");
        } else if (!_isTrueOfShortfalls(selector, answer)) {
            _violate("refused for a shortfall that is not so");
        }
        return bytes(violation).length == 0;
    }

    function _checkOverlap(bytes memory e) private {
        uint256 id = _word(e, 3);
        if (id == 0 || id > blocks.length + 1) _violate("I2: refused for a batch that is not there");
        if (id == 0 || id > blocks.length) return; // the first order of this very call has taken it
        Block memory taken = blocks[id - 1];
        bool truth = taken.namespace == bytes32(_word(e, 0)) && taken.first == _word(e, 4) && taken.last == _word(e, 5)
            && _word(e, 1) <= taken.last && taken.first <= _word(e, 2);
        if (!truth) _violate("I2: refused an honest block");
    }

    function _isTrueOfVerifications(bytes4 selector, bytes memory e) private view returns (bool) {
        if (selector == IProjects.MonitoringPeriodOverlaps.selector) {
            Statement memory taken = statements[_word(e, 3) - 1];
            return taken.component == _word(e, 0) && taken.start == _word(e, 4) && taken.end == _word(e, 5)
                && _word(e, 1) <= taken.end && taken.start <= _word(e, 2) && taken.everAccepted;
        }
        if (selector == IProjects.MonitoringGap.selector) {
            uint32 component = statements[_word(e, 0) - 1].component;
            (uint256 start, uint256 end) = (_word(e, 2), _word(e, 3));
            return start <= end && _covering(component, start) == 0 && _covering(component, end) == 0;
        }
        if (selector == IProjects.VerificationStatusIs.selector) {
            Statement memory entry = statements[_word(e, 0) - 1];
            (uint256 actual, uint256 needed) = (_word(e, 1), _word(e, 2));
            bool right = entry.withdrawn
                ? actual > uint256(IProjects.VerificationStatus.Accepted)
                : actual
                    == uint256(
                        entry.everAccepted
                            ? IProjects.VerificationStatus.Accepted
                            : IProjects.VerificationStatus.Proposed
                    );
            return right && actual != needed;
        }
        if (selector == IProjects.VerifiedQuantityExceeded.selector) {
            (uint256 id, uint256 asked, uint256 remaining) = (_word(e, 0), _word(e, 1), _word(e, 2));
            (uint256 verified, uint256 issued) = (statements[id - 1].verified, _issuedInClaim(id));
            return asked > remaining && remaining <= (verified > issued ? verified - issued : 0);
        }
        if (selector == IProjects.ReversalNotMadeGood.selector) {
            (uint256 lost,) = _outstanding(_word(e, 0));
            return lost == _word(e, 1) && lost != 0;
        }
        return true;
    }

    function _isTrueOfHoldings(bytes4 selector, bytes memory e) private view returns (bool) {
        if (selector == IERC1155Errors.ERC1155InsufficientBalance.selector) {
            (uint256 balance, uint256 needed) = (_word(e, 1), _word(e, 2));
            return balance < needed && balance <= held[_word(e, 3)][_named(e, 0)];
        }
        if (selector == IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector) {
            (uint256 amount, uint256 unfrozen) = (_word(e, 2), _word(e, 3));
            uint256 has = held[_word(e, 1)][_named(e, 0)];
            uint256 withheld = frozenAmounts[_named(e, 0)][_word(e, 1)];
            // A confirmation moves nothing of the holder's: it waits while less is on hand than is frozen.
            bool short = amount > unfrozen || (amount == 0 && has < withheld);
            return withheld != 0 && short && unfrozen <= (has > withheld ? has - withheld : 0);
        }
        if (selector == ICredits.FrozenBy.selector) return frozen[uint8(_word(e, 0))][_word(e, 1)];
        bool closed = selector == IERC7943MultiToken.ERC7943CannotSend.selector
            || selector == IERC7943MultiToken.ERC7943CannotReceive.selector;
        if (closed) {
            address account = _named(e, 0);
            return frozen[3][uint160(account)] || account == credits.BUFFER() || account == address(redemptions);
        }
        if (selector == ICredits.NotHolderNorApproved.selector) {
            (address holder, address account) = (_named(e, 0), _named(e, 1));
            return holder != account && !credits.isApprovedForAll(holder, account);
        }
        return true;
    }

    function _isTrueOfRedemptions(bytes4 selector, bytes memory e) private view returns (bool) {
        if (selector == IRedemptions.NotOperatorOfBatch.selector) {
            return !programmes.isOperator(ProgrammeId.wrap(origins[_word(e, 0)].programme), _named(e, 1));
        }
        bool ofRequest = selector == IRedemptions.RedemptionWaiting.selector
            || selector == IRedemptions.RedemptionStatusIs.selector
            || selector == IRedemptions.RedemptionSerialsDiffer.selector;
        if (!ofRequest) return true;
        Request memory entry = requests[_word(e, 0) - 1];
        if (selector == IRedemptions.RedemptionWaiting.selector) {
            return _word(e, 1) == entry.requestedAt + 14 days && block.timestamp < _word(e, 1);
        }
        if (selector == IRedemptions.RedemptionStatusIs.selector) {
            return _word(e, 1) == uint256(entry.status) && _word(e, 1) != _word(e, 2);
        }
        uint256 last = blocks[entry.batch - 1].last - tallies[entry.batch].redeemed / 1000;
        return _word(e, 2) == last && _word(e, 1) == last + 1 - entry.kilograms / 1000;
    }

    function _isTrueOfLabels(bytes4 selector, bytes memory e) private view returns (bool) {
        bytes32 label = bytes32(_word(e, 0));
        if (selector == ILabels.FrameworkUnknown.selector) return frameworks[label].admittedAt == 0;
        if (selector == ILabels.FrameworkTaken.selector) return frameworks[label].admittedAt != 0;
        if (selector == ILabels.NotBody.selector) {
            return _named(e, 1) == address(0) || frameworks[label].body != _named(e, 1);
        }
        if (selector == ILabels.NotHost.selector) return hosts[label] != _named(e, 1); // by country
        if (selector == ILabels.BatchNotAuthorised.selector) {
            (uint256 project, uint256 year) = (_word(e, 1), _word(e, 2));
            return namings[_word(e, 0)] != claims[project][year].letter || claims[project][year].uses == 0;
        }
        if (selector == ILabels.LabelMissing.selector) {
            label = bytes32(_word(e, 2));
            (uint16 missing,) = _evaluate(_word(e, 0), label, uint48(block.timestamp));
            return demanded[_word(e, 1)] == label && missing == _word(e, 3) && missing != 0;
        }
        return true;
    }

    function _isTrueOfClaims(bytes4 selector, bytes memory e) private view returns (bool) {
        if (e.length < 68) return true;
        Claim memory claim = claims[_word(e, 0)][_word(e, 1)];
        if (selector == ILabels.NotAuthorised.selector) {
            uint256 use = _word(e, 2);
            if (use == 0) return claim.uses == 0;
            return claim.uses & (1 << use) == 0 || claim.said >= block.timestamp;
        }
        if (selector == ILabels.AuthorisationExceeded.selector) {
            return _word(e, 2) > _word(e, 3) && _word(e, 3) <= claim.cap - claim.transferred;
        }
        if (selector == ILabels.HostUseExcluded.selector) {
            return claim.uses != 0 && claim.cap == _word(e, 2) && claim.cap > _word(e, 3);
        }
        if (selector == ILabels.AlreadyAdjusted.selector) return claim.adjusted;
        if (selector == ILabels.VintageBeforeNdc.selector) return _word(e, 1) < 2021;
        if (selector == ILabels.CapBelowTransferred.selector) {
            return _word(e, 2) < _word(e, 3) && _word(e, 3) == claim.transferred;
        }
        if (selector == ILabels.CapAboveIssued.selector) {
            return _word(e, 2) > _word(e, 3) && _word(e, 3) <= _issuedOf(_word(e, 0), _word(e, 1));
        }
        return true;
    }

    function _isTrueOfShortfalls(bytes4 selector, bytes memory e) private view returns (bool) {
        if (selector == IShortfalls.ShortfallExceeded.selector) {
            (uint256 id, uint256 asked, uint256 outstanding) = (_word(e, 0), _word(e, 1), _word(e, 2));
            if (id > told.length) return id == told.length + 1 && asked > outstanding; // reported in this very call
            return asked > outstanding && outstanding == told[id - 1].kilograms - told[id - 1].madeGood;
        }
        if (selector == IShortfalls.ReportExceeded.selector) {
            uint256 remaining = origins[_word(e, 0)].kilograms - marked[_word(e, 0)] - lostOf[_word(e, 0)];
            return _word(e, 1) > _word(e, 2) && _word(e, 2) <= remaining; // less where two lots are one batch's
        }
        if (selector == IShortfalls.ShortfallIsAnnulled.selector) return told[_word(e, 0) - 1].annulled;
        if (selector == IShortfalls.ReversalOutstanding.selector) {
            (uint256 lost,) = _outstanding(_word(e, 0));
            return lost == _word(e, 1) && lost != 0;
        }
        if (selector == IShortfalls.NotAReversal.selector) return !told[_word(e, 0) - 1].reversal;
        if (selector == IShortfalls.NotOperatorOfProject.selector) {
            ProgrammeId owner = projects.project(ProjectId.wrap(uint32(_word(e, 0)))).programme;
            return !programmes.isOperator(owner, _named(e, 1));
        }
        return true;
    }

    /// @dev Argument `index` of an error.
    function _word(bytes memory answer, uint256 index) private pure returns (uint256 word) {
        require(answer.length >= 36 + 32 * index, "an error of fewer arguments");
        assembly ("memory-safe") {
            word := mload(add(answer, add(36, mul(32, index))))
        }
    }

    function _named(bytes memory answer, uint256 index) private pure returns (address) {
        return address(uint160(_word(answer, index)));
    }
}
