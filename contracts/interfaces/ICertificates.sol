// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC5192} from "./IERC5192.sol";
import {RetirementId} from "../types/Ids.sol";

/// @title ICertificates
/// @notice A face for retirements: one ERC-721 token for each, id = retirement id, owned by the beneficiary's account,
/// never moved, never burnt (I10).
/// @dev Holds a balance per account and nothing else; `ownerOf` and `tokenURI` read the record in `Credits`.
///
/// Warning: anyone who retires credits may name any account as beneficiary; a certificate proves the retirement, not
/// that its owner asked for it.
interface ICertificates is IERC721Metadata, IERC5192 {
    /// @notice Certificates never move and need no approval.
    error CertificateNotTransferable(uint256 certificate);
    error OnlyCredits(address caller);

    /// @notice Announces `count` certificates from `first` on, all of one beneficiary. `Credits` only.
    /// @dev Makes no call to the beneficiary: a contract that cannot receive may still be named.
    function announce(address beneficiary, RetirementId first, uint256 count) external;

    /// @notice On-chain JSON about the collection (ERC-7572; a data URI).
    function contractURI() external view returns (string memory);

    /// @notice Certificates so far, which is the highest id.
    function totalSupply() external view returns (uint256);

    /// @notice The exact serial numbers behind a certificate. Reverts with `ICredits.RetirementUnknown`.
    /// @return first first serial number touched
    /// @return last last serial number touched
    /// @return firstKilograms how many kilograms of the first
    /// @return lastKilograms how many kilograms of the last; `firstKilograms` again where it is the first
    function serialsOf(RetirementId retirement)
        external
        view
        returns (uint64 first, uint64 last, uint256 firstKilograms, uint256 lastKilograms);
}
