// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Kilograms} from "./Kilograms.sol";

/// @dev A host country's letter of authorisation as one checkpoint holds it; 0 is none. From the low bits: 8 for the uses
/// (bit i is set where `ILabels.Use(i)` is authorised; none where it revoked), 48 for the cap in kilograms, 32 for the
/// letter's number among those of its project and vintage year, from 1. An adjustment holds the letter that it covers.
type Letter is uint208;

using {usesOf, capOf, numberOf, includes, isCoveredBy} for Letter global;

function packLetter(uint8 authorised, Kilograms cap, uint32 number) pure returns (Letter) {
    return Letter.wrap(uint208(authorised) | uint208(Kilograms.unwrap(cap)) << 8 | uint208(number) << 56);
}

function usesOf(Letter letter) pure returns (uint8) {
    return uint8(Letter.unwrap(letter));
}

function capOf(Letter letter) pure returns (Kilograms) {
    return Kilograms.wrap(uint48(Letter.unwrap(letter) >> 8));
}

function numberOf(Letter letter) pure returns (uint32) {
    return uint32(Letter.unwrap(letter) >> 56);
}

/// @dev Whether the use with this number is authorised.
function includes(Letter letter, uint8 use) pure returns (bool) {
    return (usesOf(letter) >> use) & 1 == 1;
}

/// @dev Whether an adjustment made under the letter `adjusted` covers this one: its uses and its cap, and no more.
function isCoveredBy(Letter letter, Letter adjusted) pure returns (bool) {
    return usesOf(letter) & ~usesOf(adjusted) == 0 && capOf(letter) <= capOf(adjusted);
}
