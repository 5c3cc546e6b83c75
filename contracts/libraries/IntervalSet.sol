// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IntervalSet: a set of ranges of which no two overlap.
/// @notice Keeps invariants I2 (serial blocks of a namespace) and I6 (monitoring periods of a component): a position,
/// be it a serial or a day since 1970-01-01, belongs to one range at most, whatever the order of calls and whatever the
/// hint. Ranges are inclusive at both ends, are never removed and never change.
/// @dev A sorted, singly linked list, from the topmost range down. Each range is one storage word of four 64-bit
/// fields, from the high bits to the low: its last position, its first position, the key of the next lower range, its
/// owner. A range's key is its last position. The topmost range sits in `head`, every other one in `ranges[key]`, so
/// adding costs one new and one updated slot (the first range: one new slot) at any number of ranges.
///
/// A hint says where to start looking: the key of any range above the new one, or `HEAD`. As ranges are never removed,
/// a hint that other calls have made stale stays sound, and costs one more slot read (about 2,360 gas) for each range
/// between. Everything is checked from storage: a wrong hint wastes its caller's gas and can break nothing.
///
/// Three things that look odd and must stay:
/// - an owner is never 0, so a word of 0 always means "no range here", even where a range is the single position 0;
/// - position 2^64 - 1 belongs to no range, so that it can be the mark for "none" and for "the head", which 0 cannot;
/// - nothing computes `last + 1`, which would overflow.
library IntervalSet {
    struct Set {
        uint256 head;
        mapping(uint256 key => uint256 word) ranges;
    }

    /// @dev As a hint: start from the topmost range. Right for a range above everything, and for one that will be
    /// second from the top; there the topmost range's own key works too, for about 2,260 gas more.
    uint64 internal constant HEAD = type(uint64).max;

    /// @dev As a key: there is no (lower) range.
    uint64 internal constant NONE = type(uint64).max;

    /// @dev The 64 bits of one field.
    uint256 private constant FIELD = type(uint64).max;

    /// @dev The range ends before it starts.
    error IntervalReversed(uint64 first, uint64 last);

    /// @dev Position 2^64 - 1 belongs to no range; `maximum` is the highest that may.
    error IntervalTooHigh(uint64 last, uint64 maximum);

    /// @dev Owner 0 marks an empty slot and can own nothing.
    error IntervalOwnerZero(uint64 first, uint64 last);

    /// @dev The hint is neither `HEAD` nor the key of a range in the set.
    error IntervalHintUnknown(uint64 hint);

    /// @dev The hinted range, which ends at `hint`, lies wholly below `first`, and the list leads only downwards.
    error IntervalHintNotAbove(uint64 hint, uint64 first);

    /// @notice Adds the range `first`..`last` unless it overlaps one that is already there.
    /// @dev Reverts with `IntervalReversed`, `IntervalTooHigh` or `IntervalOwnerZero` for a range no set can hold, and
    /// with `IntervalHintUnknown` or `IntervalHintNotAbove` for a hint that cannot be followed.
    /// Warning: an overlap does not revert, so that callers can revert with an error of their own domain; whoever drops
    /// `takenBy` drops the range.
    /// @param first First position, inclusive.
    /// @param last Last position, inclusive, below 2^64 - 1.
    /// @param owner Whose range it is (a batch id, a verification id), not 0.
    /// @param hint Key of any range above the new one, or `HEAD`; best taken from `hintFor`.
    /// @return takenBy 0 when the range was added; else the owner of a range that overlaps it, and nothing was written.
    /// @return takenFirst First position of that range.
    /// @return takenLast Last position of that range.
    function add(Set storage set, uint64 first, uint64 last, uint64 owner, uint64 hint)
        internal
        returns (uint64 takenBy, uint64 takenFirst, uint64 takenLast)
    {
        _requireRange(first, last);
        require(owner != 0, IntervalOwnerZero(first, last));

        (uint256 place, uint256 word, bool overlaps) = _seek(set, first, last, hint);
        if (overlaps) return _range(word);

        if (_endsBelow(word, first)) {
            // Above everything: it takes the head slot, and the old topmost range moves to a slot of its own.
            if (word != 0) set.ranges[_last(word)] = word;
            set.head = _pack(last, first, word == 0 ? NONE : _last(word), owner);
        } else {
            // `word` is the upper neighbour: it now leads to the new range, and that to where `word` led.
            set.ranges[last] = _pack(last, first, _next(word), owner);
            word = (word & ~(FIELD << 64)) | (uint256(last) << 64);
            if (place == HEAD) set.head = word;
            else set.ranges[place] = word;
        }
    }

    /// @notice The range that `add` would report as taken, or owner 0: then `add` would succeed.
    /// @dev Reverts as `add` does.
    function overlap(Set storage set, uint64 first, uint64 last, uint64 hint)
        internal
        view
        returns (uint64 takenBy, uint64 takenFirst, uint64 takenLast)
    {
        _requireRange(first, last);
        (, uint256 word, bool overlaps) = _seek(set, first, last, hint);
        if (overlaps) return _range(word);
    }

    /// @notice The range that holds `position`; owner 0 when none does. Walks from the top: use it off chain.
    function find(Set storage set, uint64 position) internal view returns (uint64 owner, uint64 first, uint64 last) {
        return findFrom(set, position, HEAD);
    }

    /// @notice The range that holds `position`, looked for from `hint` down; owner 0 when none does.
    /// @param hint Key of the range that holds `position`, or of any above it, or `HEAD`; else reverts as `add` does.
    function findFrom(Set storage set, uint64 position, uint64 hint)
        internal
        view
        returns (uint64 owner, uint64 first, uint64 last)
    {
        (, uint256 word, bool holds) = _seek(set, position, position, hint);
        if (holds) return _range(word);
    }

    /// @notice The cheapest hint for adding a range that starts at `first`; `HEAD` when that range will be topmost or
    /// second. Walks from the top: use it off chain.
    /// @dev If a range already holds `first`, the hint leads `add` straight to it, to be reported as taken.
    function hintFor(Set storage set, uint64 first) internal view returns (uint64 hint) {
        (uint256 place,,) = _seek(set, first, first, HEAD);
        return uint64(place);
    }

    /// @notice The key of the topmost range, where a walk of the whole set starts; `NONE` for an empty set.
    function top(Set storage set) internal view returns (uint64 key) {
        return set.head == 0 ? NONE : uint64(_last(set.head));
    }

    /// @notice The range with the key (last position) `key`; owner 0 when there is none.
    /// @return owner Whose range it is.
    /// @return first Its first position.
    /// @return next The key of the next lower range, or `NONE`.
    function rangeAt(Set storage set, uint64 key) internal view returns (uint64 owner, uint64 first, uint64 next) {
        (, uint256 word) = _read(set, key);
        (owner, first,) = _range(word);
        next = uint64(_next(word));
    }

    /// @notice The key of the highest range that lies wholly below `position`, or `NONE`. Walks from the top.
    function below(Set storage set, uint64 position) internal view returns (uint64 key) {
        (, uint256 word,) = _seek(set, position, position, HEAD);
        if (word == 0) return NONE;
        return uint64(_endsBelow(word, position) ? _last(word) : _next(word));
    }

    /// @dev Walks down from `hint` to where `first`..`last` belongs.
    /// @return place Where `word` is stored: `HEAD` or a key of `ranges`.
    /// @return word A range that overlaps `first`..`last`; else the lowest range above it; else, when nothing is above
    /// it, the head, which then ends below `first`.
    function _seek(Set storage set, uint256 first, uint256 last, uint64 hint)
        private
        view
        returns (uint256 place, uint256 word, bool overlaps)
    {
        (place, word) = hint == HEAD ? (HEAD, set.head) : _read(set, hint);
        require(hint == HEAD || word != 0, IntervalHintUnknown(hint));
        if (_endsBelow(word, first)) {
            require(hint == HEAD, IntervalHintNotAbove(hint, uint64(first)));
            return (HEAD, word, false);
        }
        while (_first(word) > last) {
            uint256 next = _next(word);
            if (next == NONE || next < first) return (place, word, false);
            (place, word) = (next, set.ranges[next]);
        }
        return (place, word, true);
    }

    function _requireRange(uint64 first, uint64 last) private pure {
        require(first <= last, IntervalReversed(first, last));
        require(last < NONE, IntervalTooHigh(last, NONE - 1));
    }

    /// @dev Where the range with this key is stored, and its word, 0 when there is none. Only the head holds the topmost.
    function _read(Set storage set, uint256 key) private view returns (uint256 place, uint256 word) {
        word = set.ranges[key];
        if (word != 0) return (key, word);
        word = set.head;
        if (_last(word) != key) word = 0;
        return (HEAD, word);
    }

    /// @dev True also for a word of 0: where there is no range, nothing reaches up to `first`.
    function _endsBelow(uint256 word, uint256 first) private pure returns (bool) {
        return word == 0 || _last(word) < first;
    }

    function _pack(uint256 last, uint256 first, uint256 next, uint256 owner) private pure returns (uint256) {
        return (last << 192) | (first << 128) | (next << 64) | owner;
    }

    // Fields stay 256 bits wide inside: masking each to 64 bits again would cost about 35 gas a step.
    function _last(uint256 word) private pure returns (uint256) {
        return word >> 192;
    }

    function _first(uint256 word) private pure returns (uint256) {
        return (word >> 128) & FIELD;
    }

    function _next(uint256 word) private pure returns (uint256) {
        return (word >> 64) & FIELD;
    }

    function _range(uint256 word) private pure returns (uint64 owner, uint64 first, uint64 last) {
        return (uint64(word), uint64(word >> 128), uint64(word >> 192));
    }
}
