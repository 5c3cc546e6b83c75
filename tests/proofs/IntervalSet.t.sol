// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IntervalSet} from "../../contracts/libraries/IntervalSet.sol";
import {vm} from "../forge/Vm.sol";

/// @notice Proof that `IntervalSet.add` keeps any sound list sound, for every range, owner and hint (I2, I6).
/// @dev Proved: the inductive step, from every sound list of zero to four ranges, whatever their bounds and owners. A
/// set starts empty, and nothing but `add` writes it, so every list of up to five ranges is sound.
/// Not proved: a step from five ranges or more. `add` reads the hinted range and those that it passes on its way down,
/// and writes two words at most; `tests/forge/libraries` draws longer lists.
contract IntervalSetProof {
    using IntervalSet for IntervalSet.Set;

    struct Range {
        uint64 first;
        uint64 last;
        uint64 owner;
    }

    /// @dev The two words of storage that a proof looks at.
    struct Slots {
        uint256 head;
        uint256 probed;
    }

    IntervalSet.Set private _set;

    function check_add_to_none(Range calldata range, uint64 hint, uint64 probe) external {
        _check(new Range[](0), range, hint, probe);
    }

    function check_add_to_one(Range[1] calldata old, Range calldata range, uint64 hint, uint64 probe) external {
        Range[] memory list = new Range[](1);
        list[0] = old[0];
        _check(list, range, hint, probe);
    }

    function check_add_to_two(Range[2] calldata old, Range calldata range, uint64 hint, uint64 probe) external {
        Range[] memory list = new Range[](2);
        (list[0], list[1]) = (old[0], old[1]);
        _check(list, range, hint, probe);
    }

    function check_add_to_three(Range[3] calldata old, Range calldata range, uint64 hint, uint64 probe) external {
        Range[] memory list = new Range[](3);
        (list[0], list[1], list[2]) = (old[0], old[1], old[2]);
        _check(list, range, hint, probe);
    }

    function check_add_to_four(Range[4] calldata old, Range calldata range, uint64 hint, uint64 probe) external {
        Range[] memory list = new Range[](4);
        (list[0], list[1], list[2], list[3]) = (old[0], old[1], old[2], old[3]);
        _check(list, range, hint, probe);
    }

    /// @dev `add` behind a call, so that a revert can be looked at.
    function add(Range calldata range, uint64 hint)
        external
        returns (uint64 takenBy, uint64 takenFirst, uint64 takenLast)
    {
        return _set.add(range.first, range.last, range.owner, hint);
    }

    /// @param old The ranges before, from the topmost down.
    /// @param probe Any key: what holds for it holds for every slot of the mapping.
    function _check(Range[] memory old, Range calldata range, uint64 hint, uint64 probe) private {
        _assumeSound(old);
        _store(old);
        bool accepted = _accepts(old, range, hint);
        bool overlaps = _overlapsAny(old, range);
        try this.add(range, hint) returns (uint64 takenBy, uint64 takenFirst, uint64 takenLast) {
            bool sound = _and(accepted, (takenBy != 0) == overlaps);
            if (takenBy == 0) {
                sound = _and(sound, _holdsBoth(old, range, probe));
            } else {
                sound = _and(sound, _overlap(Range(takenFirst, takenLast, takenBy), range));
                sound = _and(sound, _holds(old, Range(takenFirst, takenLast, takenBy), probe));
            }
            assert(sound);
        } catch {
            assert(!accepted); // nothing but a bad range or hint reverts; the EVM undid the rest
        }
    }

    function _assumeSound(Range[] memory list) private pure {
        bool sound = true;
        for (uint256 i; i < list.length; ++i) {
            sound = _and(sound, _and(list[i].owner != 0, list[i].first <= list[i].last));
            sound = _and(sound, list[i].last < (i == 0 ? type(uint64).max : list[i - 1].first));
        }
        vm.assume(sound);
    }

    function _store(Range[] memory list) private {
        for (uint256 i; i < list.length; ++i) {
            uint256 word = _word(list[i], _below(list, i));
            if (i == 0) _set.head = word;
            else _set.ranges[list[i].last] = word;
        }
    }

    /// @dev The set holds `list` as `_store` wrote it, no other word anywhere, and `member` is in `list`.
    function _holds(Range[] memory list, Range memory member, uint64 probe) private view returns (bool) {
        uint256 head;
        uint256 expected;
        bool found;
        for (uint256 i; i < list.length; ++i) {
            uint256 word = _word(list[i], _below(list, i));
            if (i == 0) head = word;
            else expected = _choose(list[i].last == probe, word, expected);
            found = _or(found, _word(list[i], 0) == _word(member, 0));
        }
        return _and(found, _and(_set.head == head, _set.ranges[probe] == expected));
    }

    /// @dev The set holds `list` with `added` in its place, and no other word anywhere: the topmost range in `head`, each
    /// other under its last position, each leading to the next lower one. That none overlaps is checked by the caller.
    function _holdsBoth(Range[] memory list, Range calldata added, uint64 probe) private view returns (bool) {
        Slots memory slots;
        bool above = false; // whether the next lower range of `list` is above the added one
        uint64 next = IntervalSet.NONE; // of the added range
        for (uint256 i = list.length; i > 0; --i) {
            Range memory range = list[i - 1];
            bool higher = range.first > added.last;
            uint256 leads = _choose(_and(higher, !above), added.last, _below(list, i - 1));
            // the topmost of `list` stays in the head only if it is above the added range
            _place(slots, _word(range, uint64(leads)), _and(i == 1, higher), range.last == probe);
            next = uint64(_choose(higher, next, range.last));
            above = higher;
        }
        _place(slots, _word(added, next), !above, added.last == probe);
        return _and(_set.head == slots.head, _set.ranges[probe] == slots.probed);
    }

    /// @dev Puts a range's word into the head, or else into the slot that is looked at, if that is where it belongs.
    function _place(Slots memory slots, uint256 word, bool inHead, bool probed) private pure {
        slots.head = _choose(inHead, word, slots.head);
        slots.probed = _choose(_and(!inHead, probed), word, slots.probed);
    }

    function _below(Range[] memory list, uint256 i) private pure returns (uint64) {
        return i + 1 < list.length ? list[i + 1].last : type(uint64).max;
    }

    /// @dev The layout that `IntervalSet` documents, spelled a second time.
    function _word(Range memory range, uint64 next) private pure returns (uint256) {
        return uint256(range.last) << 192 | uint256(range.first) << 128 | uint256(next) << 64 | range.owner;
    }

    /// @dev Whether `add` must return: a range that can be, and a hint that is the head or a range not wholly below it.
    function _accepts(Range[] memory list, Range calldata range, uint64 hint) private pure returns (bool) {
        bool leads = hint == type(uint64).max;
        for (uint256 i; i < list.length; ++i) {
            leads = _or(leads, _and(list[i].last == hint, hint >= range.first));
        }
        bool possible = _and(range.first <= range.last, _and(range.last != type(uint64).max, range.owner != 0));
        return _and(possible, leads);
    }

    function _overlapsAny(Range[] memory list, Range calldata range) private pure returns (bool any) {
        for (uint256 i; i < list.length; ++i) {
            any = _or(any, _overlap(list[i], range));
        }
    }

    function _overlap(Range memory a, Range memory b) private pure returns (bool) {
        return _and(a.first <= b.last, b.first <= a.last);
    }

    // Without the branches that `&&`, `||` and `?:` make: each would double the paths that halmos follows.
    function _and(bool a, bool b) private pure returns (bool both) {
        assembly {
            both := and(a, b)
        }
    }

    function _or(bool a, bool b) private pure returns (bool either) {
        assembly {
            either := or(a, b)
        }
    }

    function _choose(bool condition, uint256 yes, uint256 no) private pure returns (uint256 chosen) {
        assembly {
            chosen := xor(no, and(xor(yes, no), sub(0, condition)))
        }
    }
}
