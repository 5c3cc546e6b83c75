// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev Kilograms of CO2 equivalent; 1 t = 1,000 kg = one serial number. 48 bits hold 281 billion tonnes, a hundred
/// times everything ever issued, so that a batch's counters share one storage slot.
type Kilograms is uint48;

uint256 constant KILOGRAMS_PER_TONNE = 1000;

using {add as +, sub as -, equal as ==, less as <, lessOrEqual as <=, greater as >} for Kilograms global;

/// @dev The quantity of a serial block: a tonne for every serial number in `first..last`, both included (I3).
/// Reverts with `SerialBlockTooLarge` above what `Kilograms` holds.
function kilogramsOfBlock(uint64 first, uint64 last) pure returns (Kilograms) {
    uint256 kilograms = (uint256(last) - first + 1) * KILOGRAMS_PER_TONNE;
    require(kilograms <= type(uint48).max, SerialBlockTooLarge(first, last));
    return Kilograms.wrap(uint48(kilograms));
}

/// @dev The serial numbers of `kilograms` of a block that starts at serial `start`, from its `from`-th kilogram on, and
/// how many kilograms of the first and of the last of them; `kilograms` is not 0. One place for I4's arithmetic.
function serialsOf(uint64 start, Kilograms from, Kilograms kilograms)
    pure
    returns (uint64 first, uint64 last, uint256 firstKilograms, uint256 lastKilograms)
{
    uint256 begin = Kilograms.unwrap(from);
    uint256 end = begin + Kilograms.unwrap(kilograms); // not included
    // a batch's records never exceed its block, so these fit
    first = start + uint64(begin / KILOGRAMS_PER_TONNE);
    last = start + uint64((end - 1) / KILOGRAMS_PER_TONNE);
    lastKilograms = end - ((end - 1) / KILOGRAMS_PER_TONNE) * KILOGRAMS_PER_TONNE;
    firstKilograms = KILOGRAMS_PER_TONNE - (begin % KILOGRAMS_PER_TONNE);
    if (first == last) firstKilograms = lastKilograms = end - begin;
}

/// @dev A block of more serial numbers than `Kilograms` can count.
error SerialBlockTooLarge(uint64 first, uint64 last);

function add(Kilograms a, Kilograms b) pure returns (Kilograms) {
    return Kilograms.wrap(Kilograms.unwrap(a) + Kilograms.unwrap(b));
}

function sub(Kilograms a, Kilograms b) pure returns (Kilograms) {
    return Kilograms.wrap(Kilograms.unwrap(a) - Kilograms.unwrap(b));
}

function equal(Kilograms a, Kilograms b) pure returns (bool) {
    return Kilograms.unwrap(a) == Kilograms.unwrap(b);
}

function less(Kilograms a, Kilograms b) pure returns (bool) {
    return Kilograms.unwrap(a) < Kilograms.unwrap(b);
}

function lessOrEqual(Kilograms a, Kilograms b) pure returns (bool) {
    return Kilograms.unwrap(a) <= Kilograms.unwrap(b);
}

function greater(Kilograms a, Kilograms b) pure returns (bool) {
    return Kilograms.unwrap(a) > Kilograms.unwrap(b);
}
