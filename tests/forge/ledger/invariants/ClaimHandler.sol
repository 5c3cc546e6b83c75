// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../../contracts/interfaces/ILabels.sol";
import {IProjects} from "../../../../contracts/interfaces/IProjects.sol";
import {IShortfalls} from "../../../../contracts/interfaces/IShortfalls.sol";
import {
    BatchId,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    ShortfallId,
    VerificationId
} from "../../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../../contracts/types/Kilograms.sol";
import {vm} from "../Cheats.sol";
import {OrderHandler} from "./OrderHandler.sol";

/// @dev An entry for every state-changing function of labels and shortfalls, as `Handler` has them for the others.
abstract contract ClaimHandler is OrderHandler {
    address private constant HOST = address(0x4057);
    bytes32[4] private _spareLabels = [bytes32("CORSIA-2"), "CCER", "A6-OTHER", "no label"];

    /// @dev Three frameworks with an approval or two each, a host that has authorised, a reversal and an over-issuance.
    constructor() {
        accounts.push(HOST); // which holds what it uses
        _foundFramework("CCP", ILabels.Rule(true, true, ILabels.Use.None, false));
        _foundFramework("CORSIA-1", ILabels.Rule(true, false, ILabels.Use.InternationalMitigation, true));
        _foundFramework("A6-NDC", ILabels.Rule(false, false, ILabels.Use.Ndc, false));
        _call(address(this), address(labels), abi.encodeCall(ILabels.setHost, ("KE", HOST)));
        for (uint16 i = 1; i <= 3; ++i) {
            _call(
                _body("CCP"),
                address(labels),
                abi.encodeCall(
                    ILabels.approveMethodology, ("CCP", MethodologyId.wrap(i), _wide(), ILabels.Decision(0, 0, ""))
                )
            );
            for (uint256 j; j < 2; ++j) {
                bytes32 label = [bytes32("CCP"), "CORSIA-1"][j];
                _call(
                    _body(label),
                    address(labels),
                    abi.encodeCall(
                        ILabels.approveProgramme, (label, ProgrammeId.wrap(i), _wide(), ILabels.Decision(0, 0, ""))
                    )
                );
            }
        }
        BatchId[] memory batches = new BatchId[](1);
        batches[0] = BatchId.wrap(4);
        _call(
            HOST,
            address(labels),
            abi.encodeCall(
                ILabels.authorise,
                (ProjectId.wrap(4), 2021, 6, Kilograms.wrap(9000), batches, ILabels.Decision(0, 0, ""))
            )
        );
        vm.warp(block.timestamp + 1);
    }

    function _foundFramework(bytes32 label, ILabels.Rule memory rule) private {
        _call(address(this), address(labels), abi.encodeCall(ILabels.admitFramework, (label, accounts[1], rule)));
    }

    // frameworks

    function admitFramework(uint256 seed) external entry(seed) {
        if (admitted.length > 5) revert Refused();
        ILabels.Rule memory rule = ILabels.Rule(_any(2) == 0, _any(2) == 0, ILabels.Use(_any(4)), _any(2) == 0);
        bytes32 label = _any(8) == 0 ? _label() : _spareLabels[_any(4)];
        _gov(address(labels), abi.encodeCall(ILabels.admitFramework, (label, _body(0), rule)));
    }

    function rotateBody(uint256 seed) external entry(seed) {
        _gov(address(labels), abi.encodeCall(ILabels.rotateBody, (_label(), _body(0))));
    }

    function setHost(uint256 seed) external entry(seed) {
        bytes2 country = _any(4) == 0 ? bytes2("ET") : bytes2("KE");
        address authority = _any(4) == 0 ? _account() : HOST;
        if (hosts["KE"] != address(0) && _any(6) == 0) authority = address(0);
        _gov(address(labels), abi.encodeCall(ILabels.setHost, (country, authority)));
    }

    function demandLabel(uint256 seed) external entry(seed) {
        bytes32 label = _any(3) == 0 ? _label() : bytes32(0);
        _gov(address(labels), abi.encodeCall(ILabels.demandLabel, (ICredits.Purpose(_any(6)), label)));
    }

    // approvals

    function approveProgramme(uint256 seed) external entry(seed) {
        bytes32 label = _label();
        _asBody(
            label,
            abi.encodeCall(
                ILabels.approveProgramme,
                (label, ProgrammeId.wrap(uint16(_upTo(_programmeCount))), _approval(), _decision())
            )
        );
    }

    function withdrawProgramme(uint256 seed) external entry(seed) {
        bytes32 label = _label();
        _asBody(label, abi.encodeCall(ILabels.withdrawProgramme, (label, _programme(), _decision())));
    }

    function approveMethodology(uint256 seed) external entry(seed) {
        bytes32 label = _label();
        _asBody(
            label,
            abi.encodeCall(
                ILabels.approveMethodology,
                (label, MethodologyId.wrap(_upTo(_methodologyCount)), _approval(), _decision())
            )
        );
    }

    function withdrawMethodology(uint256 seed) external entry(seed) {
        bytes32 label = _label();
        _asBody(label, abi.encodeCall(ILabels.withdrawMethodology, (label, _methodology(), _decision())));
    }

    function setActivityTypeExclusion(uint256 seed) external entry(seed) {
        bytes32 label = _label();
        bytes32 activityType = [bytes32("AFOLU"), "AFOLU", "AFOLU", 0, 0, "ENERGY"][_any(6)];
        _asBody(
            label,
            abi.encodeCall(
                ILabels.setActivityTypeExclusion, (label, _programme(), activityType, _any(3) == 0, _decision())
            )
        );
    }

    function setMethodologyExclusion(uint256 seed) external entry(seed) {
        bytes32 label = _label();
        _asBody(
            label, abi.encodeCall(ILabels.setMethodologyExclusion, (label, _methodology(), _any(3) == 0, _decision()))
        );
    }

    function setGuarantee(uint256 seed) external entry(seed) {
        bytes32 label = _label();
        (ProjectId project, uint16 year) = _projectYear();
        _asBody(label, abi.encodeCall(ILabels.setGuarantee, (label, project, year, _any(2) == 0, _decision())));
    }

    // hosts

    function authorise(uint256 seed) external entry(seed) {
        (ProjectId project, uint16 year) = _projectYear();
        BatchId[] memory batches = _batchesOf(project, year);
        uint256 issued = _issuedOf(ProjectId.unwrap(project), year);
        uint8 uses = uint8(2 * (1 + _any(7))); // any of the three
        if (_any(16) == 0) uses = uint8(_any(32));
        if (_any(16) == 0 && batches.length != 0) batches[_any(batches.length)] = BatchId.wrap(_upTo(blocks.length));
        uint256 cap = _any(3) == 0 ? issued : _any(issued + 2000);
        if (_any(30) == 0) cap = type(uint48).max;
        _asHost(
            abi.encodeCall(ILabels.authorise, (project, year, uses, Kilograms.wrap(uint48(cap)), batches, _decision()))
        );
    }

    function revoke(uint256 seed) external entry(seed) {
        (ProjectId project, uint16 year) = _projectYear();
        for (uint256 i; i < 8 && claims[ProjectId.unwrap(project)][year].uses == 0; ++i) {
            (project, year) = _projectYear();
        }
        _asHost(abi.encodeCall(ILabels.revoke, (project, year, _decision())));
    }

    function recordAdjustment(uint256 seed) external entry(seed) {
        (ProjectId project, uint16 year) = _projectYear();
        _asHost(abi.encodeCall(ILabels.recordAdjustment, (project, year, _decision())));
    }

    function recordRetirement(uint256 seed) external entry(seed) {
        BatchId batch = BatchId.wrap(uint32(1 + _any(blocks.length)));
        _call(
            _anyone(),
            address(labels),
            abi.encodeCall(ILabels.recordRetirement, (batch, ICredits.Purpose(_any(6)), Kilograms.wrap(1), _account()))
        );
        _violate("I8: somebody recorded a retirement");
    }

    /// @dev For CORSIA or toward the host's own NDC, of what somebody holds: I8 from both sides, and at a cap's edge.
    function claim(uint256 seed) external entry(seed) {
        ICredits.Purpose purpose = ICredits.Purpose(1 + _any(3));
        (uint32 batch, address holder) = _claimable(purpose != ICredits.Purpose.HostNdc || _any(6) == 0);
        if (purpose == ICredits.Purpose.HostNdc && _any(6) != 0) holder = _toHost(batch, holder);
        Claim memory open = claims[origins[batch].project][origins[batch].year];
        uint256 amount = 1 + _any(held[batch][holder] + 1);
        uint256 kind = _any(4);
        if (kind < 2 && open.cap > open.transferred) amount = open.cap - open.transferred + kind;
        ICredits.Lot[] memory lots = new ICredits.Lot[](1 + _any(2));
        for (uint256 i; i < lots.length; ++i) {
            lots[i] = ICredits.Lot(BatchId.wrap(batch), Kilograms.wrap(uint48(amount / (1 + _any(2)))));
        }
        bytes memory data = abi.encodeCall(ICredits.retire, (lots, holder, _account(), purpose, bytes32(0)));
        _callFor(holder, address(credits), data);
    }

    /// @dev Part of what the holder has, given to the host country.
    function _toHost(uint32 batch, address holder) private returns (address host) {
        host = hosts["KE"];
        if (host == address(0)) return holder;
        uint256 part = 1 + _any(held[batch][holder] / 2 + 1);
        _call(holder, address(credits), abi.encodeCall(IERC1155.safeTransferFrom, (holder, host, batch, part, "")));
    }

    /// @dev A holder and its batch, whose year is authorised or not, if a few tries find them.
    function _claimable(bool authorised) private returns (uint32 batch, address holder) {
        for (uint256 i; i < 40; ++i) {
            (batch, holder) = (uint32(1 + _any(batchCount)), _account());
            bool open = claims[origins[batch].project][origins[batch].year].uses != 0;
            if (open == authorised && held[batch][holder] != 0) break;
        }
    }

    // shortfalls

    function reportReversal(uint256 seed) external entry(seed) {
        if (told.length > 40 || _any(3) != 0) revert Refused(); // rarely, or nothing would be issued
        ProjectId project = _bufferedProject();
        (ICredits.Lot[] memory lots, uint256 sum) = _bufferLots(project);
        uint256 kilograms = sum + (_any(2) == 0 ? 0 : _any(3000));
        if (_any(8) == 0) kilograms = _any(2000);
        if (_any(40) == 0) kilograms = type(uint48).max;
        if (_any(2) == 0) lots = new ICredits.Lot[](0);
        ICredits.Lot[] memory lost = new ICredits.Lot[](1 + _any(4) / 3);
        for (uint256 i; i < lost.length; ++i) {
            lost[i] = ICredits.Lot(_batchOf(project), Kilograms.wrap(uint48(kilograms / lost.length)));
        }
        _asOperator(project, abi.encodeCall(IShortfalls.reportReversal, (project, lost, lots, _evidence(), "case")));
    }

    /// @dev A batch of the project, if a few tries find it.
    function _batchOf(ProjectId project) private returns (BatchId) {
        uint32 id;
        for (uint256 i; i < 12; ++i) {
            id = uint32(1 + _any(batchCount));
            if (origins[id].project == ProjectId.unwrap(project)) break;
        }
        return BatchId.wrap(id);
    }

    function annul(uint256 seed) external entry(seed) {
        if (told.length == 0 || _any(3) != 0) revert Refused();
        ShortfallId id = ShortfallId.wrap(uint32(1 + _any(told.length)));
        bool before = told[ShortfallId.unwrap(id) - 1].annulled;
        _gov(address(shortfalls), abi.encodeCall(IShortfalls.annul, (id, "reason")));
        if (before) _violate("a report was annulled twice");
    }

    function coverReversal(uint256 seed) external entry(seed) {
        ShortfallId id = _shortfall(true);
        ProjectId project = ProjectId.wrap(told[ShortfallId.unwrap(id) - 1].project);
        (ICredits.Lot[] memory lots,) = _bufferLots(project);
        _cutTo(lots, id);
        _asOperator(project, abi.encodeCall(IShortfalls.coverReversal, (id, lots)));
    }

    function markOverIssued(uint256 seed) external entry(seed) {
        if (told.length > 40 || _any(2) == 0) revert Refused();
        uint32 batch = uint32(1 + _any(blocks.length));
        uint256 kilograms = _any(4) == 0 ? origins[batch].kilograms : 1 + _any(1500);
        _asOperator(
            ProjectId.wrap(origins[batch].project),
            abi.encodeCall(
                IShortfalls.markOverIssued,
                (BatchId.wrap(batch), Kilograms.wrap(uint48(kilograms)), _evidence(), "case")
            )
        );
    }

    function makeGood(uint256 seed) external entry(seed) {
        ShortfallId id = _shortfall(false);
        (ICredits.Lot[] memory lots, address holder) = _lots();
        _cutTo(lots, id);
        if (_any(16) == 0) {
            holder = [credits.BUFFER(), address(redemptions)][_any(2)];
            _call(_anyone(), address(shortfalls), abi.encodeCall(IShortfalls.makeGood, (id, lots, holder)));
            _violate("somebody made good from a reserve");
        }
        _callFor(holder, address(shortfalls), abi.encodeCall(IShortfalls.makeGood, (id, lots, holder)));
    }

    function releaseBuffer(uint256 seed) external entry(seed) {
        ProjectId project = _bufferedProject();
        (ICredits.Lot[] memory lots, uint256 sum) = _bufferLots(project);
        IShortfalls.BufferRelease memory release = _release(project, sum);
        uint32 id = uint32(1 + _any(_vvbCount));
        uint256 secret = _vvbSecrets[id - 1];
        if (secret == 0) revert Refused();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, shortfalls.releaseDigest(release));
        bytes memory signature = abi.encodePacked(r, s, v);
        uint256 garbage = _any(12);
        if (garbage == 0) release.salt = ~release.salt;
        if (garbage == 1) signature[_any(64)] ^= 0x01;
        if (garbage == 2) release.kilograms = Kilograms.wrap(uint48(sum + 1));
        address signer = _vvb(id);
        address recipient = _recipient();
        bytes memory data = abi.encodeCall(IShortfalls.releaseBuffer, (release, signer, signature, lots, recipient));
        _asOperator(project, data);
        if (garbage < 3 || signer != vm.addr(secret)) _violate("a forged release passed");
        if (_any(2) == 0) _asOperator(project, data); // again: the twin says that it must be refused
    }

    function _release(ProjectId project, uint256 sum) private returns (IShortfalls.BufferRelease memory release) {
        IProjects.Project memory subject = projects.project(project);
        release.project = project;
        (release.programmeCode, release.projectCode) = (programmes.programmeCode(subject.programme), subject.code);
        (release.kilograms, release.evidence) = (Kilograms.wrap(uint48(sum)), "evidence");
        (release.deadline, release.salt) = (uint48(block.timestamp), bytes32(_any(9)));
        if (_any(40) == 0) release.projectCode = "B";
        if (_any(20) == 0) --release.deadline;
    }

    function setOutstanding(uint256 seed) external entry(seed) {
        ProjectId project = ProjectId.wrap(uint32(1 + _any(_projectCount)));
        _call(_anyone(), address(projects), abi.encodeCall(IProjects.setOutstanding, (project, Kilograms.wrap(0))));
        _violate("somebody set what is outstanding");
    }

    function cancelFor(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        ICredits.CancellationKind kind = ICredits.CancellationKind(_any(7));
        _call(_anyone(), address(credits), abi.encodeCall(ICredits.cancelFor, (lots, holder, kind)));
        _violate("somebody cancelled in another's name");
    }

    function releaseBufferLots(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots,) = _bufferLots(ProjectId.wrap(uint32(1 + _any(_projectCount))));
        _call(_anyone(), address(credits), abi.encodeCall(ICredits.releaseBuffer, (lots, _account())));
        _violate("somebody opened the buffer");
    }

    // what the entries are made of

    function _asBody(bytes32 label, bytes memory data) private {
        _call(_any(10) == 0 ? _anyone() : frameworks[label].body, address(labels), data);
    }

    function _asHost(bytes memory data) private {
        _call(_any(10) == 0 ? _anyone() : hosts["KE"], address(labels), data);
    }

    function _asOperator(ProjectId project, bytes memory data) private {
        _call(_operatorOrAnyone(projects.project(project).programme), address(shortfalls), data);
    }

    /// @dev A body's account; of a label that is admitted, its own.
    function _body(bytes32 label) private returns (address) {
        return label == 0 ? accounts[_any(accounts.length)] : frameworks[label].body;
    }

    function _label() internal returns (bytes32) {
        return _any(40) == 0 ? bytes32("NONE") : admitted[_any(admitted.length)];
    }

    function _wide() private pure returns (ILabels.Approval memory) {
        return ILabels.Approval(false, 0, type(uint32).max, 0, 0);
    }

    function _approval() private returns (ILabels.Approval memory approval) {
        approval = _wide();
        approval.conditional = _any(4) == 0;
        if (_any(3) == 0) approval.vintageStart = DAY + uint32(_any(300));
        if (_any(3) == 0) approval.vintageEnd = approval.vintageStart + uint32(_any(300));
        if (_any(4) == 0) approval.creditingFrom = DAY + uint32(_any(2));
        if (_any(4) == 0) approval.recognises = _label();
        if (_any(30) == 0) (approval.vintageStart, approval.vintageEnd) = (DAY, DAY - 1);
    }

    function _decision() private returns (ILabels.Decision memory) {
        return ILabels.Decision(_evidence(), uint32(_any(30_000)), "source");
    }

    function _evidence() private returns (bytes32) {
        return _any(30) == 0 ? bytes32(0) : bytes32("evidence");
    }

    /// @dev Mostly a batch's; now and then one that has none.
    function _projectYear() private returns (ProjectId, uint16) {
        Origin memory origin = origins[1 + _any(batchCount)];
        if (_any(10) == 0) return (ProjectId.wrap(_upTo(_projectCount)), uint16(2019 + _any(4)));
        return (ProjectId.wrap(origin.project), origin.year);
    }

    function _batchesOf(ProjectId project, uint16 year) private view returns (BatchId[] memory batches) {
        batches = new BatchId[](batchCount);
        uint256 count;
        for (uint32 id = 1; id <= batchCount; ++id) {
            bool fits = origins[id].project == ProjectId.unwrap(project) && origins[id].year == year;
            if (fits) batches[count++] = BatchId.wrap(id);
        }
        assembly ("memory-safe") {
            mstore(batches, count)
        }
    }

    /// @dev One with units in the buffer, if a few tries find it.
    function _bufferedProject() private returns (ProjectId id) {
        for (uint256 i; i < 12; ++i) {
            id = ProjectId.wrap(uint32(1 + _any(_projectCount)));
            if (_hasBuffer(ProjectId.unwrap(id))) return id;
        }
    }

    function _hasBuffer(uint32 project) private view returns (bool) {
        for (uint256 id = 1; id <= batchCount; ++id) {
            if (origins[id].project == project && held[id][credits.BUFFER()] != 0) return true;
        }
        return false;
    }

    /// @dev Up to two lots of the project's batches in the buffer, within what is there; now and then beyond, or of the
    /// others'.
    function _bufferLots(ProjectId project) private returns (ICredits.Lot[] memory lots, uint256 sum) {
        lots = new ICredits.Lot[](2);
        uint256 count;
        uint256 from = _any(batchCount);
        bool foreign = _any(12) == 0;
        for (uint256 i; i < batchCount && count < 2; ++i) {
            uint256 id = 1 + (from + i) % batchCount;
            uint256 has = held[id][credits.BUFFER()];
            if (has == 0 || (origins[id].project == ProjectId.unwrap(project)) == foreign) continue;
            uint256 amount = _any(40) == 0 ? has + 1 : _any(2) == 0 ? has : 1 + _any(has);
            lots[count++] = ICredits.Lot(BatchId.wrap(uint32(id)), Kilograms.wrap(uint48(amount)));
            sum += amount;
        }
        assembly ("memory-safe") {
            mstore(lots, count)
        }
    }

    /// @dev One that is not made good yet, if a few tries find it.
    function _shortfall(bool reversal) private returns (ShortfallId) {
        if (told.length == 0) revert Refused();
        uint256 index;
        for (uint256 i; i < 12; ++i) {
            index = _any(told.length);
            bool open = told[index].madeGood < told[index].kilograms && !told[index].annulled
                && (!reversal || (told[index].reversal && _hasBuffer(told[index].project)));
            if (open) break;
        }
        return ShortfallId.wrap(uint32(index + 1));
    }

    /// @dev Mostly no more than what is missing.
    function _cutTo(ICredits.Lot[] memory lots, ShortfallId id) private {
        Shortfall memory entry = told[ShortfallId.unwrap(id) - 1];
        uint256 missing = entry.kilograms - entry.madeGood;
        if (_any(10) == 0) return;
        for (uint256 i; i < lots.length; ++i) {
            uint256 amount = Kilograms.unwrap(lots[i].kilograms);
            if (amount > missing) lots[i].kilograms = Kilograms.wrap(uint48(missing));
            missing -= Kilograms.unwrap(lots[i].kilograms);
        }
    }
}
