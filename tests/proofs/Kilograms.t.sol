// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Kilograms, serialsOf} from "../../contracts/types/Kilograms.sol";
import {vm} from "../forge/Vm.sol";

/// @notice Proofs of the arithmetic of serial numbers and kilograms (I3, I4), for every batch and every quantity.
/// @dev Nothing is bounded but by the types: 64 bits of a serial number, 48 of a quantity. Taken as given is Euclid's
/// division: each position in a batch is 1,000 times a tonne plus a kilogram below 1,000 (`_assumePosition`), which is
/// what EVM's `/` and `%` give. To a solver that works on bits, a division by 1,000 is a circuit without end.
contract KilogramsProof {
    /// @dev A kilogram of a batch: the `kilogram`-th of its `tonne`-th serial number, both from 0.
    struct Position {
        uint40 tonne;
        uint16 kilogram;
    }

    /// @notice A record from position `a` to position `b` names the serial numbers of these positions, and of the first
    /// and the last of them the kilograms that it takes; no record that lies in a batch reverts.
    function check_serials_of_a_record(
        uint64 start,
        uint64 end,
        Kilograms from,
        Kilograms kilograms,
        Position memory a,
        Position memory b
    ) external view {
        _assumeRecord(from, kilograms, a, b);
        vm.assume(start <= end);
        vm.assume(b.tonne <= end - start); // in the block
        try this.serials(start, from, kilograms) returns (uint64 first, uint64 last, uint256 inFirst, uint256 inLast) {
            assert(first == start + a.tonne);
            assert(last == start + b.tonne);
            if (a.tonne == b.tonne) {
                assert(inFirst == uint256(b.kilogram) + 1 - a.kilogram);
                assert(inLast == inFirst);
            } else {
                assert(inFirst == 1000 - uint256(a.kilogram));
                assert(inLast == uint256(b.kilogram) + 1);
            }
        } catch {
            assert(false);
        }
    }

    /// @notice What a record names in its serial numbers adds up to its kilograms: some in the first, 1,000 in each
    /// between, some in the last.
    function check_fractions_add_up(Kilograms from, Kilograms kilograms, Position memory a, Position memory b)
        external
        pure
    {
        _assumeRecord(from, kilograms, a, b);
        (uint64 first, uint64 last, uint256 inFirst, uint256 inLast) = serialsOf(0, from, kilograms);
        if (first == last) assert(inFirst == Kilograms.unwrap(kilograms));
        else assert(inFirst + (uint256(b.tonne) - a.tonne - 1) * 1000 + inLast == Kilograms.unwrap(kilograms));
    }

    /// @notice Where one record ends, at position `b`, the next begins: in the same serial number, of which they and the
    /// records before name at most 1,000 kg together, or, if that one is used up, in the one after it.
    function check_serials_of_consecutive_records(
        uint64 start,
        Kilograms from,
        Kilograms kilograms,
        Kilograms following,
        Position memory a,
        Position memory b,
        Position memory d
    ) external pure {
        _assumeRecord(from, kilograms, a, b);
        Position memory c = b.kilogram == 999 ? Position(b.tonne + 1, 0) : Position(b.tonne, b.kilogram + 1);
        _assumeRecord(from + kilograms, following, c, d);
        (uint64 first, uint64 last,, uint256 used) = serialsOf(start, from, kilograms);
        if (first == last) used += a.kilogram; // earlier records named these of the same serial number
        (uint64 nextFirst, uint64 nextLast, uint256 inNextFirst,) = serialsOf(start, from + kilograms, following);
        if (b.kilogram == 999) {
            assert(nextFirst == last + 1);
            assert(used == 1000);
        } else {
            assert(nextFirst == last);
            assert(used == c.kilogram);
        }
        if (nextFirst == nextLast) assert(inNextFirst + c.kilogram <= 1000);
        else assert(inNextFirst + c.kilogram == 1000);
    }

    /// @dev Behind a call, so that a revert can be looked at.
    function serials(uint64 start, Kilograms from, Kilograms kilograms)
        external
        pure
        returns (uint64 first, uint64 last, uint256 inFirst, uint256 inLast)
    {
        return serialsOf(start, from, kilograms);
    }

    /// @dev `a` is the first kilogram of a record, `b` its last.
    function _assumeRecord(Kilograms from, Kilograms kilograms, Position memory a, Position memory b) private pure {
        vm.assume(a.tonne < b.tonne || (a.tonne == b.tonne && a.kilogram <= b.kilogram));
        uint256 begin = Kilograms.unwrap(from);
        uint256 quantity = Kilograms.unwrap(kilograms);
        _assumePosition(begin, a);
        _assumePosition(begin + quantity - 1, b);
        if (a.tonne == b.tonne) vm.assume(quantity == uint256(b.kilogram) + 1 - a.kilogram);
        else vm.assume(quantity == 1000 * (uint256(b.tonne) - a.tonne) + b.kilogram + 1 - a.kilogram);
    }

    function _assumePosition(uint256 kilograms, Position memory position) private pure {
        unchecked {
            uint256 tonne = position.tonne;
            vm.assume(tonne < 2 ** 39); // the largest block has 2^48 / 1000 serial numbers
            vm.assume(position.kilogram < 1000);
            vm.assume(kilograms == tonne * 1000 + position.kilogram);
            uint256 quotient = kilograms / 1000;
            vm.assume(quotient == tonne);
            vm.assume(kilograms % 1000 == position.kilogram);
            vm.assume(quotient * 1000 == tonne * 1000);
            vm.assume((quotient * 1000) / 1000 == quotient);
            if (quotient != 0) vm.assume((quotient * 1000) / quotient == 1000);
        }
    }
}
