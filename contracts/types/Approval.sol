// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev A body's approval as one checkpoint holds it; 0 is none. From the low bits: 8 for the state (1, or 2 where it is
/// conditional), 32 each for the first and last day of the vintage window and the first crediting day.
type ApprovalEntry is uint208;

using {stands, isConditional, covers} for ApprovalEntry global;

function packApproval(bool conditional, uint32 vintageStart, uint32 vintageEnd, uint32 creditingFrom)
    pure
    returns (ApprovalEntry)
{
    return ApprovalEntry.wrap(
        uint208(conditional ? 2 : 1) | uint208(vintageStart) << 8 | uint208(vintageEnd) << 40 | uint208(creditingFrom)
            << 72
    );
}

/// @dev Whether there is an approval.
function stands(ApprovalEntry entry) pure returns (bool) {
    return ApprovalEntry.unwrap(entry) != 0;
}

function isConditional(ApprovalEntry entry) pure returns (bool) {
    return uint8(ApprovalEntry.unwrap(entry)) == 2;
}

/// @dev Whether a vintage and a project's first crediting day lie inside the approval's window.
function covers(ApprovalEntry entry, uint32 vintageStart, uint32 vintageEnd, uint32 creditingStart)
    pure
    returns (bool)
{
    uint208 word = ApprovalEntry.unwrap(entry);
    return uint32(word >> 8) <= vintageStart && vintageEnd <= uint32(word >> 40) && uint32(word >> 72) <= creditingStart;
}
