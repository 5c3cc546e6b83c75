// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IProgrammes} from "../../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../../contracts/interfaces/IProjects.sol";
import {
    ActivityId,
    BatchId,
    ComponentId,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    VerificationId
} from "../../../../contracts/types/Ids.sol";
import {ISignedOrders} from "../../../../contracts/interfaces/ISignedOrders.sol";
import {Kilograms} from "../../../../contracts/types/Kilograms.sol";
import {Cheats, vm} from "../Cheats.sol";
import {RedemptionTwin} from "./RedemptionTwin.sol";

/// @dev What the ledger must look like, told from its events alone.
abstract contract Twin is RedemptionTwin {
    struct Block {
        bytes32 namespace;
        bytes32 normal; // the prefix without what spellings differ in
        uint64 first;
        uint64 last;
        uint32 verification;
    }

    struct Tally {
        uint256 minted;
        uint256 taken;
        uint256 cancelled;
        uint256 redeemed;
    }

    struct Record {
        uint32 batch;
        uint48 from;
        uint48 kilograms;
        address account; // beneficiary or holder
        uint40 claim;
        uint8 reason; // purpose or kind
    }

    struct Return {
        uint32 batch;
        uint64 first;
        uint64 last;
    }

    struct Statement {
        address proposer;
        address acceptor;
        uint32 component;
        uint32 start;
        uint32 end;
        uint32 supersedes;
        uint48 verified;
        uint256 issued; // at the last look
        bool data; // a root of them
        bool everAccepted;
        bool withdrawn;
    }

    Block[] internal blocks;
    Record[] internal retirements;
    Record[] internal cancellations;
    Return[] internal returns_;
    Statement[] internal statements; // verification id - 1
    address[] internal keys; // every account that was ever a key

    mapping(uint256 activity => mapping(uint256 programme => bool)) internal joined;
    mapping(uint256 component => mapping(uint256 programme => bool)) internal agreed;
    mapping(bytes32 normal => bytes32 namespace) internal spellings;
    mapping(uint256 batch => Tally) internal tallies;
    mapping(uint256 batch => mapping(address account => uint256)) internal held;
    mapping(address account => uint256) internal certificatesHeld;
    mapping(address account => IProgrammes.KeyKind) internal kinds;
    mapping(address holder => mapping(uint256 key => uint64)) internal usedNonces;
    mapping(uint8 scope => mapping(uint256 subject => bool)) internal frozen;
    mapping(address account => mapping(uint256 batch => uint256)) internal frozenAmounts;
    uint256 internal freezesInForce;
    uint8 internal purposesDemandingLabel;

    /// @dev Whether the call may pass freezes; set by the handler before each call.
    bool internal passesFreezes;

    function _replay(Cheats.Log[] memory logs) internal {
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter == address(credits)) _replayCredits(logs[i]);
            else if (logs[i].emitter == address(projects)) _replayProjects(logs[i]);
            else if (logs[i].emitter == address(programmes)) _replayProgrammes(logs[i]);
            else if (logs[i].emitter == address(certificates)) _replayCertificates(logs[i]);
            else if (logs[i].emitter == address(labels)) _replayLabels(logs[i]);
            else if (logs[i].emitter == address(shortfalls)) _replayShortfalls(logs[i]);
            else if (logs[i].emitter == address(redemptions)) _replayRedemptions(logs[i]);
            else if (logs[i].emitter == address(signedOrders)) _replayOrder(logs[i]);
        }
        _settled();
    }

    /// @dev Executed or cancelled: each takes the next number of its holder's key, once.
    function _replayOrder(Cheats.Log memory log) private {
        (address holder, uint256 nonce) = (_address(log.topics[1]), abi.decode(log.data, (uint256)));
        if (uint64(nonce) != usedNonces[holder][nonce >> 64]++) _violate("an order was sent twice, or out of turn");
        if (log.topics[0] == ISignedOrders.OrderCancelled.selector && holder != caller) {
            _violate("somebody cancelled another's order");
        }
    }

    function _replayCredits(Cheats.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IERC1155.TransferSingle.selector) {
            (uint256 id, uint256 value) = abi.decode(log.data, (uint256, uint256));
            bool escrow = log.topics[2] == _topic(address(redemptions)) || log.topics[3] == _topic(address(redemptions));
            if (escrow && log.topics[1] != _topic(address(redemptions))) _violate("somebody reached escrow");
            _move(_address(log.topics[2]), _address(log.topics[3]), id, value);
            _afterMove(_address(log.topics[2]), id, value);
        } else if (topic == IERC1155.TransferBatch.selector) {
            (uint256[] memory ids, uint256[] memory values) = abi.decode(log.data, (uint256[], uint256[]));
            bool escrow = log.topics[2] == _topic(address(redemptions)) || log.topics[3] == _topic(address(redemptions));
            if (escrow) _violate("somebody reached escrow");
            for (uint256 i; i < ids.length; ++i) {
                _move(_address(log.topics[2]), _address(log.topics[3]), ids[i], values[i]);
            }
            for (uint256 i; i < ids.length; ++i) {
                _afterMove(_address(log.topics[2]), ids[i], values[i]);
            }
        } else if (topic == ICredits.BatchIssued.selector) {
            _replayIssue(log);
        } else if (topic == ICredits.Retired.selector) {
            _replayRetired(log);
        } else if (topic == ICredits.Cancelled.selector) {
            _replayCancelled(log);
        } else if (topic == ICredits.Redeemed.selector) {
            _replayRedeemed(log);
        } else {
            _replayRules(log);
        }
    }

    function _replayCancelled(Cheats.Log memory log) private {
        (uint48 from, uint48 kilograms, ICredits.CancellationKind kind,) =
            abi.decode(log.data, (uint48, uint48, ICredits.CancellationKind, string));
        uint32 batch = uint32(uint256(log.topics[2]));
        address holder = _address(log.topics[3]);
        _take(batch, from, kilograms);
        tallies[batch].cancelled += kilograms;
        cancellations.push(Record(batch, from, kilograms, holder, 0, uint8(kind)));
        if (uint256(log.topics[1]) != cancellations.length) _violate("I4: cancellation ids are not sequential");
        _cancelled(cancellations.length, batch, holder == credits.BUFFER(), kilograms, kind);
    }

    function _replayIssue(Cheats.Log memory log) private {
        (string memory prefix, uint64 first, uint64 last,,,,) =
            abi.decode(log.data, (string, uint64, uint64, uint32, uint32, uint16, bytes32));
        _replayOrigin(log, (uint256(last) - first + 1) * 1000);
        bytes32 normal = keccak256(_normal(bytes(prefix)));
        bytes32 namespace = keccak256(bytes(prefix));
        if (spellings[normal] == 0) spellings[normal] = namespace;
        if (spellings[normal] != namespace) _violate("I2: two spellings of one namespace");
        blocks.push(
            Block({
                namespace: namespace,
                normal: normal,
                first: first,
                last: last,
                verification: uint32(uint256(log.topics[2]))
            })
        );
        if (uint256(log.topics[1]) != blocks.length) _violate("I2: batch ids are not sequential");
        _checkIssuer(projects.verification(_verification(log.topics[2])));
        _checkClaim(uint32(uint256(log.topics[2])));
    }

    /// @dev What the batch's labels depend on; and a project with an outstanding reversal gets no batch.
    function _replayOrigin(Cheats.Log memory log, uint256 kilograms) private {
        IProjects.Verification memory v = projects.verification(_verification(log.topics[2]));
        Origin storage origin = origins[++batchCount];
        (,,, origin.vintageStart, origin.vintageEnd, origin.year,) =
            abi.decode(log.data, (string, uint64, uint64, uint32, uint32, uint16, bytes32));
        origin.project = ProjectId.unwrap(v.project);
        origin.programme = ProgrammeId.unwrap(v.programme);
        origin.methodology = MethodologyId.unwrap(v.methodology);
        origin.issuedAt = uint48(block.timestamp);
        origin.kilograms = kilograms;
        (uint256 lost,) = _outstanding(origin.project);
        if (lost != 0) _violate("issued to a project with an outstanding reversal");
    }

    /// @dev I6 at every issuance: all that was issued in a claim by now is what the verification in force states, or less.
    function _checkClaim(uint256 id) private {
        if (_issuedInClaim(id) > statements[id - 1].verified) _violate("I6: more issued in a claim than verified");
        for (uint256 i; i < statements.length; ++i) {
            bool successor = statements[i].everAccepted && statements[i].supersedes == id;
            if (successor) _violate("I6: issued against what was superseded");
        }
    }

    /// @dev Kilograms issued against a verification and all those before it in its claim.
    function _issuedInClaim(uint256 id) internal view returns (uint256 sum) {
        for (; id != 0; id = statements[id - 1].supersedes) {
            for (uint256 i; i < blocks.length; ++i) {
                if (blocks[i].verification == id) sum += (uint256(blocks[i].last) - blocks[i].first + 1) * 1000;
            }
        }
    }

    function _checkIssuer(IProjects.Verification memory v) private {
        _checkOperator(v);
        if (v.status != IProjects.VerificationStatus.Accepted) _violate("I6: issued against what is not accepted");
    }

    function _checkAcceptor(IProjects.Verification memory v) private {
        _checkOperator(v);
        bool accredited = programmes.vvb(v.vvb).standing == IProgrammes.Standing.Active;
        if (!accredited) _violate("I7: accepted from a VVB that lost its accreditation");
    }

    /// @dev The programme's own operator, and neither the programme nor the methodology suspended.
    function _checkOperator(IProjects.Verification memory v) private {
        if (kinds[caller] != IProgrammes.KeyKind.Operator) _violate("I7: the second key is no operator's");
        if (!programmes.isOperator(v.programme, caller)) _violate("I7: the second key is another programme's");
        bool active = programmes.programme(v.programme).standing == IProgrammes.Standing.Active
            && programmes.methodology(v.methodology).standing == IProgrammes.Standing.Active;
        if (!active) _violate("a suspension did not hold");
    }

    function _replayRetired(Cheats.Log memory log) private {
        (address holder, uint48 from, uint48 kilograms, uint8 purpose, uint40 claim,) =
            abi.decode(log.data, (address, uint48, uint48, uint8, uint40, bytes32));
        uint32 batch = uint32(uint256(log.topics[2]));
        _take(batch, from, kilograms);
        retirements.push(Record(batch, from, kilograms, _address(log.topics[3]), claim, purpose));
        if (uint256(log.topics[1]) != retirements.length) _violate("I10: retirement ids are not sequential");
        if (holder == credits.BUFFER() || holder == address(redemptions)) _violate("somebody retired from a reserve");
        _claimed(batch, purpose, kilograms, holder);
    }

    function _replayRedeemed(Cheats.Log memory log) private {
        (uint48 kilograms, uint64 first, uint64 last) = abi.decode(log.data, (uint48, uint64, uint64));
        uint32 batch = uint32(uint256(log.topics[1]));
        Tally storage tally = tallies[batch];
        if (last != blocks[batch - 1].last - tally.redeemed / 1000) {
            _violate("I4: redemptions leave a gap at the back");
        }
        if (kilograms % 1000 != 0 || uint256(last - first + 1) * 1000 != kilograms) {
            _violate("I4: a redemption of other than whole serials");
        }
        tally.redeemed += kilograms;
        returns_.push(Return(batch, first, last));
    }

    function _replayRules(Cheats.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == ICredits.FreezeImposed.selector) {
            frozen[uint8(uint256(log.topics[1]))][uint256(log.topics[2])] = true;
            ++freezesInForce;
        } else if (topic == ICredits.FreezeLifted.selector) {
            frozen[uint8(uint256(log.topics[1]))][uint256(log.topics[2])] = false;
            --freezesInForce;
        } else if (topic == IERC7943MultiToken.Frozen.selector) {
            uint256 amount = abi.decode(log.data, (uint256));
            uint256 previous = frozenAmounts[_address(log.topics[1])][uint256(log.topics[2])];
            if (previous == 0 && amount != 0) ++freezesInForce;
            if (previous != 0 && amount == 0) --freezesInForce;
            frozenAmounts[_address(log.topics[1])][uint256(log.topics[2])] = amount;
        } else if (topic == ICredits.PurposesDemandingLabelSet.selector) {
            purposesDemandingLabel = abi.decode(log.data, (uint8));
        }
    }

    function _replayProjects(Cheats.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IProjects.VerificationProposed.selector) {
            IProjects.Proposal memory stated = abi.decode(log.data, (IProjects.Proposal));
            Statement storage entry = statements.push();
            if (uint256(log.topics[1]) != statements.length) _violate("I6: verification ids are not sequential");
            entry.proposer = programmes.vvb(projects.verification(_verification(log.topics[1])).vvb).account;
            entry.component = ComponentId.unwrap(stated.component);
            (entry.start, entry.end) = (stated.periodStart, stated.periodEnd);
            entry.supersedes = VerificationId.unwrap(stated.supersedes);
            entry.verified = Kilograms.unwrap(stated.verified);
            entry.data = stated.dataRoot != 0;
            if (kinds[entry.proposer] != IProgrammes.KeyKind.Vvb) _violate("I7: proposed by no VVB");
            bool over = (uint256(stated.periodEnd) + 1) * 1 days <= block.timestamp;
            if (!over) _violate("a period that is not over");
            bool credited = stated.periodStart >= subjects[ProjectId.unwrap(stated.project)].creditingStart;
            if (!credited) _violate("a period before the first crediting day");
        } else if (topic == IProjects.ActivityRegistered.selector) {
            joined[uint256(log.topics[1])][uint256(log.topics[3])] = true;
        } else if (topic == IProjects.ActivityJoined.selector) {
            joined[uint256(log.topics[1])][uint256(log.topics[2])] = true;
        } else if (topic == IProjects.ComponentApproved.selector) {
            agreed[uint256(log.topics[1])][uint256(log.topics[2])] = true;
        } else if (topic == IProjects.ComponentActivated.selector) {
            _replayActivation(uint256(log.topics[1]));
        } else if (topic == IProjects.VerificationAccepted.selector) {
            Statement storage entry = statements[uint256(log.topics[1]) - 1];
            if (entry.everAccepted) _violate("I6: accepted twice");
            if (entry.supersedes != 0) _replaySupersession(uint256(log.topics[1]), entry.supersedes);
            (entry.everAccepted, entry.acceptor) = (true, caller);
            _checkMonitored(uint256(log.topics[1]));
            _checkAcceptor(projects.verification(_verification(log.topics[1])));
        } else if (topic == IProjects.VerificationWithdrawn.selector) {
            statements[uint256(log.topics[1]) - 1].withdrawn = true;
        } else if (topic == IProjects.ProjectRegistered.selector) {
            Subject storage subject = subjects[uint256(log.topics[1])];
            (, subject.activityType, subject.creditingStart,) = abi.decode(log.data, (bytes32, bytes32, uint32, string));
        }
    }

    /// @dev Every programme on the activity agreed, but for those that are suspended now.
    function _replayActivation(uint256 component) private {
        uint256 activity = ActivityId.unwrap(projects.component(ComponentId.wrap(uint32(component))).activity);
        for (uint16 id = 1; id < 20; ++id) {
            if (!joined[activity][id] || agreed[component][id]) continue;
            bool suspended = programmes.programme(ProgrammeId.wrap(id)).standing == IProgrammes.Standing.Suspended;
            if (!suspended) _violate("I6: a component that not every programme agreed to");
        }
    }

    /// @dev A methodology that demands a year or more: the last 365 days at least lie in accepted periods with data.
    function _checkMonitored(uint256 id) private {
        IProjects.Verification memory v = projects.verification(VerificationId.wrap(uint32(id)));
        if (programmes.methodology(v.methodology).monitoringYears == 0) return;
        if (!statements[id - 1].data) _violate("accepted without monitoring data");
        uint32 day = v.periodStart;
        while (day + 364 > v.periodEnd) {
            uint256 before = _covering(statements[id - 1].component, day - 1);
            if (before == 0) return _violate("accepted with a gap in its monitoring");
            day = statements[before - 1].start;
        }
    }

    /// @dev The accepted verification with data that holds a day; 0 for none.
    function _covering(uint32 component, uint256 day) internal view returns (uint256) {
        for (uint256 i; i < statements.length; ++i) {
            Statement memory s = statements[i];
            bool holds = s.component == component && s.start <= day && day <= s.end;
            if (holds && s.data && s.everAccepted && !s.withdrawn) return i + 1;
        }
        return 0;
    }

    /// @dev No circle: what is superseded was accepted before, and nothing is accepted twice.
    function _replaySupersession(uint256 id, uint256 old) private {
        bool stands = old > statements.length || !statements[old - 1].everAccepted || !statements[old - 1].withdrawn;
        if (stands) _violate("I6: superseded what was not accepted and withdrawn");
        for (uint256 i; i < statements.length; ++i) {
            bool other = i + 1 != id && statements[i].everAccepted && statements[i].supersedes == old;
            if (other) _violate("I6: two successors");
        }
    }

    function _replayProgrammes(Cheats.Log memory log) private {
        bytes32 topic = log.topics[0];
        if (topic == IProgrammes.MethodologyComposed.selector) {
            composed[uint256(log.topics[1])] = abi.decode(log.data, (uint256[]));
        }
        if (topic == IProgrammes.ProgrammeAdmitted.selector || topic == IProgrammes.OperatorRotated.selector) {
            _newKey(_address(log.topics[3]), IProgrammes.KeyKind.Operator);
        } else if (topic == IProgrammes.VvbAdmitted.selector || topic == IProgrammes.VvbKeyRotated.selector) {
            _newKey(_address(log.topics[3]), IProgrammes.KeyKind.Vvb);
        }
    }

    function _replayCertificates(Cheats.Log memory log) private {
        if (log.topics[0] != IERC721.Transfer.selector) return;
        if (log.topics[1] != 0) _violate("I10: a certificate moved");
        uint256 id = uint256(log.topics[3]);
        if (log.topics[2] == _topic(credits.BUFFER()) || log.topics[2] == _topic(address(redemptions))) {
            _violate("I10: a certificate of nobody");
        }
        ++certificatesHeld[_address(log.topics[2])];
        if (id > retirements.length || retirements[id - 1].account != _address(log.topics[2])) {
            _violate("I10: a certificate without its retirement");
        }
    }

    function _newKey(address account, IProgrammes.KeyKind kind) private {
        if (kinds[account] != IProgrammes.KeyKind.None) _violate("I7: a key served twice");
        kinds[account] = kind;
        keys.push(account);
    }

    function _take(uint32 batch, uint48 from, uint48 kilograms) private {
        if (from != tallies[batch].taken) _violate("I4: records leave a gap at the front");
        if (kilograms == 0) _violate("I4: an empty record");
        tallies[batch].taken += kilograms;
    }

    function _move(address from, address to, uint256 id, uint256 value) private {
        if (from == address(0)) {
            tallies[id].minted += value;
        } else if (held[id][from] < value) {
            _violate("I1: more moved than was held");
        } else {
            held[id][from] -= value;
        }
        if (to != address(0)) held[id][to] += value;
        if (value == 0) return;
        bool fromBuffer = from == credits.BUFFER();
        if (fromBuffer && to != address(0)) _leftBuffer(id, value);
        if (to == credits.BUFFER() && from != address(0)) _violate("somebody paid into the buffer");
        if (passesFreezes || (fromBuffer && to == address(0))) return; // a reversal passes them
        if (_isFrozen(from, to, id)) _violate("a freeze did not hold");
    }

    function _afterMove(address from, uint256 id, uint256 value) private {
        if (passesFreezes || from == address(0) || value == 0) return;
        if (held[id][from] < frozenAmounts[from][id]) _violate("a frozen amount left");
    }

    function _isFrozen(address from, address to, uint256 id) private view returns (bool) {
        ICredits.Batch memory batch = credits.batch(BatchId.wrap(uint32(id)));
        return frozen[0][id] || frozen[1][ProjectId.unwrap(batch.project)]
            || frozen[2][ProgrammeId.unwrap(batch.programme)] || frozen[3][uint160(from)] || frozen[3][uint160(to)];
    }

    /// @dev A prefix less everything that spellings of one namespace differ in: case, blanks, hyphens, leading zeros,
    /// and the second `GS`.
    function _normal(bytes memory prefix) internal pure returns (bytes memory text) {
        bool starts = true;
        for (uint256 i; i < prefix.length; ++i) {
            bytes1 c = prefix[i];
            if (c == "-" || c == " ") {
                starts = true;
                continue;
            }
            if (c >= "a" && c <= "z") c = bytes1(uint8(c) - 32);
            if (starts && c == "0") continue;
            bool gs = starts && i > 4 && c == "G" && i + 2 < prefix.length && (prefix[i + 1] | 0x20) == "s";
            if (gs) {
                ++i;
                continue;
            }
            text = starts ? abi.encodePacked(text, "-", c) : abi.encodePacked(text, c);
            starts = false;
        }
    }

    function _verification(bytes32 topic) private pure returns (VerificationId) {
        return VerificationId.wrap(uint32(uint256(topic)));
    }

    function _topic(address account) private pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }

    function _address(bytes32 topic) private pure returns (address) {
        return address(uint160(uint256(topic)));
    }
}
