// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../contracts/interfaces/ILabels.sol";
import {IProgrammes} from "../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../contracts/interfaces/IProjects.sol";
import {Labels} from "../../contracts/Labels.sol";
import {ActivityId, BatchId, ProjectId} from "../../contracts/types/Ids.sol";
import {Kilograms} from "../../contracts/types/Kilograms.sol";
import {Letter, packLetter} from "../../contracts/types/Letter.sol";
import {vm} from "../forge/Vm.sol";

/// @notice Proofs that what is first transferred under a host country's letters never exceeds their cap, that only named
/// batches are transferred, and that the host does not use what is open to others (I8), on the real contract `Labels`.
/// @dev Proved: the inductive step. From every account of a vintage year in which no more is transferred than the cap,
/// each call either reverts or leaves such an account; an account starts empty. Each proof also says exactly when the call
/// must succeed.
/// Bounded: one project and vintage year, as accounts share nothing; letters of one and two batches, beside a third one
/// that they do not name; every batch has the same block, and the host used any part of it; retirements for CORSIA, which
/// no label is demanded for. The proof contract stands in for `Credits`, `Projects`, the authority and the host.
contract Article6Proof {
    /// @dev `Article6.Account`, spelled a second time.
    struct Account {
        Kilograms transferred;
        Kilograms usedByHost;
        Kilograms cap;
        uint8 uses;
        uint48 since;
        uint32 letter;
        uint16 named;
    }

    /// @dev Per batch 1, 2 and 3, the last letter that names it, and what the host used of the first two.
    struct Batches {
        uint32[3] namedBy;
        Kilograms[2] used;
    }

    ProjectId private constant PROJECT = ProjectId.wrap(1);
    uint16 private constant YEAR = 2024;
    uint48 private constant NOW = 1_800_000_000;
    uint256 private constant ISSUED = 70_368_744_177_000; // two such batches still add up in 48 bits
    uint8 private constant MITIGATION = uint8(1 << uint8(ILabels.Use.InternationalMitigation));
    uint8 private constant ALL_USES = 14; // bits 1 to 3

    // Storage variables of `Labels`; `_assumeStored` reads back through its views what was written at these.
    uint256 private constant NAMED_BY = 4;
    uint256 private constant ACCOUNTS = 6;
    uint256 private constant USED_BY_HOST = 7;

    Labels private _labels;

    function setUp() external {
        vm.warp(NOW);
        _labels = new Labels(address(this), ICredits(address(this)), IProgrammes(address(0)), IProjects(address(this)));
        _labels.setHost("KE", address(this));
    }

    /// @notice A transfer is of a named batch, for an authorised use, and within the cap.
    function check_transfer(Account calldata account, uint32 namedBy, Kilograms kilograms) external {
        _store(account);
        _storeNaming(1, namedBy);
        uint256 total = uint256(Kilograms.unwrap(account.transferred)) + Kilograms.unwrap(kilograms);
        bool allowed = account.uses & MITIGATION != 0 && account.since <= NOW && namedBy == account.letter
            && total <= Kilograms.unwrap(account.cap);
        try _labels.recordRetirement(BatchId.wrap(1), ICredits.Purpose.CorsiaPhase1, kilograms, address(this)) {
            assert(allowed);
            Account memory expected = account;
            expected.transferred = Kilograms.wrap(uint48(total));
            _assertAccount(expected);
        } catch {
            assert(!allowed);
        }
    }

    /// @notice The host uses nothing of a batch that an open letter names, and its use leaves cap and transfers as they are.
    function check_host_use(
        Account calldata account,
        uint32 namedBy,
        Kilograms used,
        Kilograms kilograms,
        address holder
    ) external {
        _store(account);
        _storeNaming(1, namedBy);
        _storeUsed(1, used);
        uint256 total = uint256(Kilograms.unwrap(account.usedByHost)) + Kilograms.unwrap(kilograms);
        bool open = account.uses != 0 && namedBy == account.letter && account.cap > account.transferred;
        bool fits = total <= type(uint48).max
            && uint256(Kilograms.unwrap(used)) + Kilograms.unwrap(kilograms) <= type(uint48).max;
        bool allowed = holder == address(this) && !open && fits;
        try _labels.recordRetirement(BatchId.wrap(1), ICredits.Purpose.HostNdc, kilograms, holder) {
            assert(allowed);
            Account memory expected = account;
            expected.usedByHost = Kilograms.wrap(uint48(total));
            _assertAccount(expected);
        } catch {
            assert(!allowed);
        }
    }

    /// @notice A revocation closes the year at what was transferred; it needs a letter, and no adjustment.
    function check_revoke(Account calldata account, bool adjusted) external {
        _store(account);
        vm.assume(account.letter < type(uint32).max);
        if (adjusted) _adjust(account);
        bool allowed = account.uses != 0 && !adjusted;
        try _labels.revoke(PROJECT, YEAR, _decision()) {
            assert(allowed);
            Account memory expected = account;
            (expected.cap, expected.uses, expected.named) = (account.transferred, 0, 0);
            (expected.since, expected.letter) = (NOW + 1, account.letter + 1);
            _assertAccount(expected);
        } catch {
            assert(!allowed);
        }
    }

    function check_authorise_one(Account calldata account, Batches calldata batches, uint8 uses, Kilograms cap)
        external
    {
        _authorise(account, batches, uses, cap, 1, false);
    }

    function check_authorise_two(Account calldata account, Batches calldata batches, uint8 uses, Kilograms cap)
        external
    {
        _authorise(account, batches, uses, cap, 2, false);
    }

    function check_authorise_one_adjusted(Account calldata account, Batches calldata batches, uint8 uses, Kilograms cap)
        external
    {
        _authorise(account, batches, uses, cap, 1, true);
    }

    function check_authorise_two_adjusted(Account calldata account, Batches calldata batches, uint8 uses, Kilograms cap)
        external
    {
        _authorise(account, batches, uses, cap, 2, true);
    }

    /// @notice A letter holds what was packed, and is covered where its uses and its cap are.
    function check_letter(uint8 uses, Kilograms cap, uint32 number, uint8 adjustedUses, Kilograms adjustedCap)
        external
        pure
    {
        Letter letter = packLetter(uses, cap, number);
        assert(letter.usesOf() == uses && letter.capOf() == cap && letter.numberOf() == number);
        bool covered = uses | adjustedUses == adjustedUses && cap <= adjustedCap;
        assert(letter.isCoveredBy(packLetter(adjustedUses, adjustedCap, 1)) == covered);
    }

    // ---- what `Labels` asks of other contracts ----

    function batch(BatchId) external pure returns (ICredits.Batch memory entry) {
        entry.project = PROJECT;
        entry.vintageYear = YEAR;
        entry.first = 1;
        entry.last = uint64(ISSUED / 1000);
    }

    function project(ProjectId) external pure returns (IProjects.Project memory entry) {
        entry.activity = ActivityId.wrap(1);
    }

    function activity(ActivityId) external pure returns (IProjects.Activity memory entry) {
        entry.country = "KE";
    }

    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    // ---- steps ----

    /// @dev A letter over the first `count` batches: its cap is at least what was transferred, and at most what is left of
    /// them; it names them and no others; after an adjustment nothing is taken back.
    function _authorise(
        Account calldata account,
        Batches calldata batches,
        uint8 uses,
        Kilograms cap,
        uint256 count,
        bool adjusted
    ) private {
        _store(account);
        _storeBatches(account, batches);
        vm.assume(account.letter < type(uint32).max);
        if (adjusted) _adjust(account);
        bool allowed = _maySucceed(account, batches, uses, cap, count);
        if (adjusted) allowed = allowed && !_narrows(account, batches, uses, cap, count);
        try _labels.authorise(PROJECT, YEAR, uses, cap, _firstBatches(count), _decision()) {
            assert(allowed);
            Account memory expected = account;
            (expected.cap, expected.uses, expected.named) = (cap, uses, uint16(count));
            (expected.since, expected.letter) = (NOW + 1, account.letter + 1);
            _assertAccount(expected);
            for (uint256 id = 1; id <= 3; ++id) {
                assert(_labels.isNamed(BatchId.wrap(uint32(id))) == (id <= count));
            }
        } catch {
            assert(!allowed);
        }
    }

    function _maySucceed(Account calldata account, Batches calldata batches, uint8 uses, Kilograms cap, uint256 count)
        private
        pure
        returns (bool)
    {
        uint256 left;
        for (uint256 i; i < count; ++i) {
            left += ISSUED - Kilograms.unwrap(batches.used[i]);
        }
        uint256 quantity = Kilograms.unwrap(cap);
        bool within = quantity != 0 && quantity >= Kilograms.unwrap(account.transferred) && quantity <= left;
        return within && uses != 0 && uses & ~ALL_USES == 0;
    }

    /// @dev Whether a use, part of the cap or a batch of the letter in force is not in the next one.
    function _narrows(Account calldata account, Batches calldata batches, uint8 uses, Kilograms cap, uint256 count)
        private
        pure
        returns (bool)
    {
        for (uint256 i = count; i < 3; ++i) {
            if (batches.namedBy[i] == account.letter) return true;
        }
        return account.uses & ~uses != 0 || cap < account.cap;
    }

    function _adjust(Account calldata account) private {
        vm.assume(account.uses != 0);
        vm.assume(account.letter != 0);
        _labels.recordAdjustment(PROJECT, YEAR, _decision());
    }

    /// @dev Writes a sound account.
    function _store(Account calldata account) private {
        vm.assume(account.transferred <= account.cap);
        vm.store(address(_labels), _accountSlot(), bytes32(_word(account)));
        ILabels.Authorisation memory entry = _labels.authorisation(PROJECT, YEAR);
        assert(entry.uses == account.uses && entry.cap == account.cap);
        assert(entry.transferred == account.transferred && entry.usedByHost == account.usedByHost);
    }

    /// @dev Writes what letters named so far; the account's counts the batches that its own letter names.
    function _storeBatches(Account calldata account, Batches calldata batches) private {
        uint256 named;
        for (uint256 i; i < 3; ++i) {
            uint32 letter = batches.namedBy[i];
            vm.assume(letter <= account.letter);
            _storeNaming(i + 1, letter);
            if (letter == account.letter && letter != 0) ++named;
        }
        vm.assume(account.named == named);
        for (uint256 i; i < 2; ++i) {
            vm.assume(Kilograms.unwrap(batches.used[i]) <= ISSUED);
            _storeUsed(i + 1, batches.used[i]);
        }
    }

    function _storeNaming(uint256 batchId, uint32 letter) private {
        vm.store(address(_labels), keccak256(abi.encode(batchId, NAMED_BY)), bytes32(uint256(letter)));
    }

    function _storeUsed(uint256 batchId, Kilograms used) private {
        bytes32 word = bytes32(uint256(Kilograms.unwrap(used)));
        vm.store(address(_labels), keccak256(abi.encode(batchId, USED_BY_HOST)), word);
    }

    function _assertAccount(Account memory expected) private view {
        assert(uint256(vm.load(address(_labels), _accountSlot())) == _word(expected));
        assert(expected.transferred <= expected.cap); // the invariant
    }

    function _word(Account memory account) private pure returns (uint256) {
        return uint256(Kilograms.unwrap(account.transferred)) | uint256(Kilograms.unwrap(account.usedByHost)) << 48
            | uint256(Kilograms.unwrap(account.cap)) << 96 | uint256(account.uses) << 144 | uint256(account.since)
            << 152 | uint256(account.letter) << 200 | uint256(account.named) << 232;
    }

    function _accountSlot() private pure returns (bytes32) {
        bytes32 ofProject = keccak256(abi.encode(PROJECT, ACCOUNTS));
        return keccak256(abi.encode(YEAR, ofProject));
    }

    function _firstBatches(uint256 count) private pure returns (BatchId[] memory batches) {
        batches = new BatchId[](count);
        for (uint256 i; i < count; ++i) {
            batches[i] = BatchId.wrap(uint32(i + 1));
        }
    }

    function _decision() private pure returns (ILabels.Decision memory) {
        return ILabels.Decision(0, 0, "");
    }
}
