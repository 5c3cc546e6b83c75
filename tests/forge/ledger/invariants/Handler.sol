// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ICertificates} from "../../../../contracts/interfaces/ICertificates.sol";
import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IProgrammes} from "../../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../../contracts/interfaces/IProjects.sol";
import {IRedemptions} from "../../../../contracts/interfaces/IRedemptions.sol";
import {
    ActivityId,
    BatchId,
    ComponentId,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    RedemptionId,
    RetirementId,
    VerificationId,
    VvbId
} from "../../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../../contracts/types/Kilograms.sol";
import {vm} from "../Cheats.sol";
import {Receiver} from "../Receiver.sol";
import {Refusals} from "./Refusals.sol";

/// @dev An entry for every state-changing function of the contracts that make and move credits; `ClaimHandler` has those
/// of labels and shortfalls. Each makes one call from one number: mostly sound,
/// now and then garbage in one argument or from the wrong account. A refused call reverts the entry, so that forge's
/// own table tells how often each function succeeds.
abstract contract Handler is Refusals {
    error Refused();

    uint32 internal constant DAY = 18_500; // periods lie in the 300 days from here: 2020 and 2021
    uint64 internal constant TOP = type(uint64).max - 60; // a second stretch of serials, at the upper end

    address[] public accounts;
    mapping(address account => uint256) internal secrets; // of those that sign orders
    Receiver[] internal _receivers;
    uint256[] internal _vvbSecrets; // by VVB id - 1: who signs for it now
    uint256 internal _fresh = 0xF5E5;
    uint256 internal _seed;

    uint16 internal _programmeCount;
    uint32 internal _methodologyCount;
    uint32 internal _vvbCount;
    uint32 internal _activityCount;
    uint32 internal _componentCount;
    uint32 internal _projectCount;
    bytes32[4] internal _roots = [bytes32("VCS-VCU"), "ACR", "GS1", "CCER"];

    constructor() {
        deploy();
        for (uint256 i; i < 4; ++i) {
            accounts.push(vm.addr(0xACC0 + i));
            secrets[accounts[i]] = 0xACC0 + i;
        }
        for (uint256 i; i < 2; ++i) {
            _receivers.push(new Receiver());
            accounts.push(address(_receivers[i]));
        }
        _found();
    }

    /// @dev A world in which every function can succeed at once: three programmes, two of them on one activity.
    function _found() private {
        for (uint256 i; i < 3; ++i) {
            _call(
                address(this),
                address(programmes),
                abi.encodeCall(IProgrammes.admitProgramme, (_name("P", i), _freshAccount()))
            );
            ++_programmeCount;
        }
        _call(
            address(this),
            address(programmes),
            abi.encodeCall(IProgrammes.registerRoot, (_roots[0], ProgrammeId.wrap(1), 2, 0))
        );
        _call(
            address(this),
            address(programmes),
            abi.encodeCall(IProgrammes.registerRoot, (_roots[1], ProgrammeId.wrap(2), 5, 28))
        );
        _call(
            address(this),
            address(programmes),
            abi.encodeCall(IProgrammes.registerRoot, (_roots[2], ProgrammeId.wrap(3), 7, 122))
        );
        for (uint256 i; i < 2; ++i) {
            _call(
                address(this), address(programmes), abi.encodeCall(IProgrammes.admitVvb, (_name("V", i), _freshVvb()))
            );
            ++_vvbCount;
        }
        for (uint16 i = 1; i <= 3; ++i) {
            address key = _operator(ProgrammeId.wrap(i));
            _call(
                key,
                address(programmes),
                abi.encodeCall(IProgrammes.registerMethodology, ("M", "1", 0, i == 1 ? 0 : 777))
            );
            ++_methodologyCount;
        }
        _register(1, "A", "SITE-1");
        _register(1, "B", "SITE-2");
        _call(
            _operator(ProgrammeId.wrap(1)),
            address(projects),
            abi.encodeCall(IProjects.consentToJoin, (ActivityId.wrap(1), ProgrammeId.wrap(2)))
        );
        _register(2, "A", "SITE-1");
        _register(3, "A", "SITE-3");
        (_activityCount, _componentCount) = (3, 3);
        for (uint32 i = 1; i <= 4; ++i) {
            _foundVerification(i);
            _foundBatch(i);
        }
    }

    function _register(uint16 programme, bytes32 code, bytes32 site) internal {
        _call(
            _operator(ProgrammeId.wrap(programme)),
            address(projects),
            abi.encodeCall(IProjects.registerProject, (IProjects.Registration(code, "KE", site, "AFOLU", 0, "")))
        );
        ++_projectCount;
    }

    function _foundVerification(uint32 project) internal {
        IProjects.Proposal memory stated;
        stated.project = ProjectId.wrap(project);
        uint16 programme = ProgrammeId.unwrap(projects.project(stated.project).programme);
        stated.methodology = MethodologyId.wrap(programme);
        (stated.periodStart, stated.periodEnd) = (DAY + 60 * project, DAY + 60 * project + 20);
        stated.verified = Kilograms.wrap(25_500);
        (stated.evidenceHash, stated.deadline) = ("evidence", type(uint48).max);
        stated = named(stated);
        _call(_vvb(1), address(projects), abi.encodeCall(IProjects.proposeVerification, (stated)));
        _call(
            _operator(ProgrammeId.wrap(programme)),
            address(projects),
            abi.encodeCall(IProjects.acceptVerification, (VerificationId.wrap(project), HEAD))
        );
    }

    /// @dev Twelve tonnes for an account, two of them asked back; half of the cap stays open.
    function _foundBatch(uint32 i) internal {
        ICredits.Issuance[] memory orders = new ICredits.Issuance[](1);
        ICredits.Issuance memory order = orders[0];
        order.verification = VerificationId.wrap(i);
        uint16 programme = ProgrammeId.unwrap(_programmeOf(order.verification));
        order.root = _roots[programme - 1];
        order.prefix = ["VCS-VCU", "ACR-US-499-2022-2006", "GS1-1-KE-11603-16-2025-30256"][programme - 1];
        (order.first, order.last, order.hint) = (20 * i, 20 * i + 11, HEAD);
        (order.vintageStart, order.vintageEnd) = (DAY + 60 * i, DAY + 60 * i);
        (order.vintageYear, order.custody) = (_year(order.vintageEnd), "custody");
        address holder = accounts[i % accounts.length];
        _call(
            _operator(ProgrammeId.wrap(programme)), address(credits), abi.encodeCall(ICredits.issue, (orders, holder))
        );
        _call(
            holder,
            address(redemptions),
            abi.encodeCall(IRedemptions.request, (BatchId.wrap(i), Kilograms.wrap(2000), holder))
        );
    }

    modifier entry(uint256 seed) {
        _seed = seed;
        passesFreezes = false;
        if (_any(3) == 0) vm.warp(block.timestamp + 1);
        _;
    }

    // Programmes

    function admitProgramme(uint256 seed) external entry(seed) {
        if (_programmeCount > 4) revert Refused();
        _gov(address(programmes), abi.encodeCall(IProgrammes.admitProgramme, (_freshName("P"), _newKey())));
        ++_programmeCount;
    }

    function suspendProgramme(uint256 seed) external entry(seed) {
        if (_any(3) != 0) revert Refused(); // rarely, or nothing else would go on
        _gov(address(programmes), abi.encodeCall(IProgrammes.suspendProgramme, (_programme(), "")));
    }

    function reinstateProgramme(uint256 seed) external entry(seed) {
        ProgrammeId id = _programme();
        for (uint256 i; i < 8 && programmes.programme(id).standing == IProgrammes.Standing.Active; ++i) {
            id = _programme();
        }
        _gov(address(programmes), abi.encodeCall(IProgrammes.reinstateProgramme, (id, "")));
    }

    function rotateOperator(uint256 seed) external entry(seed) {
        _gov(address(programmes), abi.encodeCall(IProgrammes.rotateOperator, (_programme(), _newKey())));
    }

    function registerRoot(uint256 seed) external entry(seed) {
        bytes32[5] memory roots = [_roots[3], _roots[0], "CCER-1", "vcu", "A--B"];
        ProgrammeId owner = _programme();
        _gov(address(programmes), abi.encodeCall(IProgrammes.registerRoot, (roots[_any(5)], owner, 0, uint16(_any(9)))));
    }

    function registerMethodology(uint256 seed) external entry(seed) {
        if (_methodologyCount > 12) revert Refused();
        address key = _operatorOrAnyone(_programme());
        _call(
            key,
            address(programmes),
            abi.encodeCall(
                IProgrammes.registerMethodology, (_freshName("M"), "1", uint8(_any(3) / 2), uint16(_any(10_200)))
            )
        );
        ++_methodologyCount;
    }

    function registerComposedMethodology(uint256 seed) external entry(seed) {
        if (_methodologyCount > 12) revert Refused();
        MethodologyId[] memory parts = new MethodologyId[](2 + _any(2));
        for (uint256 i; i < parts.length; ++i) {
            parts[i] = _methodology();
        }
        address key = _operatorOrAnyone(programmes.methodology(parts[0]).programme);
        _call(
            key,
            address(programmes),
            abi.encodeCall(IProgrammes.registerComposedMethodology, (_freshName("C"), "1", parts))
        );
        ++_methodologyCount;
    }

    function suspendMethodology(uint256 seed) external entry(seed) {
        if (_any(3) != 0) revert Refused();
        MethodologyId id = _methodology();
        address key = _operatorOrAnyone(programmes.methodology(id).programme);
        _call(key, address(programmes), abi.encodeCall(IProgrammes.suspendMethodology, (id, "")));
    }

    function reinstateMethodology(uint256 seed) external entry(seed) {
        MethodologyId id = _methodology();
        for (uint256 i; i < 20 && programmes.methodology(id).standing == IProgrammes.Standing.Active; ++i) {
            id = _methodology();
        }
        address key = _operatorOrAnyone(programmes.methodology(id).programme);
        _call(key, address(programmes), abi.encodeCall(IProgrammes.reinstateMethodology, (id, "")));
    }

    function admitVvb(uint256 seed) external entry(seed) {
        if (_vvbCount > 3) revert Refused();
        address key = _any(4) == 0 ? _newKey() : _freshVvb();
        _gov(address(programmes), abi.encodeCall(IProgrammes.admitVvb, (_freshName("V"), key)));
        if (_vvbSecrets.length == _vvbCount) _vvbSecrets.push(0); // a key that cannot sign here
        ++_vvbCount;
    }

    function suspendVvb(uint256 seed) external entry(seed) {
        if (_any(3) != 0) revert Refused();
        _gov(address(programmes), abi.encodeCall(IProgrammes.suspendVvb, (VvbId.wrap(_upTo(_vvbCount)), "")));
    }

    function reinstateVvb(uint256 seed) external entry(seed) {
        VvbId id = VvbId.wrap(uint32(1 + _any(_vvbCount)));
        for (uint256 i; i < 8 && programmes.vvb(id).standing == IProgrammes.Standing.Active; ++i) {
            id = VvbId.wrap(uint32(1 + _any(_vvbCount)));
        }
        _gov(address(programmes), abi.encodeCall(IProgrammes.reinstateVvb, (id, "")));
    }

    function rotateVvbKey(uint256 seed) external entry(seed) {
        uint32 id = uint32(1 + _any(_vvbCount));
        uint256 secret = ++_fresh;
        address key = _any(5) == 0 ? _usedKey() : vm.addr(secret);
        _gov(address(programmes), abi.encodeCall(IProgrammes.rotateVvbKey, (VvbId.wrap(id), key)));
        _vvbSecrets[id - 1] = secret;
    }

    function setAuthority(uint256 seed) external entry(seed) {
        address[5] memory managed =
            [address(programmes), address(projects), address(labels), address(credits), address(shortfalls)];
        _call(_anyone(), managed[_any(5)], abi.encodeCall(IAccessManaged.setAuthority, (address(this))));
        _violate("somebody took the authority");
    }

    // Projects

    function registerProject(uint256 seed) external entry(seed) {
        if (_projectCount > 12) revert Refused();
        address key = _operatorOrAnyone(_programme());
        bytes32[5] memory sites = [bytes32("SITE-1"), "SITE-2", "SITE-3", "SITE-4", "site-1"];
        bytes32 site = sites[_any(5)];
        bool known = ActivityId.unwrap(projects.activityBySite("KE", site)) != 0;
        bytes32 code = _any(8) == 0 ? bytes32("A") : _freshName("C");
        _call(
            key,
            address(projects),
            abi.encodeCall(
                IProjects.registerProject,
                (IProjects.Registration(
                        code, "KE", site, _any(2) == 0 ? bytes32("AFOLU") : bytes32(0), _any(2) == 0 ? DAY : 0, "n"
                    ))
            )
        );
        ++_projectCount;
        if (!known) {
            ++_activityCount;
            ++_componentCount;
        }
    }

    function consentToJoin(uint256 seed) external entry(seed) {
        ActivityId id = ActivityId.wrap(_upTo(_activityCount));
        ProgrammeId by = _programme();
        for (uint256 i; i < 5 && !projects.isShared(id, by); ++i) {
            by = _programme();
        }
        address key = _operatorOrAnyone(by);
        _call(key, address(projects), abi.encodeCall(IProjects.consentToJoin, (id, _programme())));
    }

    function consentForSuspended(uint256 seed) external entry(seed) {
        ActivityId id = ActivityId.wrap(_upTo(_activityCount));
        ProgrammeId suspended = _suspendedProgramme();
        _gov(address(projects), abi.encodeCall(IProjects.consentForSuspended, (id, suspended, _programme())));
        bool spokenFor = programmes.programme(suspended).standing == IProgrammes.Standing.Suspended;
        if (!spokenFor) _violate("governance consented for a programme that can speak");
    }

    function activateComponent(uint256 seed) external entry(seed) {
        ComponentId id = ComponentId.wrap(uint32(1 + _any(_componentCount)));
        ProgrammeId[] memory absent = new ProgrammeId[](_any(8) == 0 ? 2 : 1);
        for (uint256 i; i < absent.length; ++i) {
            absent[i] = _suspendedProgramme();
        }
        if (_any(3) != 0) vm.warp(block.timestamp + 30 days);
        address key = _operatorOrAnyone(_programme());
        _call(key, address(projects), abi.encodeCall(IProjects.activateComponent, (id, absent)));
        for (uint256 i; i < absent.length; ++i) {
            bool gone = block.timestamp >= programmes.programme(absent[i]).since + 30 days;
            if (!gone) _violate("a programme was left out as soon as it was suspended");
        }
    }

    /// @dev A suspended one, if a few tries find it.
    function _suspendedProgramme() private returns (ProgrammeId id) {
        for (uint256 i; i < 12; ++i) {
            id = _programme();
            if (programmes.programme(id).standing == IProgrammes.Standing.Suspended) return id;
        }
    }

    function proposeComponent(uint256 seed) external entry(seed) {
        if (_componentCount > 9) revert Refused();
        ActivityId id = ActivityId.wrap(_upTo(_activityCount));
        ProgrammeId by = _programme();
        for (uint256 i; i < 5 && !projects.isShared(id, by); ++i) {
            by = _programme();
        }
        address key = _operatorOrAnyone(by);
        _call(key, address(projects), abi.encodeCall(IProjects.proposeComponent, (id, _freshName("N"))));
        ++_componentCount;
    }

    function approveComponent(uint256 seed) external entry(seed) {
        ComponentId id = ComponentId.wrap(uint32(1 + _any(_componentCount)));
        for (uint256 i; i < 12 && projects.component(id).active; ++i) {
            id = ComponentId.wrap(uint32(1 + _any(_componentCount)));
        }
        address key = _operatorOrAnyone(_programme());
        _call(key, address(projects), abi.encodeCall(IProjects.approveComponent, (id)));
    }

    function proposeVerification(uint256 seed) external entry(seed) {
        if (statements.length > 60) revert Refused();
        IProjects.Proposal memory stated = _proposal();
        address key = _any(10) == 0 ? _anyone() : _vvb(uint32(1 + _any(_vvbCount)));
        _call(key, address(projects), abi.encodeCall(IProjects.proposeVerification, (stated)));
    }

    function proposeVerificationSigned(uint256 seed) external entry(seed) {
        if (statements.length > 60) revert Refused();
        IProjects.Proposal memory stated = _proposal();
        uint32 id = uint32(1 + _any(_vvbCount));
        uint256 secret = _vvbSecrets[id - 1];
        if (secret == 0) revert Refused();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, projects.verificationDigest(stated));
        bytes memory signature = abi.encodePacked(r, s, v);
        uint256 garbage = _any(12);
        if (garbage == 0) stated.salt = ~stated.salt;
        if (garbage == 1) signature[_any(64)] ^= 0x01;
        if (garbage == 2) id = uint32(1 + (id % _vvbCount));
        if (garbage == 3) stated.supersedes = VerificationId.wrap(VerificationId.unwrap(stated.supersedes) ^ 1);
        address signer = _vvb(id);
        _call(
            _anyone(),
            address(projects),
            abi.encodeCall(IProjects.proposeVerificationSigned, (stated, signer, signature))
        );
        if (garbage < 2 || garbage == 3 || signer != vm.addr(secret)) _violate("I7: a forged signature passed");
    }

    function acceptVerification(uint256 seed) external entry(seed) {
        VerificationId id = _anyVerification(IProjects.VerificationStatus.Proposed);
        address key = _operatorOrAnyone(_programmeOf(id));
        uint64 hint = HEAD;
        if (_any(3) == 0) hint = projects.periodHint(id);
        if (_any(9) == 0) hint = DAY + uint64(_any(300));
        _call(key, address(projects), abi.encodeCall(IProjects.acceptVerification, (id, hint)));
    }

    function withdrawVerification(uint256 seed) external entry(seed) {
        VerificationId id = _anyVerification(IProjects.VerificationStatus.Accepted);
        address key = _operatorOrAnyone(_programmeOf(id));
        if (_any(3) == 0) key = programmes.vvb(projects.verification(id).vvb).account;
        _call(key, address(projects), abi.encodeCall(IProjects.withdrawVerification, (id, "")));
    }

    function recordIssuance(uint256 seed) external entry(seed) {
        VerificationId id = _anyVerification(IProjects.VerificationStatus.Accepted);
        bytes memory data =
            abi.encodeCall(IProjects.recordIssuance, (id, _programmeOf(id), DAY, DAY, 2020, Kilograms.wrap(1000)));
        _call(_anyone(), address(projects), data);
        _violate("I6: somebody counted an issuance");
    }

    // Credits

    function issue(uint256 seed) external entry(seed) {
        if (blocks.length > 80) revert Refused();
        ICredits.Issuance[] memory orders = new ICredits.Issuance[](1 + _any(5) / 4);
        for (uint256 i; i < orders.length; ++i) {
            orders[i] = _issuance();
        }
        address key = _operatorOrAnyone(_programmeOf(orders[0].verification));
        _call(key, address(credits), abi.encodeCall(ICredits.issue, (orders, _recipient())));
    }

    function retire(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        _callFor(
            holder,
            address(credits),
            abi.encodeCall(ICredits.retire, (lots, holder, _recipient(), _purpose(), bytes32(_any(2))))
        );
    }

    function retireWithDetails(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        _callFor(
            holder,
            address(credits),
            abi.encodeCall(ICredits.retireWithDetails, (lots, holder, _recipient(), _purpose(), "who"))
        );
    }

    function cancel(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        _callFor(
            holder,
            address(credits),
            abi.encodeCall(ICredits.cancel, (lots, holder, ICredits.CancellationKind(_any(7)), "why"))
        );
    }

    function safeTransferFrom(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        (uint256[] memory ids, uint256[] memory values) = _lists(lots);
        _callFor(
            holder,
            address(credits),
            abi.encodeCall(IERC1155.safeTransferFrom, (holder, _recipient(), ids[0], values[0], ""))
        );
    }

    function safeBatchTransferFrom(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        (uint256[] memory ids, uint256[] memory values) = _lists(lots);
        _callFor(
            holder,
            address(credits),
            abi.encodeCall(IERC1155.safeBatchTransferFrom, (holder, _recipient(), ids, values, ""))
        );
    }

    function setApprovalForAll(uint256 seed) external entry(seed) {
        _call(_account(), address(credits), abi.encodeCall(IERC1155.setApprovalForAll, (_account(), _any(2) == 0)));
    }

    /// @dev Two claims and a transfer in one call, as `retire --beneficiaries` has them; one that is refused refuses all.
    function multicall(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        (uint256[] memory ids, uint256[] memory values) = _lists(lots);
        bytes[] memory calls = new bytes[](3);
        for (uint256 i; i < 2; ++i) {
            calls[i] =
                abi.encodeCall(ICredits.retire, (lots, holder, _recipient(), _purpose(), bytes32(uint256(i + 1))));
        }
        calls[2] = abi.encodeCall(IERC1155.safeBatchTransferFrom, (holder, _recipient(), ids, values, ""));
        _callFor(holder, address(credits), abi.encodeCall(Multicall.multicall, (calls)));
    }

    /// @dev A transfer to a contract that acts from inside the call.
    function reenter(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        (uint256[] memory ids, uint256[] memory values) = _lists(lots);
        Receiver receiver = _receivers[_any(2)];
        address target = address(credits);
        bytes memory action;
        uint256 kind = _any(5);
        if (kind == 0) {
            action = abi.encodeCall(ICredits.retire, (lots, address(receiver), holder, ICredits.Purpose.Other, 0));
        } else if (kind == 1) {
            action = abi.encodeCall(ICredits.cancel, (lots, address(receiver), ICredits.CancellationKind.Error, ""));
        } else if (kind == 2) {
            action = abi.encodeCall(IERC1155.safeBatchTransferFrom, (address(receiver), _account(), ids, values, ""));
        } else if (kind == 3) {
            action = abi.encodeCall(IRedemptions.request, (lots[0].batch, _whole(lots[0].kilograms), address(receiver)));
            target = address(redemptions);
        } else {
            action = abi.encodeCall(IERC1155.safeTransferFrom, (holder, address(receiver), ids[0], values[0], ""));
        }
        receiver.plan(target, action);
        _call(
            holder,
            address(credits),
            abi.encodeCall(IERC1155.safeBatchTransferFrom, (holder, address(receiver), ids, values, ""))
        );
        if (!receiver.succeeded()) revert Refused();
    }

    function escrow(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        _call(_anyone(), address(credits), abi.encodeCall(ICredits.escrow, (holder, lots[0].batch, lots[0].kilograms)));
        _violate("I1: somebody reached escrow");
    }

    function release(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        _call(_anyone(), address(credits), abi.encodeCall(ICredits.release, (holder, lots[0].batch, lots[0].kilograms)));
        _violate("I1: somebody released from escrow");
    }

    function redeem(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        _call(_anyone(), address(credits), abi.encodeCall(ICredits.redeem, (holder, lots[0].batch, lots[0].kilograms)));
        _violate("I4: somebody redeemed past Redemptions");
    }

    function freeze(uint256 seed) external entry(seed) {
        if (_any(4) != 0) revert Refused();
        (uint8 scope, uint256 subject) = _freezeSubject();
        _gov(address(credits), abi.encodeCall(ICredits.freeze, (ICredits.FreezeScope(scope), subject, 0, "")));
    }

    function lift(uint256 seed) external entry(seed) {
        (uint8 scope, uint256 subject) = _freezeSubject();
        for (uint256 i; i < 40 && !frozen[scope][subject]; ++i) {
            (scope, subject) = _freezeSubject();
        }
        _gov(address(credits), abi.encodeCall(ICredits.lift, (ICredits.FreezeScope(scope), subject, "")));
    }

    function setFrozenTokens(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        uint256 amount = _any(2) == 0 ? 0 : Kilograms.unwrap(lots[0].kilograms);
        if (_any(9) == 0) amount = type(uint256).max;
        uint256 id = BatchId.unwrap(lots[0].batch);
        if (_any(20) == 0) id |= 1 << 32;
        _gov(address(credits), abi.encodeCall(IERC7943MultiToken.setFrozenTokens, (holder, id, amount)));
        if (id >> 32 != 0) _violate("an id was truncated");
    }

    function forcedTransfer(uint256 seed) external entry(seed) {
        passesFreezes = true;
        (ICredits.Lot[] memory lots, address from) = _lots();
        address[4] memory others = [credits.BUFFER(), address(redemptions), address(0), address(programmes)];
        uint256 garbage = _any(16);
        address to = garbage < 4 ? others[garbage] : _account();
        if (garbage > 12) from = others[garbage - 13];
        (uint256 id, uint256 amount) = (BatchId.unwrap(lots[0].batch), Kilograms.unwrap(lots[0].kilograms));
        _gov(address(credits), abi.encodeCall(IERC7943MultiToken.forcedTransfer, (from, to, id, amount)));
        if (garbage < 3 || garbage > 12) _violate("a forced transfer from or to nobody, escrow or buffer");
        if (frozen[3][uint160(to)]) _violate("a forced transfer to a frozen account");
    }

    function setPurposesDemandingLabel(uint256 seed) external entry(seed) {
        _call(_anyone(), address(credits), abi.encodeCall(ICredits.setPurposesDemandingLabel, (uint8(_any(64)))));
        _violate("somebody set the mask");
    }

    // Redemptions

    function request(uint256 seed) external entry(seed) {
        (ICredits.Lot[] memory lots, address holder) = _lots();
        Kilograms kilograms = _any(8) == 0 ? lots[0].kilograms : _whole(lots[0].kilograms);
        _callFor(holder, address(redemptions), abi.encodeCall(IRedemptions.request, (lots[0].batch, kilograms, holder)));
    }

    function confirm(uint256 seed) external entry(seed) {
        RedemptionId id = _redemption();
        IRedemptions.Redemption memory asked = redemptions.redemption(id);
        ICredits.Batch memory batch = credits.batch(asked.batch);
        uint64 last = batch.last - uint64(Kilograms.unwrap(batch.redeemed) / 1000);
        uint64 first = last + 1 - uint64(Kilograms.unwrap(asked.kilograms) / 1000);
        uint256 garbage = _any(10);
        if (garbage == 0) ++first;
        if (garbage == 1) --last;
        _call(
            _operatorOrAnyone(batch.programme),
            address(redemptions),
            abi.encodeCall(IRedemptions.confirm, (id, first, last))
        );
        if (asked.status != IRedemptions.Status.Requested) _violate("a redemption was answered twice");
        _requireActive(batch.programme);
        if (garbage < 2) _violate("I4: other serials confirmed than the next from the back");
    }

    function refuse(uint256 seed) external entry(seed) {
        passesFreezes = true;
        RedemptionId id = _redemption();
        IRedemptions.Redemption memory asked = redemptions.redemption(id);
        ProgrammeId owner = credits.batch(asked.batch).programme;
        _call(_operatorOrAnyone(owner), address(redemptions), abi.encodeCall(IRedemptions.refuse, (id, "")));
        if (asked.status != IRedemptions.Status.Requested) _violate("a redemption was answered twice");
    }

    function reportReactivated(uint256 seed) external entry(seed) {
        passesFreezes = true;
        if (redemptions.count() == 0) revert Refused();
        RedemptionId id = RedemptionId.wrap(uint40(1 + _any(redemptions.count())));
        IRedemptions.Redemption memory asked = redemptions.redemption(id);
        ProgrammeId owner = credits.batch(asked.batch).programme;
        string memory named = _any(10) == 0 ? "" : "entry";
        _call(
            _operatorOrAnyone(owner), address(redemptions), abi.encodeCall(IRedemptions.reportReactivated, (id, named))
        );
        _requireActive(owner);
    }

    /// @dev A suspended programme's key does nothing irreparable.
    function _requireActive(ProgrammeId id) internal {
        bool active = programmes.programme(id).standing == IProgrammes.Standing.Active;
        if (!active) _violate("a suspended programme's key was obeyed");
    }

    function withdraw(uint256 seed) external entry(seed) {
        passesFreezes = true;
        RedemptionId id = _redemption();
        IRedemptions.Redemption memory asked = redemptions.redemption(id);
        if (_any(2) == 0) vm.warp(block.timestamp + 10 days + _any(10 days));
        address sender = _holderOrOther(asked.holder);
        _call(sender, address(redemptions), abi.encodeCall(IRedemptions.withdraw, (id)));
        bool may = sender == asked.holder || credits.isApprovedForAll(asked.holder, sender);
        if (!may) _violate("somebody withdrew another's redemption");
        if (asked.status != IRedemptions.Status.Requested) _violate("a redemption was answered twice");
        if (block.timestamp < asked.requestedAt + 14 days) _violate("a redemption was withdrawn too soon");
    }

    // Certificates

    function moveCertificate(uint256 seed) external entry(seed) {
        uint256 id = retirements.length == 0 ? 1 : 1 + _any(retirements.length);
        address from = retirements.length == 0 ? _account() : retirements[id - 1].account;
        address to = _account();
        bytes[5] memory moves = [
            abi.encodeWithSignature("transferFrom(address,address,uint256)", from, to, id),
            abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", from, to, id),
            abi.encodeWithSignature("safeTransferFrom(address,address,uint256,bytes)", from, to, id, ""),
            abi.encodeWithSignature("approve(address,uint256)", to, id),
            abi.encodeWithSignature("setApprovalForAll(address,bool)", to, true)
        ];
        _call(from, address(certificates), moves[_any(5)]);
        _violate("I10: a certificate moved or was approved");
    }

    function announce(uint256 seed) external entry(seed) {
        address account = _account();
        _call(_anyone(), address(certificates), abi.encodeCall(ICertificates.announce, (account, _nextRetirement(), 1)));
        _violate("I10: somebody announced a certificate");
    }

    // time

    function wait(uint256 seed) external entry(seed) {
        vm.warp(block.timestamp + 1 + (_any(2) == 0 ? 0 : _any(3 days)));
    }

    // what the entries are made of

    /// @dev Calls in `sender`'s name. Refused: reverts, unless the refusal itself is wrong.
    function _call(address sender, address target, bytes memory data) internal {
        caller = sender;
        vm.recordLogs();
        vm.prank(sender);
        (bool done, bytes memory answer) = target.call(data);
        if (done) {
            _replay(vm.getRecordedLogs());
            return;
        }
        if (!_isSound(answer)) return;
        revert Refused();
    }

    /// @dev In a holder's name: by the holder, or by somebody else, who must have its approval.
    function _callFor(address holder, address target, bytes memory data) internal {
        address sender = _holderOrOther(holder);
        bool allowed = sender == holder || credits.isApprovedForAll(holder, sender);
        _call(sender, target, data);
        if (!allowed) _violate("somebody moved what was not theirs");
    }

    /// @dev Governance; sometimes somebody else, who must be refused.
    function _gov(address target, bytes memory data) internal {
        if (_any(12) == 0) {
            _call(accounts[0], target, data);
            _violate("somebody passed for governance");
        } else {
            _call(address(this), target, data);
        }
    }

    function _any(uint256 bound) internal returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % bound;
    }

    /// @dev An id from 1 to `count`, now and then one that is none.
    function _upTo(uint256 count) internal returns (uint32) {
        uint256 garbage = _any(25);
        if (garbage == 0) return 0;
        return uint32(garbage == 1 ? count + 1 : 1 + _any(count));
    }

    function _programme() internal returns (ProgrammeId) {
        return ProgrammeId.wrap(uint16(1 + _any(_programmeCount)));
    }

    function _methodology() internal returns (MethodologyId) {
        return MethodologyId.wrap(uint32(1 + _any(_methodologyCount)));
    }

    function _operator(ProgrammeId id) internal view returns (address) {
        return programmes.programme(id).operator;
    }

    function _operatorOrAnyone(ProgrammeId id) internal returns (address) {
        return _any(10) == 0 ? _anyone() : _operator(id);
    }

    function _vvb(uint32 id) internal view returns (address) {
        return programmes.vvb(VvbId.wrap(id)).account;
    }

    function _programmeOf(VerificationId id) internal view returns (ProgrammeId) {
        return projects.verification(id).programme;
    }

    /// @dev Any account at all: holders, keys past and present, governance.
    function _anyone() internal returns (address) {
        uint256 index = _any(accounts.length + keys.length + 1);
        if (index < accounts.length) return accounts[index];
        return index == accounts.length + keys.length ? address(this) : keys[index - accounts.length];
    }

    function _account() internal returns (address) {
        return accounts[_any(accounts.length)];
    }

    /// @dev Who is to receive: an account, now and then one that never may.
    function _recipient() internal returns (address) {
        uint256 garbage = _any(25);
        if (garbage == 0) return credits.BUFFER();
        if (garbage == 1) return address(redemptions);
        return garbage == 2 ? address(0) : _account();
    }

    function _holderOrOther(address holder) internal returns (address) {
        return _any(5) == 0 ? _account() : holder;
    }

    function _freshAccount() internal returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("key", ++_fresh)))));
    }

    function _freshVvb() internal returns (address) {
        _vvbSecrets.push(++_fresh);
        return vm.addr(_fresh);
    }

    function _usedKey() internal returns (address) {
        return keys[_any(keys.length)];
    }

    /// @dev A key for a new role: fresh, or, in vain, a used one or none.
    function _newKey() internal returns (address) {
        uint256 garbage = _any(8);
        if (garbage == 0) return address(0);
        return garbage == 1 ? _usedKey() : _freshAccount();
    }

    function _name(bytes1 kind, uint256 number) internal pure returns (bytes32) {
        bytes memory text = abi.encodePacked(kind, "0000");
        for (uint256 i = 4; i != 0; --i) {
            text[i] = bytes1(uint8(48 + (number % 10)));
            number /= 10;
        }
        return bytes32(text);
    }

    function _freshName(bytes1 kind) internal returns (bytes32) {
        uint256 garbage = _any(20);
        if (garbage == 0) return "no code";
        return garbage == 1 ? _name(kind, 0) : _name(kind, 10 + (++_fresh % 9000));
    }

    function _nextRetirement() internal view returns (RetirementId) {
        return RetirementId.wrap(uint40(retirements.length + 1));
    }

    function _anyVerification(IProjects.VerificationStatus wanted) internal returns (VerificationId id) {
        id = VerificationId.wrap(uint32(1 + _any(statements.length)));
        for (uint256 i; i < 12 && projects.verification(id).status != wanted; ++i) {
            id = VerificationId.wrap(uint32(1 + _any(statements.length)));
        }
    }

    function _proposal() internal returns (IProjects.Proposal memory stated) {
        stated.project = ProjectId.wrap(uint32(1 + _any(_projectCount)));
        IProjects.Project memory project = projects.project(stated.project);
        stated.methodology = _methodology();
        for (uint256 i; i < 20 && !(programmes.methodology(stated.methodology).programme == project.programme); ++i) {
            stated.methodology = _methodology();
        }
        if (_any(4) == 0) stated.component = ComponentId.wrap(uint32(1 + _any(_componentCount)));
        stated.periodStart = DAY + uint32(_any(300));
        stated.periodEnd = stated.periodStart + uint32(_any(25));
        stated.verified = Kilograms.wrap(uint48(1 + _any(40_000)));
        (stated.evidenceHash, stated.deadline) = ("evidence", type(uint48).max);
        stated.salt = bytes32(_any(1000));
        if (_any(4) != 0) stated.dataRoot = "data";
        if (_any(8) == 0) _yearBefore(stated);
        else if (_any(4) == 0) _follow(stated);
        else if (_any(3) == 0) _supersede(stated);
        _spoil(stated);
        stated = named(stated);
        if (_any(60) == 0) stated.projectCode = "A";
        if (_any(60) == 0) stated.methodologyVersion = "2";
    }

    /// @dev More than a year up to where the short periods begin, and now and then into them.
    function _yearBefore(IProjects.Proposal memory stated) private {
        stated.periodStart = DAY - 400 - uint32(_any(40));
        stated.periodEnd = DAY - 1 + (_any(4) == 0 ? uint32(_any(60)) : 0);
    }

    /// @dev Right after another of the same project, so that years come together.
    function _follow(IProjects.Proposal memory stated) private {
        VerificationId id = _anyVerification(IProjects.VerificationStatus.Accepted);
        IProjects.Verification memory before = projects.verification(id);
        (stated.project, stated.component) = (before.project, before.component);
        stated.methodology = _methodologyOf(before.programme);
        stated.periodStart = before.periodEnd + 1;
        stated.periodEnd = stated.periodStart + uint32(_any(25));
    }

    /// @dev One of the programme's, those that demand years before others.
    function _methodologyOf(ProgrammeId owner) private returns (MethodologyId id) {
        for (uint256 i; i < 30; ++i) {
            id = _methodology();
            IProgrammes.Methodology memory rule = programmes.methodology(id);
            if (rule.programme == owner && (rule.monitoringYears != 0 || i > 15)) return id;
        }
    }

    /// @dev Sound: within the claim of a withdrawn one, whole or in part, of the same project and component. Now and then
    /// of one that has its successor already, in vain.
    function _supersede(IProjects.Proposal memory stated) internal {
        IProjects.VerificationStatus wanted = IProjects.VerificationStatus.Withdrawn;
        if (_any(8) == 0) wanted = IProjects.VerificationStatus.Superseded;
        VerificationId id = _anyVerification(wanted);
        IProjects.Verification memory old = projects.verification(id);
        (stated.supersedes, stated.project, stated.component) = (id, old.project, old.component);
        stated.methodology = old.methodology;
        while (old.acceptedAt != 0 && VerificationId.unwrap(old.supersedes) != 0) {
            old = projects.verification(old.supersedes);
        }
        (stated.periodStart, stated.periodEnd) = (old.periodStart, old.periodEnd);
        if (_any(2) == 0) stated.periodStart += uint32(_any(old.periodEnd - old.periodStart + 1));
        if (_any(3) == 0) stated.periodEnd -= uint32(_any(stated.periodEnd - stated.periodStart + 1));
        if (_any(12) == 0) --stated.periodStart;
        if (_any(12) == 0) ++stated.periodEnd;
    }

    function _spoil(IProjects.Proposal memory stated) internal {
        uint256 garbage = _any(60);
        if (garbage == 0) stated.verified = Kilograms.wrap(0);
        if (garbage == 1) stated.evidenceHash = 0;
        if (garbage == 2) stated.deadline = uint48(block.timestamp - 1);
        if (garbage == 3) (stated.periodStart, stated.periodEnd) = (stated.periodEnd + 1, stated.periodStart);
        if (garbage == 4) stated.periodEnd = type(uint32).max;
        if (garbage == 5) stated.supersedes = VerificationId.wrap(uint32(_any(90)));
        if (garbage == 6) stated.project = ProjectId.wrap(_projectCount + 1);
        if (garbage == 7) stated.methodology = MethodologyId.wrap(_methodologyCount + 1);
    }

    function _issuance() internal returns (ICredits.Issuance memory order) {
        order.verification = _issuable();
        IProjects.Verification memory v = projects.verification(order.verification);
        _namespace(order, v.programme);
        uint64 size = uint64(1 + _any(5));
        order.first = uint64(_any(120));
        if (_any(4) == 0) order.first += TOP - 60;
        order.last = order.first + size - 1;
        order.hint = HEAD;
        if (_any(2) == 0) order.hint = credits.serialHint(keccak256(bytes(order.prefix)), order.first);
        if (_any(9) == 0 && blocks.length != 0) order.hint = blocks[_any(blocks.length)].last;
        uint32 span = v.periodEnd - v.periodStart + 1;
        order.vintageStart = v.periodStart + uint32(_any(span));
        order.vintageEnd = order.vintageStart + uint32(_any(v.periodEnd - order.vintageStart + 1));
        order.vintageYear = _year(order.vintageEnd);
        order.custody = "custody";
        uint256 garbage = _any(40);
        if (garbage == 0) order.custody = 0;
        if (garbage == 1) ++order.vintageYear;
        if (garbage == 2) order.vintageEnd = v.periodEnd + 1;
        if (garbage == 3) order.vintageStart = v.periodStart - 1;
        if (garbage == 4) (order.first, order.last) = (order.last + 1, order.first);
        if (garbage == 5) order.last = type(uint64).max;
        if (garbage == 6) order.last = order.first + uint64(_any(1 << 40));
        if (garbage == 7) order.hint = uint64(_any(200));
    }

    function _year(uint32 day) private pure returns (uint16) {
        if (day >= 18_628) return 2021;
        if (day >= 18_262) return 2020;
        return day >= 17_897 ? 2019 : 2018;
    }

    /// @dev Accepted, with a tonne or more left, if a few tries find one.
    function _issuable() internal returns (VerificationId id) {
        for (uint256 i; i < 6; ++i) {
            id = _anyVerification(IProjects.VerificationStatus.Accepted);
            IProjects.Verification memory v = projects.verification(id);
            if (Kilograms.unwrap(v.cap) >= Kilograms.unwrap(v.issued) + 1000) return id;
        }
    }

    /// @dev A root and a prefix of the programme; now and then another's, or another spelling.
    function _namespace(ICredits.Issuance memory order, ProgrammeId programme) internal {
        uint256 index = ProgrammeId.unwrap(programme) - 1;
        if (index > 3) index = 3;
        if (_any(12) == 0) index = _any(4);
        order.root = _roots[index];
        string[8] memory prefixes = [
            "VCS-VCU",
            "VCS-VCU",
            "ACR-US-499-2022-2006",
            "ACR-US-500-2022-2006",
            "GS1-1-KE-11603-16-2025-30256",
            "GS1-1-KE-11603-16-2025-30257",
            "CCER",
            "CCER-1"
        ];
        order.prefix = prefixes[2 * index + _any(2)];
        uint256 garbage = _any(30);
        if (garbage > 7) return;
        bytes memory text = bytes(order.prefix);
        uint256 place = _any(text.length);
        if (garbage == 0) text[place] = bytes1(uint8(text[place]) | 0x20);
        if (garbage == 1) text = abi.encodePacked(text, " ");
        if (garbage == 2) text = abi.encodePacked(text, "-");
        if (garbage == 3) text = abi.encodePacked("0", text);
        if (garbage == 4) text = bytes("GS1-1-KE-GS11603-16-2025-30256");
        if (garbage == 5) text = bytes("ACR-US-0499-2022-2006");
        if (garbage == 6) text = bytes("ACR--US-499-2022-2006");
        if (garbage == 7) text = bytes("ACR-US-499-2022-2006-1");
        order.prefix = string(text);
    }

    function _purpose() private returns (ICredits.Purpose) {
        return ICredits.Purpose(_any(6));
    }

    /// @dev One to three lots of a holder that has something, mostly within what it has; ids come twice.
    function _lots() internal returns (ICredits.Lot[] memory lots, address holder) {
        lots = new ICredits.Lot[](_any(40) == 0 ? 0 : 1 + _any(3));
        holder = _account();
        uint256 batch = 1;
        for (uint256 i; i < lots.length; ++i) {
            if (blocks.length != 0) batch = 1 + _any(blocks.length);
            for (uint256 j; j < 24 && held[batch][holder] == 0; ++j) {
                if (i == 0) holder = _account();
                if (blocks.length != 0) batch = 1 + _any(blocks.length);
            }
            uint256 has = held[batch][holder];
            uint256 amount = has == 0 ? _any(2) : 1 + _any(has) / (i + 1);
            uint256 garbage = _any(30);
            if (garbage == 0) amount = 0;
            if (garbage == 1) amount = has + 1;
            if (garbage == 2) amount = type(uint48).max;
            if (garbage < 8 && garbage > 3) amount = has;
            lots[i] = ICredits.Lot(BatchId.wrap(uint32(batch)), Kilograms.wrap(uint48(amount)));
            if (i != 0 && _any(3) == 0) lots[i].batch = lots[0].batch;
        }
        if (lots.length == 0 && _any(2) == 0) lots = new ICredits.Lot[](257);
        if (lots.length == 0) lots = new ICredits.Lot[](1);
    }

    function _lists(ICredits.Lot[] memory lots) internal pure returns (uint256[] memory ids, uint256[] memory values) {
        (ids, values) = (new uint256[](lots.length), new uint256[](lots.length));
        for (uint256 i; i < lots.length; ++i) {
            (ids[i], values[i]) = (BatchId.unwrap(lots[i].batch), Kilograms.unwrap(lots[i].kilograms));
        }
    }

    function _whole(Kilograms kilograms) internal pure returns (Kilograms) {
        uint48 amount = Kilograms.unwrap(kilograms);
        return Kilograms.wrap(amount - (amount % 1000));
    }

    function _redemption() internal returns (RedemptionId id) {
        uint256 count = redemptions.count();
        if (count == 0) revert Refused();
        uint256 tries = _any(6) == 0 ? 1 : 12; // now and then one that was answered
        for (uint256 i; i < tries; ++i) {
            id = RedemptionId.wrap(uint40(1 + _any(count)));
            if (redemptions.redemption(id).status == IRedemptions.Status.Requested) return id;
        }
    }

    function _freezeSubject() internal returns (uint8 scope, uint256 subject) {
        scope = uint8(_any(4));
        if (scope == 0) subject = blocks.length == 0 ? 1 : 1 + _any(blocks.length);
        else if (scope == 1) subject = 1 + _any(_projectCount);
        else if (scope == 2) subject = 1 + _any(_programmeCount);
        else subject = uint160(_account());
        if (_any(30) == 0) subject = 0;
    }
}
