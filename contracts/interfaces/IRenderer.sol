// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchId, RetirementId} from "../types/Ids.sol";

/// @title IRenderer
/// @notice Draws batches and certificates as JSON data URIs, from chain state alone. Holds nothing, decides nothing.
interface IRenderer {
    /// @notice On-chain JSON about a collection (ERC-7572; a data URI).
    /// @param collection `Credits` or `Certificates`, whose name and symbol need no escaping in JSON
    function contractURI(address collection) external view returns (string memory);

    /// @notice ERC-1155 metadata of a batch; `decimals` is 3: one token unit is a kilogram, shown in tonnes.
    function batchURI(BatchId batch) external view returns (string memory);

    /// @notice ERC-721 metadata of a certificate, with its SVG. Names of people stay out: they are in the event only.
    function certificateURI(RetirementId retirement) external view returns (string memory);
}
